//! What the agenda costs beside a plain `BinaryHeap`, in nanoseconds.
//!
//! `cargo bench -p reenact-clock --bench agenda -- WORD...` measures the rows
//! whose names contain one of the words. Each figure is the best of seven
//! rounds in which both take turns, so that the ratio is worth more than
//! either. It uses std only, and asserts nothing but that both give the same
//! items.

use reenact_clock::{Agenda, Instant, Key};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;

const ROUNDS: usize = 7;
const TURNS: u64 = 400_000;
const US: u64 = 1_000;
const MS: u64 = 1_000 * US;
const S: u64 = 1_000 * MS;
const TIMEOUT: u64 = 30 * S;

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

    fn between(&mut self, (low, high): (u64, u64)) -> u64 {
        low + ((u128::from(self.next()) * u128::from(high - low)) >> 64) as u64
    }
}

trait Queue: Default {
    type Key: Copy;
    fn push(&mut self, at: u64, item: u64) -> Self::Key;
    fn pop(&mut self) -> Option<(u64, u64)>;
    fn cancel(&mut self, at: u64, key: Self::Key);
    fn clear(&mut self);
}

/// As the machine uses it: look at what is next, move the clock there, pop.
impl Queue for Agenda<u64> {
    type Key = Key;

    #[inline(never)]
    fn push(&mut self, at: u64, item: u64) -> Key {
        Agenda::push(self, Instant::from_nanos(at), item)
    }

    #[inline(never)]
    fn pop(&mut self) -> Option<(u64, u64)> {
        let at = self.next_at()?;
        self.pop_due(at).map(|(_, item)| (at.as_nanos(), item))
    }

    #[inline(never)]
    fn cancel(&mut self, at: u64, key: Key) {
        Agenda::cancel(self, Instant::from_nanos(at), key);
    }

    fn clear(&mut self) {
        Agenda::clear(self);
    }
}

#[expect(clippy::disallowed_types, reason = "the hasher is fixed, and the set is never iterated")]
type KeySet = std::collections::HashSet<u64, BuildHasherDefault<DefaultHasher>>;

/// What one would write first: a heap, and a set of what was cancelled.
#[derive(Default)]
struct Plain {
    heap: BinaryHeap<Reverse<(u64, u64, u64)>>,
    cancelled: KeySet,
    issued: u64,
}

impl Queue for Plain {
    type Key = u64;

    #[inline(never)]
    fn push(&mut self, at: u64, item: u64) -> u64 {
        self.issued += 1;
        self.heap.push(Reverse((at, self.issued, item)));
        self.issued
    }

    #[inline(never)]
    fn pop(&mut self) -> Option<(u64, u64)> {
        loop {
            let Reverse((at, key, item)) = self.heap.pop()?;
            if self.cancelled.is_empty() || !self.cancelled.remove(&key) {
                return Some((at, item));
            }
        }
    }

    #[inline(never)]
    fn cancel(&mut self, _: u64, key: u64) {
        self.cancelled.insert(key);
        if self.cancelled.len() * 2 > self.heap.len() + 32 {
            let cancelled = &self.cancelled;
            self.heap.retain(|item| !cancelled.contains(&item.0.1));
            self.cancelled.clear();
        }
    }

    fn clear(&mut self) {
        self.heap.clear();
        self.cancelled.clear();
        self.issued = 0;
    }
}

/// Nanoseconds per turn of what `work` does in `turns` turns.
fn time(turns: u64, work: impl FnOnce()) -> f64 {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    let start = std::time::Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / turns as f64
}

/// With `n` items pending, pops the first and pushes it again so much later.
fn hold<Q: Queue>(n: u64, later: impl Fn(&mut Dice) -> u64) -> f64 {
    let mut dice = Dice(n);
    let mut queue = Q::default();
    for item in 0..n {
        queue.push(later(&mut dice), item);
    }
    let mut run = |turns| {
        for _ in 0..turns {
            let (at, item) = queue.pop().expect("something is always pending");
            queue.push(at + later(&mut dice), item);
        }
    };
    run(2 * n);
    time(TURNS, || run(TURNS))
}

/// At once, over the network, in a tenth of a second, in 30 s.
fn mixed(dice: &mut Dice) -> u64 {
    match dice.next() % 16 {
        0..=3 => 0,
        4..=13 => dice.between((MS, 10 * MS)),
        14 => 100 * MS,
        _ => TIMEOUT,
    }
}

/// `hold`, and at each turn the item's time-out is cancelled and armed again.
fn timeouts<Q: Queue>(n: u64) -> f64 {
    let mut dice = Dice(n);
    let mut queue = Q::default();
    let mut armed = Vec::new();
    let latency = (MS, 10 * MS);
    for item in 0..n {
        queue.push(dice.between(latency), item);
        armed.push((TIMEOUT, queue.push(TIMEOUT, item)));
    }
    let mut run = |turns| {
        for _ in 0..turns {
            let (at, item) = queue.pop().expect("something is always pending");
            queue.push(at + dice.between(latency), item);
            let (armed_at, key) = armed[item as usize];
            queue.cancel(armed_at, key);
            armed[item as usize] = (at + TIMEOUT, queue.push(at + TIMEOUT, item));
        }
    };
    run(2 * n);
    time(TURNS, || run(TURNS))
}

/// A whole small simulation: each of `n` items is pushed twice, popped twice.
fn small<Q: Queue>(n: u64, reuse: bool) -> f64 {
    let mut queue = Q::default();
    let latency = (MS, 10 * MS);
    let runs = 600_000 / (n + 10);
    time(runs, || {
        for run in 0..runs {
            if reuse {
                queue.clear();
            } else {
                queue = Q::default();
            }
            let mut dice = Dice(run);
            for item in 0..n {
                queue.push(dice.between(latency), item);
            }
            for _ in 0..n {
                let (at, item) = queue.pop().expect("n items were pushed");
                queue.push(at + dice.between(latency), item);
            }
            while let Some(next) = queue.pop() {
                black_box(next);
            }
        }
    })
}

/// Both agree, or there is no point in timing them.
fn agree() {
    let (mut ours, mut plain) = (Agenda::default(), Plain::default());
    let mut dice = Dice(1);
    for item in 0..1_000 {
        let at = mixed(&mut dice);
        Queue::push(&mut ours, at, item);
        plain.push(at, item);
    }
    for _ in 0..100_000 {
        let next = plain.pop();
        assert_eq!(Queue::pop(&mut ours), next);
        let (at, item) = next.expect("something is always pending");
        let at = at + mixed(&mut dice);
        Queue::push(&mut ours, at, item);
        plain.push(at, item);
    }
}

/// The rows that were asked for.
struct Table {
    words: Vec<String>,
}

impl Table {
    fn head(&self, what: &str) {
        println!("\n{what:<28} {:>9} {:>9} {:>6}", "agenda", "heap", "ratio");
    }

    fn row(&self, name: String, agenda: impl Fn() -> f64, heap: impl Fn() -> f64) {
        let wanted = self.words.iter().any(|word| name.contains(word));
        if !wanted && !self.words.is_empty() {
            return;
        }
        let (mut best, mut rival) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            best = best.min(agenda());
            rival = rival.min(heap());
        }
        println!("{name:<28} {best:>9.1} {rival:>9.1} {:>6.2}", best / rival);
    }
}

fn main() {
    agree();
    // Cargo adds `--bench`.
    let words = std::env::args().skip(1);
    let table = Table { words: words.filter(|word| !word.starts_with("--")).collect() };
    let crowds = [30, 1_000, 10_000, 100_000];
    let hour = 3_600 * S;
    let spans: [(&str, (u64, u64), &[u64]); 7] = [
        ("few 1-10 ms", (MS, 10 * MS), &[1, 3, 10, 20, 60, 100]),
        ("net 1-10 ms", (MS, 10 * MS), &crowds),
        ("lan 0.1-0.8 ms", (100 * US, 800 * US), &crowds),
        ("bus 10-30 us", (10 * US, 30 * US), &crowds),
        ("timers 1-1000 ms", (MS, S), &crowds),
        ("slow 1-100 s", (S, 100 * S), &crowds),
        ("idle 1-10 h", (hour, 10 * hour), &[1, 3, 30]),
    ];
    table.head("ns per pop + push");
    for (name, span, crowds) in spans {
        for &n in crowds {
            table.row(
                format!("{name}, n {n}"),
                || hold::<Agenda<u64>>(n, |dice| dice.between(span)),
                || hold::<Plain>(n, |dice| dice.between(span)),
            );
        }
    }
    for n in crowds {
        table.row(
            format!("mixed 0-30 s, n {n}"),
            || hold::<Agenda<u64>>(n, mixed),
            || hold::<Plain>(n, mixed),
        );
    }
    table.head("... + cancel + push of 30 s");
    let crowds = [3, 30, 1_000, 10_000, 100_000];
    for n in crowds {
        let name = format!("timeouts, n {n}");
        table.row(name, || timeouts::<Agenda<u64>>(n), || timeouts::<Plain>(n));
    }
    table.head("ns per small simulation");
    for n in [3, 10, 30, 100, 300] {
        for (name, reuse) in [("reused", true), ("new", false)] {
            table.row(
                format!("small {name}, n {n}"),
                || small::<Agenda<u64>>(n, reuse),
                || small::<Plain>(n, reuse),
            );
        }
    }
}
