//! Both twins under many seeds.

use crate::programs::{
    self, Program,
    Version::{self, Buggy, Fixed},
};
use reenact::{Check, FailureKind, Report, Shrink, Strategy};

fn sweep(program: &'static Program, version: Version, size: usize, seeds: u64) -> Report {
    let name = format!("{}/{size}", program.name);
    let check = Check::new(name).strategy(Strategy::Random).seeds(seeds);
    check.report(move |sim| program.run(sim, version, size))
}

#[test]
fn a_random_walk_finds_each_bug_that_it_is_said_to_find() {
    for program in programs::all().iter().filter(|program| program.random_finds_it) {
        let report = sweep(program, Buggy, program.default_size(), 10_000);
        let findings = report.findings();
        let finding = findings.first().unwrap_or_else(|| panic!("{}: not found", program.name));
        assert!(finding.index() > 0, "{}: the empty tape passes", program.name);
        let kind = finding.failure.kind;
        assert!(
            [FailureKind::Panic, FailureKind::Deadlock].contains(&kind),
            "{}: {}",
            program.name,
            finding.failure
        );
    }
}

#[test]
fn each_bug_shrinks_to_at_most_one_decision_more_than_by_hand() {
    const SWEEPS: usize = 5;
    for program in programs::all().iter().filter(|program| program.random_finds_it) {
        let size = program.default_size();
        let mut runs: Vec<u64> = Vec::new();
        for sweep in 0..SWEEPS {
            let check = Check::new(format!("{}, sweep {sweep}", program.name)).strategy(Strategy::Random);
            let report = check.seeds(10_000).report(move |sim| program.run(sim, Buggy, size));
            let findings = report.findings();
            let finding = findings.first().unwrap_or_else(|| panic!("{}: not found", program.name));
            let words = finding.explanation().map(ToString::to_string).unwrap_or_default();
            assert!(finding.tape().len() <= program.minimum + 1, "{}: {words}", program.name);
            runs.push(finding.shrink_runs());
        }
        runs.sort_unstable();
        assert!(runs[SWEEPS / 2] <= 300, "{}: {runs:?} runs", program.name);
    }
}

/// How soon, is in `docs/bug-finding.md`.
#[test]
fn the_portfolio_finds_what_a_uniform_walk_never_does() {
    for program in programs::all().iter().filter(|program| program.kind() == "lopsided") {
        let size = program.default_size();
        for number in 0..3 {
            let check = Check::new(format!("{}/{number}", program.name)).seeds(5_000).shrink(Shrink::off());
            let report = check.report(move |sim| program.run(sim, Buggy, size));
            assert!(!report.passed(), "{}, sweep {number}: {report}", program.name);
        }
    }
}

#[test]
fn fixed_twins_pass() {
    for program in programs::all() {
        for (place, &size) in program.sizes.iter().enumerate() {
            let seeds = if place == 0 { 500 } else { 200 };
            let report = sweep(program, Fixed, size, seeds);
            let failures: Vec<_> =
                report.findings().iter().map(|finding| finding.failure.to_string()).collect();
            assert!(report.passed(), "{}, size {size}: {failures:?}", program.name);
        }
    }
}
