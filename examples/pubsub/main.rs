//! A publish/subscribe service with a thousand subscribers, to whom everything happens.
//!
//! ```text
//! cargo run --release --example pubsub
//! cargo run --release --example pubsub -- 5000
//! ```
//!
//! `broker`, `client` and `frame` are the service; `scenario` is the test. Subscribers crash, stand still,
//! lose their connections, whole or half; afterwards each that is still there must hear what is published.

mod frame;
mod broker;
mod client;

mod scenario;

use std::process::ExitCode;

/// How many runs are made.
const SEEDS: u64 = 20;

fn main() -> ExitCode {
    let subscribers = match std::env::args().nth(1).map(|argument| argument.parse()) {
        None => 1000,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            eprintln!("pubsub: the argument is how many subscribers there are: a whole number");
            return ExitCode::from(2);
        }
    };
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let check = scenario::check(SEEDS, subscribers).jobs(jobs).determinism(0);
    let report = check.report(|sim| scenario::run(sim, subscribers));
    println!("{subscribers} subscribers: {report}");
    for fault in report.faults() {
        let effect = fault.effect();
        println!(
            "  {:<6} on in {:>3} runs, noticed {:>7} times",
            fault.kind(),
            fault.runs(),
            effect.effective
        );
    }
    if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
