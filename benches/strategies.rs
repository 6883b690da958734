//! What a step costs under each strategy, with many tasks ready.
//!
//! ```text
//! cargo bench --bench strategies
//! ```
//!
//! Prints nanoseconds a step (pick, poll and wake of a task that gives way), the best of nine runs each, in
//! turn, by how many tasks are ready. It judges nothing.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use reenact::{Record, Simulation, Strategy, spawn, yield_now};
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

async fn yields(tasks: u64) {
    let turns = STEPS / tasks;
    let turn = |_| {
        spawn(async move {
            for _ in 0..turns {
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
    run.run(move |_sim| yields(tasks)).unwrap();
    begin.elapsed().as_nanos() as f64 / STEPS as f64
}

fn main() {
    println!("{:10} {:>8} {:>8} {:>8}", "ready", 10, 100, 1_000);
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
