//! One thread of the process that says so when a poll does not come back.
//!
//! A simulation cannot notice that: it is the one that waits. So a thread looks once a second at the
//! beacons of all threads that run simulations, and speaks once of each poll that has taken more
//! than ten seconds of real time. It ends nothing and decides nothing: results never depend on it.
//!
//! Rim.

use crate::{below, env};
use reenact_sim::{Beacon, Sighting};
use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex, Once, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// After how many milliseconds a poll is said to be stuck.
static LIMIT: AtomicU64 = AtomicU64::new(10_000);

/// The beacons that are watched.
static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());

/// A thread that runs simulations.
struct Watched {
    beacon: Weak<Beacon>,
    gaze: Gaze,
}

/// What was seen of a thread so far.
#[derive(Default, Debug)]
struct Gaze {
    /// The run and the number of its last poll, and when that was seen first.
    pulse: Option<((u64, u64), Duration)>,
    said: bool,
}

impl Gaze {
    /// Looks again, `now` after the watch began: whether it is time to speak.
    fn is_stuck(&mut self, pulse: Option<(u64, u64)>, now: Duration, limit: Duration) -> bool {
        match (self.pulse, pulse) {
            (Some((before, since)), Some(pulse)) if before == pulse => {
                let stuck = !self.said && now.saturating_sub(since) > limit;
                self.said |= stuck;
                stuck
            }
            _ => {
                *self = Gaze { pulse: pulse.map(|pulse| (pulse, now)), said: false };
                false
            }
        }
    }
}

/// Watches the runs of this beacon's thread from now on; costs one load when it is watched already.
#[inline]
pub(crate) fn watch(beacon: &Arc<Beacon>) {
    if beacon.enlist() && !env::INTERPRETED {
        enlist(beacon);
    }
}

#[cold]
fn enlist(beacon: &Arc<Beacon>) {
    let watched = Watched { beacon: Arc::downgrade(beacon), gaze: Gaze::default() };
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner).push(watched);
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without a thread nobody watches, which is no reason to fail.
        let thread = std::thread::Builder::new().name("reenact-watchdog".to_owned());
        let _ = below::outside(|| thread.spawn(keep_watch));
    });
}

/// Sets the limit, for a test.
pub(crate) fn set_limit(limit: Duration) {
    LIMIT.store(limit.as_millis() as u64, Relaxed);
}

#[expect(clippy::disallowed_methods, reason = "this thread makes no runs: it watches those that do")]
fn keep_watch() {
    let began = env::stopwatch();
    loop {
        let limit = Duration::from_millis(LIMIT.load(Relaxed));
        // Once a second, and oftener only when a test asks for a short limit.
        std::thread::sleep((limit / 5).min(Duration::from_secs(1)));
        let mut stuck = Vec::new();
        let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain_mut(|watched| {
            let Some(beacon) = watched.beacon.upgrade() else { return false };
            if watched.gaze.is_stuck(beacon.pulse(), began(), limit) {
                stuck.extend(beacon.look());
            }
            true
        });
        drop(watched);
        for sighting in stuck {
            env::announce(&in_words(&sighting, limit));
        }
    }
}

fn in_words(sighting: &Sighting, limit: Duration) -> String {
    let Sighting { name, seed, node, spawned, .. } = sighting;
    let mut text = String::from("reenact: one poll has taken more than ");
    let _ = write!(text, "{} s of real time and has not returned", limit.as_secs_f64());
    if !name.is_empty() {
        let _ = write!(text, "\n  test      {name}");
    }
    let _ = write!(text, "\n  seed      0x{seed:016x}\n  node      {node}");
    if let Some(spawned) = spawned {
        let _ = write!(text, "\n  task      spawned at {spawned}");
    }
    text.push_str(
        "\n  look for  a `loop {}` that never awaits, a spin on `clock::now()` or `Instant::now()` (virtual time stands still \
         during a poll),\n            or a call that blocks the thread: std::thread::sleep, a std channel or lock, a \
         real socket or file",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{Gaze, in_words};
    use reenact_sim::Sighting;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(10);

    fn spoke(gaze: &mut Gaze, pulse: Option<(u64, u64)>, second: u64) -> bool {
        gaze.is_stuck(pulse, Duration::from_secs(second), LIMIT)
    }

    #[test]
    fn a_poll_that_does_not_end_is_told_of_once_and_after_the_limit() {
        let mut gaze = Gaze::default();
        let times: Vec<u64> = (0..60).filter(|&second| spoke(&mut gaze, Some((1, 7)), second)).collect();
        assert_eq!(times, [11]);
    }

    #[test]
    fn the_next_stuck_poll_is_told_of_again() {
        let mut gaze = Gaze::default();
        let pulse = |second| Some((1, second / 20));
        let times: Vec<u64> = (0..40).filter(|&second| spoke(&mut gaze, pulse(second), second)).collect();
        assert_eq!(times, [11, 31]);
    }

    #[test]
    fn a_run_that_goes_on_is_left_alone_however_long_it_takes() {
        let mut gaze = Gaze::default();
        assert!((0..1_000).all(|second| !spoke(&mut gaze, Some((1, second)), second)));
    }

    #[test]
    fn the_same_poll_of_another_run_is_another_poll() {
        let mut gaze = Gaze::default();
        assert!((0..1_000).all(|second| !spoke(&mut gaze, Some((second / 8, 1)), second)));
    }

    #[test]
    fn between_runs_nothing_is_stuck() {
        let mut gaze = Gaze::default();
        assert!((0..100).all(|second| !spoke(&mut gaze, None, second)));
        assert!(!spoke(&mut gaze, Some((1, 1)), 100));
        assert!(!spoke(&mut gaze, Some((1, 1)), 109));
    }

    #[test]
    fn the_message_names_test_seed_node_and_task() {
        let sighting = Sighting {
            run: 1,
            polls: 9,
            name: "raft::elects".into(),
            seed: 255,
            node: "n3".into(),
            spawned: Some("tests/raft.rs:7:9".into()),
        };
        let text = in_words(&sighting, Duration::from_secs(10));
        for part in
            ["raft::elects", "0x00000000000000ff", "n3", "tests/raft.rs:7:9", "more than 10 s", "loop {}"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
