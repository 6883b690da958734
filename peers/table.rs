//! Rows of the comparison's table, for a tool that can make a sweep.

use crate::among_tasks::{RACES, Race, Version};
use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    time::{Duration, Instant},
};

/// One run's main future.
pub(crate) type Body = Pin<Box<dyn Future<Output = ()> + Send>>;

const SWEEPS: u64 = 30;
const MOST_RUNS: u64 = 10_000;

struct Sweep {
    runs: u64,
    found: bool,
    time: Duration,
}

/// Makes a sweep from a seed, of at most so many runs, and stops at the first failing one. Tells how many runs
/// it made, and whether the last one failed.
pub(crate) type MakeSweep = fn(seed: u64, most: u64, run: Box<dyn Fn() -> Body + Send + Sync>) -> (u64, bool);

/// Whether a call panics.
pub(crate) fn panics(call: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(call)).is_err()
}

/// Prints a row for each race and size.
pub(crate) fn rows(tool: &str, sweep: MakeSweep) {
    std::panic::set_hook(Box::new(|_| ()));
    for race in &RACES {
        for &size in race.sizes {
            // What is found nowhere is not worth 300,000 runs.
            let first = sweeps(race, size, sweep, 6);
            let hopeless = first.iter().all(|sweep| !sweep.found);
            let sweeps = if hopeless { first } else { sweeps(race, size, sweep, SWEEPS) };
            println!("{}", row(race, size, tool, &sweeps));
        }
    }
}

fn sweeps(race: &Race, size: usize, sweep: MakeSweep, count: u64) -> Vec<Sweep> {
    let body = race.body;
    let make = |number: u64| {
        let begin = Instant::now();
        // Sweeps do not share seeds.
        let run = Box::new(move || body(Version::Buggy, size));
        let (runs, found) = sweep(number * 1_000_003, MOST_RUNS, run);
        Sweep { runs, found, time: begin.elapsed() }
    };
    (0..count).map(make).collect()
}

fn row(race: &Race, size: usize, tool: &str, sweeps: &[Sweep]) -> String {
    let runs: u64 = sweeps.iter().map(|sweep| sweep.runs).sum();
    let time: Duration = sweeps.iter().map(|sweep| sweep.time).sum();
    let hits = sweeps.iter().filter(|sweep| sweep.found).count();
    let kind = if race.lopsided { "lopsided" } else { "tasks" };
    let rate = runs as f64 / time.as_secs_f64();
    let head = format!("| {} | {kind} | {size} | {tool} | {hits}/{}", race.name, sweeps.len());
    if hits == 0 {
        return format!("{head} | – | – | {rate:.0} | – | – | – | – | – |");
    }
    let mut ordered: Vec<u64> = sweeps.iter().map(|sweep| sweep.runs).collect();
    ordered.sort_unstable();
    let median = ordered[ordered.len() / 2];
    let (mean, seconds) = (runs as f64 / hits as f64, time.as_secs_f64() / hits as f64);
    format!("{head} | {mean:.1} | {median} | {rate:.0} | {seconds:.4} | – | – | – | – |")
}
