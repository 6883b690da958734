//! The workloads by which reenact is compared with its peers: one a call, one line of JSON.
//!
//! ```text
//! cargo run --release --example workloads -- WORKLOAD N SEED [REPS]
//! ```
//!
//! `REPS` repeats the workload in one process and reports the best time: what a sweep sees once
//! its caches are warm. The table of `docs/performance.md` is made with it.
//!
//! It measures and checks that the work was done; it compares nothing.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

mod measure;
mod network;
mod tasks;

use measure::Work;
use std::time::Instant;

fn run(workload: &str, n: u64, seed: u64) -> Option<Work> {
    Some(match workload {
        "yield" => tasks::yields(n, seed),
        "spawn" => tasks::spawns(n, seed),
        "timers" => tasks::timers(n, seed),
        "mem_task" => tasks::idle_tasks(n, seed),
        "pingpong" => network::round_trips(1, n, seed),
        "echo" => network::echo(n, seed),
        "startup" => network::startup(n, seed),
        "mesh" => network::mesh(n, seed),
        "bulk" => network::bulk(n, seed),
        "mem_conn" => network::idle_connections(n, seed),
        _ => return None,
    })
}

/// How many operations a workload must report to have done its work.
fn expected(workload: &str, n: u64) -> u64 {
    match workload {
        "yield" => n * tasks::YIELDS,
        "timers" => n * tasks::SLEEPS,
        "mesh" => n * network::MESH_SENDS,
        "echo" => n * network::ECHO_ROUNDS,
        _ => n,
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |i: usize, what: &str, default: Option<u64>| match (args.get(i).map(|text| text.parse()), default) {
            (Some(Ok(number)), _) => number,
            (None, Some(default)) => default,
            _ => {
                eprintln!("usage: workloads WORKLOAD N SEED [REPS]; {what} must be a number");
                std::process::exit(2)
            }
        };
    let workload = args.first().map_or("", String::as_str);
    let (n, seed, reps) = (number(1, "N", None), number(2, "SEED", None), number(3, "REPS", Some(1)));
    let mut best: Option<(u64, Work)> = None;
    for _ in 0..reps.max(1) {
        let begin = Instant::now();
        let Some(work) = run(workload, n, seed) else {
            eprintln!("no such workload: `{workload}`");
            std::process::exit(2)
        };
        let wall = u64::try_from(begin.elapsed().as_nanos()).expect("less than 500 years");
        assert_eq!(work.ops, expected(workload, n), "{workload}: the work was not done");
        if let Some((_, before)) = &best {
            assert_eq!(
                (work.digest, work.virtual_ns),
                (before.digest, before.virtual_ns),
                "equal seeds differ"
            );
        }
        if best.as_ref().is_none_or(|(least, _)| wall < *least) {
            best = Some((wall, work));
        }
    }
    let (wall, work) = best.expect("at least one repetition");
    println!("{}", work.line(workload, n, wall));
}
