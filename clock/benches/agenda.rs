//! What the agenda costs beside a plain `BinaryHeap`, in nanoseconds.
//!
//! `cargo bench -p reenact-clock`, with words to choose rows by name. Best of
//! seven; the two run in turn, so read the ratio.

use reenact_clock::{Agenda, Instant, Key};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::hint::black_box;

const ROUNDS: usize = 7;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + ((u128::from(self.next()) * u128::from(high - low)) >> 64) as u64
    }
}

fn later(at: Instant, nanos: u64) -> Instant {
    Instant::from_nanos(at.as_nanos() + nanos)
}

trait Queue {
    fn fresh() -> Self;
    fn push(&mut self, at: Instant, item: u64) -> Key;
    fn pop(&mut self) -> Option<(Instant, u64)>;
    fn clear(&mut self);
}

/// As the machine uses it: look at what is next, move the clock there, pop.
impl Queue for Agenda<u64> {
    fn fresh() -> Self {
        Agenda::new()
    }
    #[inline(never)]
    fn push(&mut self, at: Instant, item: u64) -> Key {
        Agenda::push(self, at, item)
    }
    #[inline(never)]
    fn pop(&mut self) -> Option<(Instant, u64)> {
        let at = self.next_at()?;
        self.pop_due(at).map(|(_, item)| (at, item))
    }
    fn clear(&mut self) {
        Agenda::clear(self);
    }
}

#[derive(Default)]
struct Plain {
    heap: BinaryHeap<Reverse<(Instant, u64, u64)>>,
    cancelled: BTreeSet<u64>,
    issued: u64,
}

impl Queue for Plain {
    fn fresh() -> Self {
        Plain::default()
    }
    #[inline(never)]
    fn push(&mut self, at: Instant, item: u64) -> Key {
        self.issued += 1;
        self.heap.push(Reverse((at, self.issued, item)));
        Key::NONE
    }
    #[inline(never)]
    fn pop(&mut self) -> Option<(Instant, u64)> {
        loop {
            let Reverse((at, key, item)) = self.heap.pop()?;
            if self.cancelled.is_empty() || !self.cancelled.remove(&key) {
                return Some((at, item));
            }
        }
    }
    fn clear(&mut self) {
        self.heap.clear();
        self.cancelled.clear();
        self.issued = 0;
    }
}

/// Nanoseconds per `count` of what `work` does, once.
fn time(count: u64, work: impl FnOnce()) -> f64 {
    #[allow(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
    let start = std::time::Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / count as f64
}

/// Pops the next item and pushes it again, `low..high` ns later.
fn hold<Q: Queue>(n: u64, low: u64, high: u64) -> f64 {
    let mut dice = Dice(n);
    let mut queue = Q::fresh();
    for item in 0..n {
        queue.push(Instant::from_nanos(dice.between(low, high)), item);
    }
    let count = 400_000;
    let mut turn = |count| {
        for _ in 0..count {
            let (at, item) = queue.pop().expect("something is always pending");
            queue.push(later(at, dice.between(low, high)), item);
        }
    };
    turn(2 * n.min(100_000));
    time(count, || turn(count))
}

/// The same mix as a real program: at once, network, a tenth of a second, 30 s.
fn mixed<Q: Queue>(n: u64) -> f64 {
    let mut dice = Dice(n);
    let mut queue = Q::fresh();
    for item in 0..n {
        queue.push(Instant::from_nanos(dice.between(0, 1_000_000)), item);
    }
    let count = 400_000;
    let mut turn = |count| {
        for _ in 0..count {
            let (at, item) = queue.pop().expect("something is always pending");
            let wait = match dice.next() % 16 {
                0..=3 => 0,
                4..=13 => dice.between(1_000_000, 10_000_000),
                14 => 100_000_000,
                _ => 30_000_000_000,
            };
            queue.push(later(at, wait), item);
        }
    };
    turn(2 * n.min(100_000));
    time(count, || turn(count))
}

/// `hold`, and each time a time-out of 30 s is cancelled and armed again.
fn timeouts(n: u64) -> f64 {
    let mut dice = Dice(n);
    let mut queue = Agenda::new();
    let timeout = 30_000_000_000;
    let mut armed = Vec::new();
    for item in 0..n {
        queue.push(Instant::from_nanos(dice.between(1_000_000, 10_000_000)), item);
        let at = later(Instant::ZERO, timeout);
        armed.push((at, queue.push(at, item)));
    }
    let count = 400_000;
    let mut turn = |count| {
        for _ in 0..count {
            let (at, item) = Queue::pop(&mut queue).expect("something is always pending");
            Queue::push(&mut queue, later(at, dice.between(1_000_000, 10_000_000)), item);
            let slot = &mut armed[item as usize];
            queue.cancel(slot.0, slot.1);
            *slot = (later(at, timeout), Queue::push(&mut queue, later(at, timeout), item));
        }
    };
    turn(2 * n.min(100_000));
    time(count, || turn(count))
}

fn timeouts_plain(n: u64) -> f64 {
    let mut dice = Dice(n);
    let mut queue = Plain::fresh();
    let timeout = 30_000_000_000;
    let mut armed = Vec::new();
    for item in 0..n {
        queue.push(Instant::from_nanos(dice.between(1_000_000, 10_000_000)), item);
        queue.push(later(Instant::ZERO, timeout), item);
        armed.push(queue.issued);
    }
    let count = 400_000;
    let mut turn = |count| {
        for _ in 0..count {
            let (at, item) = queue.pop().expect("something is always pending");
            queue.push(later(at, dice.between(1_000_000, 10_000_000)), item);
            queue.cancelled.insert(armed[item as usize]);
            if queue.cancelled.len() * 2 > queue.heap.len() + 64 {
                let dead = std::mem::take(&mut queue.cancelled);
                queue.heap.retain(|item| !dead.contains(&item.0.1));
            }
            queue.push(later(at, timeout), item);
            armed[item as usize] = queue.issued;
        }
    };
    turn(2 * n.min(100_000));
    time(count, || turn(count))
}

/// A whole small simulation: `n` items, each pushed twice, then `clear`.
fn small<Q: Queue>(n: u64, new: bool) -> f64 {
    let mut queue = Q::fresh();
    let runs = 20_000;
    time(runs, || {
        for run in 0..runs {
            if new {
                queue = Q::fresh();
            }
            let mut dice = Dice(run);
            for item in 0..n {
                queue.push(Instant::from_nanos(dice.between(1_000_000, 10_000_000)), item);
            }
            for _ in 0..n {
                let (at, item) = queue.pop().expect("n items were pushed");
                queue.push(later(at, dice.between(1_000_000, 10_000_000)), item);
            }
            while let Some(next) = queue.pop() {
                black_box(next);
            }
            queue.clear();
        }
    })
}

/// One row: the best of both, in turn.
fn row(name: &str, wanted: &[String], ours: impl Fn() -> f64, plain: impl Fn() -> f64) {
    if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
        return;
    }
    let (mut best, mut rival) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        best = best.min(ours());
        rival = rival.min(plain());
    }
    println!("{name:<28} {best:>9.1} {rival:>9.1} {:>6.2}", best / rival);
}

fn main() {
    // Cargo passes `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    println!("{:<28} {:>9} {:>9} {:>6}", "ns per pop + push", "agenda", "heap", "ratio");
    let (us, ms, s) = (1_000, 1_000_000, 1_000_000_000);
    let spans = [
        ("net 1-10 ms", ms, 10 * ms),
        ("lan 0.1-0.8 ms", 100 * us, 800 * us),
        ("bus 10-30 us", 10 * us, 30 * us),
        ("timers 1-1000 ms", ms, s),
        ("slow 1-100 s", s, 100 * s),
    ];
    for (name, low, high) in spans {
        for n in [30, 1_000, 10_000, 100_000] {
            let name = format!("{name}, n {n}");
            row(&name, &words, || hold::<Agenda<u64>>(n, low, high), || hold::<Plain>(n, low, high));
        }
    }
    for n in [1, 3, 10, 20, 60, 100] {
        let name = format!("few 1-10 ms, n {n}");
        row(&name, &words, || hold::<Agenda<u64>>(n, ms, 10 * ms), || hold::<Plain>(n, ms, 10 * ms));
    }
    for n in [1, 3] {
        let name = format!("idle 1-10 h, n {n}");
        let (low, high) = (3_600 * s, 36_000 * s);
        row(&name, &words, || hold::<Agenda<u64>>(n, low, high), || hold::<Plain>(n, low, high));
    }
    for n in [30, 1_000, 10_000, 100_000] {
        row(&format!("mixed, n {n}"), &words, || mixed::<Agenda<u64>>(n), || mixed::<Plain>(n));
    }
    println!("\nns per pop + push + cancel and push of a 30 s time-out");
    for n in [30, 1_000, 10_000, 100_000] {
        row(&format!("timeouts, n {n}"), &words, || timeouts(n), || timeouts_plain(n));
    }
    println!("\nns per whole small simulation");
    for n in [3, 10, 30, 100, 300] {
        row(
            &format!("small reused, n {n}"),
            &words,
            || small::<Agenda<u64>>(n, false),
            || small::<Plain>(n, false),
        );
        row(
            &format!("small new, n {n}"),
            &words,
            || small::<Agenda<u64>>(n, true),
            || small::<Plain>(n, true),
        );
    }
}
