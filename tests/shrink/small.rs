//! What is left is small, fails in the same way, and repeats.

use super::programs::{late_packet, lost_update};
use reenact::{Check, FailureKind, MainOutput, Report, Shrink, Sim, Simulation, Tape, draw};
use std::future::Future;

/// The first finding of a test repeats from its token, in every way there is.
fn repeats<F, Fut>(name: &str, report: &Report, test: F)
where
    F: Fn(Sim) -> Fut,
    Fut: Future + 'static,
    Fut::Output: MainOutput,
{
    let finding = &report.findings()[0];
    assert_eq!(finding.note(), None);
    let tape = Tape::parse(&finding.token()).expect("a token");
    assert_eq!(&tape, finding.tape());
    assert_eq!(tape.entries().filter(|(_, _, entry)| entry.value == 0).count(), 0, "zeros need no entry");
    for _ in 0..2 {
        let run = Simulation::new(1).name(name).replay(tape.clone()).run(&test);
        assert_eq!(run.digest(), finding.shrunk().digest());
        assert_eq!(run.trace(), finding.shrunk().trace());
        assert_eq!(run.decisions().expect("recorded"), &tape, "a shrunk tape is what its run realises");
    }
    let (failure, shrunk) = (&finding.failure, finding.shrunk().result.as_ref().expect_err("it fails"));
    assert_eq!((failure.kind, &failure.location), (shrunk.kind, &shrunk.location));
}

#[test]
fn a_lost_update_is_one_late_turn() {
    let report = Check::new("lost update").seeds(2_000).report(lost_update);
    repeats("lost update", &report, lost_update);
    let finding = &report.findings()[0];
    assert!(finding.original().decisions().expect("recorded").len() > 5);
    assert_eq!(finding.tape().len(), 1, "{}", finding.explanation().expect("shrunk"));
}

#[test]
fn a_late_packet_is_one_latency() {
    let report = Check::new("late packet").seeds(2_000).report(late_packet);
    repeats("late packet", &report, late_packet);
    assert_eq!(report.findings()[0].tape().len(), 1);
}

#[test]
fn every_seed_that_fails_shrinks_to_the_same_few_decisions() {
    let mut failing = 0;
    for seed in 0..300u64 {
        let report = Check::new("lost update").seeds([seed]).report(lost_update);
        let findings = report.findings();
        let Some(finding) = findings.first() else { continue };
        assert!(finding.tape().len() <= 2, "seed {seed}: {}", finding.explanation().expect("shrunk"));
        failing += 1;
    }
    assert!(failing > 10, "{failing} of 300 seeds fail");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let found = |jobs| {
        let report = Check::new("late packet").seeds(500).jobs(jobs).keep_going(3).report(late_packet);
        let findings = report.findings();
        findings
            .iter()
            .map(|finding| {
                (finding.token(), finding.explanation().map(ToString::to_string), finding.shrink_runs())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(found(1), found(8));
}

#[test]
fn values_are_as_low_as_they_go() {
    let report = Check::new("sum").seeds(100).report(|_sim| async {
        let numbers = draw::vec(0..40, |_| draw::below(1_000));
        assert!(numbers.iter().sum::<u64>() <= 500, "{numbers:?}");
    });
    let finding = &report.findings()[0];
    let failure = finding.shrunk().result.as_ref().expect_err("it fails");
    assert_eq!(failure.message, "[501]");
    assert_eq!(finding.tape().len(), 2, "one element, and its value");
}

#[test]
fn what_fails_on_the_empty_tape_has_no_decisions_left() {
    let report = Check::new("always").report(|_sim| async { panic!("always") });
    let finding = &report.findings()[0];
    assert!(finding.tape().is_empty());
    assert_eq!(
        finding.explanation().expect("shrunk").to_string(),
        "it fails when every decision is the simplest one"
    );
}

#[test]
fn an_endless_run_is_shrunk_too() {
    let report = Check::new("endless").max_steps(2_000).seeds(50).report(|_sim| async {
        let noise = draw::vec(5, |_| draw::below(100));
        while draw::below(10) != 3 && noise[2] > 50 {
            reenact::yield_now().await;
            if noise[2] > 60 {
                loop {
                    reenact::yield_now().await;
                }
            }
        }
    });
    let finding = &report.findings()[0];
    assert_eq!(finding.failure.kind, FailureKind::StepLimit);
    assert_eq!(finding.tape().len(), 1, "{}", finding.explanation().expect("shrunk"));
    assert_eq!(finding.shrunk().result.as_ref().expect_err("it fails").kind, FailureKind::StepLimit);
}

#[test]
fn the_budget_is_counted_and_off_is_off() {
    let check = Check::new("lost update").seeds(2_000);
    let short = check.clone().shrink(Shrink::default().runs(3)).report(lost_update);
    let finding = &short.findings()[0];
    assert!(finding.shrink_runs() < 200, "{} runs, those to explain it among them", finding.shrink_runs());
    repeats("lost update", &short, lost_update);
    let off = check.shrink(Shrink::off()).report(lost_update);
    let finding = &off.findings()[0];
    assert_eq!((finding.shrink_runs(), finding.tape().len()), (0, 0));
    assert!(finding.explanation().is_none());
    assert_eq!(finding.shrunk().digest(), finding.original().digest());
}
