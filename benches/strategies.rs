//! What a step costs under each strategy, with many tasks ready.
//!
//! ```text
//! cargo bench --bench strategies
//! ```
//!
//! Prints nanoseconds a step (pick, poll and wake of a task that gives way), the best of nine runs each, in
//! turn, by how many tasks are ready; then the same where each poll touches one of ten things, in runs of a sweep,
//! since what is touched is known from its first run. It judges nothing.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use reenact::{Check, Record, Simulation, Strategy, spawn, task, yield_now};
use std::time::Instant;

/// How many steps a run makes.
const STEPS: u64 = 200_000;
const STRATEGIES: [Strategy; 6] = [
    Strategy::Fifo,
    Strategy::Random,
    Strategy::Grouped,
    Strategy::Pct { depth: 3 },
    Strategy::Surw,
    Strategy::Pos,
];

const THINGS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

async fn yields(tasks: u64, steps: u64, touches: bool) {
    let turns = steps / tasks;
    let turn = |number| {
        let thing = THINGS[number as usize % THINGS.len()];
        spawn(async move {
            for _ in 0..turns {
                if touches {
                    task::touch(thing);
                }
                yield_now().await;
            }
        })
    };
    let tasks: Vec<_> = (0..tasks).map(turn).collect();
    for task in tasks {
        task.await.expect("it ends");
    }
}

fn nanoseconds(strategy: Strategy, tasks: u64) -> f64 {
    let begin = Instant::now();
    // So many steps that `Pct` is not fair before its end.
    let run = Simulation::new(1).strategy(strategy).record(Record::Digest).max_steps(u64::MAX);
    run.run(move |_sim| yields(tasks, STEPS, false)).unwrap();
    begin.elapsed().as_nanos() as f64 / STEPS as f64
}

/// The same of what touches something, by the runs of a sweep, the making of its tasks included: they are as short
/// as makes all that they touch known.
fn nanoseconds_touched(strategy: Strategy, tasks: u64) -> f64 {
    const SEEDS: u64 = 50;
    let steps = 2_000;
    let check = Check::new("touched").strategy(strategy).max_steps(u64::MAX).determinism(0).seeds(SEEDS);
    let begin = Instant::now();
    let report = check.report(move |_sim| yields(tasks, steps, true));
    assert!(report.passed(), "{report}");
    begin.elapsed().as_nanos() as f64 / (report.runs() * steps) as f64
}

fn main() {
    table("ready", nanoseconds);
    table("touched", nanoseconds_touched);
}

fn table(what: &str, nanoseconds: fn(Strategy, u64) -> f64) {
    println!("{what:10} {:>8} {:>8} {:>8}", 10, 100, 1_000);
    let mut best = [[f64::INFINITY; 3]; STRATEGIES.len()];
    for _ in 0..9 {
        for (strategy, best) in STRATEGIES.into_iter().zip(&mut best) {
            for (tasks, best) in [10, 100, 1_000].into_iter().zip(best) {
                *best = best.min(nanoseconds(strategy, tasks));
            }
        }
    }
    for (strategy, best) in STRATEGIES.into_iter().zip(best) {
        println!("{:10} {:>8.1} {:>8.1} {:>8.1}", strategy.to_string(), best[0], best[1], best[2]);
    }
}
