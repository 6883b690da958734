//! A leader with a lease that writes when it should not, and how faults bring it to light.
//!
//! ```text
//! cargo run --release --example lease
//! cargo run --release --example lease -- --fenced
//! ```
//!
//! `member` and `storage` are the system, `scenario` is the test: every kind of fault may come, within
//! what three members are to survive; no entry of a former leader may stand behind one of a later
//! leader; and when the faults are over, the log must grow again. Without faults it never fails.

mod message;
mod member;
mod storage;

mod scenario;

use reenact::Report;
use std::process::ExitCode;
use storage::Fence;

/// How many runs are made at the most.
const SEEDS: u64 = 5_000;

fn main() -> ExitCode {
    let fence = match std::env::args().nth(1).as_deref() {
        None => Fence::Open,
        Some("--fenced") => Fence::Terms,
        Some(other) => {
            eprintln!("lease: `{}` is no argument: there is `--fenced`", other.escape_debug());
            return ExitCode::from(2);
        }
    };
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let report = scenario::check(SEEDS).jobs(jobs).report(|sim| scenario::run(sim, fence));
    tell(&report);
    // It came as announced: the bug is found, or there is none.
    if report.passed() == (fence == Fence::Terms) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(report: &Report) {
    println!("{report}\n");
    for fault in report.faults() {
        let effect = fault.effect();
        println!(
            "  {:<10} on in {:>5} runs: {:>8} scheduled, {:>8} applied, {:>8} noticed",
            fault.kind(),
            fault.runs(),
            effect.scheduled,
            effect.applied,
            effect.effective
        );
    }
    let findings = report.findings();
    let Some(finding) = findings.first() else { return };
    println!("\n{}\n\nShrunk in {} runs:", finding.failure, finding.shrink_runs());
    if let Some(explanation) = finding.explanation() {
        println!("{explanation}");
    }
    println!("\n{}", finding.token());
}
