//! What a strategy is told of a program is on the tape, so a run needs no other.

use reenact::{Check, Shrink, Sim, Simulation, Strategy, Tape, yield_now};
use std::{cell::Cell, rc::Rc};

/// Fails when a short task runs after all turns but the last of a long one.
pub(crate) async fn race(_sim: Sim) {
    let turns = Rc::new(Cell::new(0));
    let seen = turns.clone();
    let long = reenact::spawn(async move {
        for _ in 0..9 {
            turns.set(turns.get() + 1);
            yield_now().await;
        }
    });
    let short = reenact::spawn(async move { assert_ne!(seen.get(), 8, "late, but not too late") });
    short.await.expect("no panic is caught");
    long.await.expect("no panic is caught");
}

const STRATEGIES: [Strategy; 4] =
    [Strategy::Surw, Strategy::Pos, Strategy::Pct { depth: 2 }, Strategy::Portfolio];

#[test]
fn a_failing_run_is_repeated_from_its_tape_alone() {
    for strategy in STRATEGIES {
        let check = Check::new("race").strategy(strategy).seeds(2_000).shrink(Shrink::off());
        let report = check.report(race);
        let findings = report.findings();
        let finding = findings.first().unwrap_or_else(|| panic!("{strategy} finds it"));
        for tape in [Tape::parse(&finding.token()), Tape::parse(&finding.tape().text())] {
            let tape = tape.expect("it reads back");
            assert_eq!(&tape, finding.tape());
            let again = Simulation::new(0).name("race").replay(tape).run(race);
            let failure = again.result.expect_err("the same run");
            assert_eq!(failure.message, finding.failure.message, "{strategy}");
        }
    }
}

#[test]
fn a_failing_run_becomes_small_whichever_strategy_found_it() {
    for strategy in STRATEGIES {
        let report = Check::new("race").strategy(strategy).seeds(2_000).report(race);
        let findings = report.findings();
        let finding = findings.first().unwrap_or_else(|| panic!("{strategy} finds it"));
        // The short task is overtaken by the long one, eight times; that is one decision.
        assert_eq!(finding.tape().len(), 1, "{strategy}: {:?}", finding.explanation());
    }
}

#[test]
fn a_report_does_not_depend_on_threads() {
    for strategy in STRATEGIES {
        let report = |jobs| {
            let check = Check::new("race").strategy(strategy).seeds(2_000).jobs(jobs).shrink(Shrink::off());
            let report = check.report(race);
            (report.to_string(), report.findings()[0].token())
        };
        assert_eq!(report(1), report(3));
    }
}
