//! What is told of a failing run.

use reenact::{Check, FailureKind, Finding, Record, Report, Sim, clock, draw, spawn};
use std::time::Duration;

fn kinds(report: &Report) -> Vec<FailureKind> {
    report.findings().iter().map(|finding| finding.failure.kind).collect()
}

#[test]
fn a_sweep_stops_at_the_first_failing_run() {
    let report = Check::new("first").seeds(0..100).report(|sim| async move { assert!(sim.seed() < 40) });
    assert_eq!((report.runs(), report.failed_runs(), report.first_failure()), (43, 1, Some(42)));
    let finding = &report.findings()[0];
    assert_eq!((finding.seed, finding.index(), finding.occurrences()), (40, 42, 1));
    assert!(report.to_string().starts_with("43 runs, 1 finding in 1 failing run, first in run 42 (seed 0x0000000000000028): panic at tests/check/findings.rs:"), "{report}");
    assert!(!report.passed());
}

#[test]
fn findings_outlive_their_report_and_may_be_copied() {
    let report = Check::new("kept").seeds(3).report(|_sim| async { panic!("always") });
    let kept: Vec<Finding> = report.findings();
    drop(report);
    let copy = kept[0].clone();
    assert!(std::ptr::eq(copy.original(), kept[0].original()), "what is large is shared");
    assert_eq!((copy.failure.message.as_str(), copy.token()), ("always", kept[0].token()));
}

#[test]
fn keep_going_collects_distinct_findings_in_the_order_of_their_first_runs() {
    let check = Check::new("distinct").seeds(0..100);
    let test = |sim: Sim| async move {
        match sim.seed() {
            10 | 20 | 30 => Err(format!("lost {} messages", sim.seed())),
            15 | 16 => Err("another".to_owned()),
            25 => panic!("a panic"),
            60 => std::future::pending().await,
            _ => Ok(()),
        }
    };
    let report = check.clone().keep_going(10).report(test);
    let found: Vec<_> =
        report.findings().iter().map(|finding| (finding.seed, finding.occurrences())).collect();
    assert_eq!(found, [(10, 3), (15, 2), (25, 1), (60, 1)]);
    assert_eq!(
        kinds(&report),
        [FailureKind::Error, FailureKind::Error, FailureKind::Panic, FailureKind::Deadlock]
    );
    assert_eq!((report.runs(), report.failed_runs()), (102, 7));
    // The third finding is the last: what comes after it was never run.
    let report = check.keep_going(3).report(test);
    let found: Vec<_> =
        report.findings().iter().map(|finding| (finding.seed, finding.occurrences())).collect();
    assert_eq!(found, [(10, 2), (15, 2), (25, 1)]);
    assert_eq!((report.runs(), report.failed_runs()), (28, 5));
}

#[test]
fn nodes_that_play_the_same_part_are_one_finding() {
    let report = Check::new("parts").seeds(0..20).keep_going(10).report(|sim| async move {
        let name = if sim.seed() % 2 == 0 { format!("client-{}", sim.seed()) } else { "server".to_owned() };
        sim.node(name).spawn(async { panic!("here") });
        clock::sleep(Duration::from_secs(1)).await;
    });
    assert_eq!(report.findings().len(), 2, "{report}");
    assert_eq!(report.failed_runs(), 22);
}

#[test]
fn an_error_fails_its_run_and_is_told_as_it_debugs() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "it is printed")]
    struct Lost {
        messages: u32,
    }
    let report = Check::new("error").seeds(1).report(|_| async {
        clock::sleep(Duration::from_secs(3)).await;
        Err::<(), _>(Lost { messages: 3 })
    });
    let failure = &report.findings()[0].failure;
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Error, "Lost { messages: 3 }"));
    assert_eq!((failure.node.as_deref(), failure.task.as_deref()), (Some("test"), Some("main")));
    assert_eq!(failure.at.since_start(), Duration::from_secs(3));
    assert!(failure.step > 0);
}

#[test]
fn the_failing_run_is_recorded_in_full() {
    let report = Check::new("recorded").seeds(0..100).report(|_| async {
        let die = draw::below(20);
        reenact::trace::mark("die", die);
        assert_ne!(die, 13);
    });
    let finding = &report.findings()[0];
    let original = finding.original();
    assert_eq!(original.result.as_ref().err(), Some(&finding.failure));
    assert_eq!(original.trace().raw().mode, Record::All);
    assert_eq!(original.trace().raw().marks[0].1, "13");
    assert!(original.decisions().is_some_and(|tape| !tape.is_empty()));
}

#[test]
fn a_deadlock_of_main_is_told_with_its_place() {
    let report = Check::new("deadlock").seeds(1).report(|_| async {
        spawn(std::future::pending::<()>()).await.expect("never");
    });
    let waiting = &report.findings()[0].failure.waiting;
    assert!(waiting[0].spawned.starts_with("tests/check/findings.rs:"), "{waiting:?}");
}

#[test]
fn a_long_run_is_recorded_by_its_end() {
    let report = Check::new("long").seeds(1).max_steps(600_000).determinism(0).report(|_| async {
        loop {
            reenact::yield_now().await
        }
    });
    let finding = &report.findings()[0];
    assert_eq!(finding.failure.kind, FailureKind::StepLimit);
    let trace = finding.original().trace().raw();
    assert_eq!((trace.mode, trace.events.len()), (Record::Tail(500_000), 500_000));
}

#[test]
fn a_report_can_be_sent_and_printed() {
    fn is_send<T: Send + std::fmt::Debug>() {}
    is_send::<Report>();
    is_send::<reenact::Finding>();
    assert_eq!(Check::new("one").seeds(1).report(|_| async {}).to_string(), "3 runs, all passed");
}
