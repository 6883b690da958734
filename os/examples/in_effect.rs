//! Says whether the overrides are in effect in a program: to be built with other linkers and profiles.
//!
//! ```text
//! cargo run -p reenact-os --example in_effect
//! ```
#![expect(clippy::disallowed_methods, reason = "what is asked is what is answered")]

use reenact_os::{Escape, Generator, SUPPORTED, Simulated, during, is_in_effect, self_check};
use std::{
    cell::Cell,
    hash::{BuildHasher as _, RandomState},
    process::ExitCode,
    thread,
    time::{Duration, Instant, SystemTime},
};

#[derive(Default)]
struct World {
    next: Cell<u8>,
    escapes: Cell<u32>,
}

impl Simulated for World {
    fn monotonic(&self) -> Duration {
        Duration::from_secs(7)
    }
    fn wall(&self) -> Duration {
        Duration::from_secs(1_000_000_000)
    }
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next.replace(self.next.get().wrapping_add(1));
        }
    }
    fn escaped(&self, _: Escape) {
        self.escapes.set(self.escapes.get() + 1);
    }
}

/// What one thread sees of a simulation.
fn seen() -> (u64, u64, Duration, u32) {
    let world = World::default();
    during(&world, || {
        let start = Instant::now();
        let hash = RandomState::new().hash_one("a key");
        let wall =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        thread::sleep(Duration::from_micros(1));
        let joined = thread::spawn(|| 1).join();
        assert_eq!(joined.ok(), Some(1));
        (hash, wall, start.elapsed(), world.escapes.get())
    })
}

thread_local!(static STATE: Cell<Option<u64>> = const { Cell::new(None) });

/// A generator that no function seeds.
fn draw() {
    let state = STATE.get().unwrap_or_else(|| RandomState::new().hash_one(0));
    STATE.set(Some(state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1)));
}

/// Whether that generator goes on from a state that it is given.
fn is_found() -> bool {
    let drawn = |generator: Generator| {
        generator.seed(7);
        draw();
        STATE.get()
    };
    let twice = Generator::find(|| (), draw).map(|found| [drawn(found), drawn(found)]);
    twice.is_some_and(|[one, other]| one.is_some() && one == other)
}

fn main() -> ExitCode {
    let missing = self_check();
    let on_a_new_thread = || thread::spawn(seen).join().ok();
    let (one, other) = (on_a_new_thread(), on_a_new_thread());
    let at_first_sight = is_in_effect();
    println!(
        "supported: {SUPPORTED}, in effect at first sight: {at_first_sight}, not in effect: {missing:?}, seen: {one:?}"
    );
    let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let seen = one.map(|(_, wall, took, escapes)| (wall, took, escapes));
    let right = SUPPORTED
        && at_first_sight
        && missing.is_empty()
        && one == other
        && is_found() == cfg!(target_os = "linux")
        && seen == Some((1_000_000_000, Duration::ZERO, 2))
        && real > 1_600_000_000;
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
