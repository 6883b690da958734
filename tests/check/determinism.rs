//! Runs of one seed are compared, and what makes them differ is found.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what is found is what is disallowed"
)]

use reenact::{Check, FailureKind, Os, Report, Sim, clock, draw};
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

fn only_finding(report: &Report) -> reenact::Finding {
    let findings: Result<[_; 1], _> = report.findings().try_into();
    let Ok([finding]) = findings else { panic!("{report}") };
    assert_eq!(finding.failure.kind, FailureKind::Nondeterminism, "{}", finding.failure);
    finding
}

#[test]
fn a_counter_that_survives_a_run_is_found_in_the_first() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report = Check::new("static").seeds(5).report(|sim: Sim| async move {
        sim.node("db").spawn(async {
            for _ in 0..RUNS.fetch_add(1, Relaxed) {
                clock::sleep(Duration::from_secs(1)).await;
            }
        });
        clock::sleep(Duration::from_secs(60)).await;
    });
    let finding = only_finding(&report);
    assert_eq!(finding.index(), 0);
    let message = &finding.failure.message;
    for part in [
        "two runs of this seed differ",
        "is the first that differs",
        "first run",
        "second run",
        "HashMap",
        "Instant::now",
        "rand::rng",
        "static",
        "thread",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert!(message.contains("db/#0"), "{message}");
    assert_eq!(finding.failure.node.as_deref(), Some("db"));
}

#[test]
fn the_order_of_a_hash_map_is_found() {
    let report = Check::new("map").os(Os::Off).seeds(5).report(|sim: Sim| async move {
        let names: std::collections::HashSet<u32> = (0..50).collect();
        for name in names {
            sim.node(format!("n{name}")).spawn(async {});
        }
    });
    only_finding(&report);
}

#[test]
fn a_run_that_ends_later_is_found_though_nothing_before_differs() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report = Check::new("longer").seeds(5).report(|_| async {
        clock::sleep(Duration::from_secs(1)).await;
        if RUNS.fetch_add(1, Relaxed) == 1 {
            clock::sleep(Duration::from_secs(1)).await;
        }
    });
    only_finding(&report);
}

#[test]
fn one_run_in_so_many_is_compared() {
    let compared = |every| {
        let runs = AtomicU64::new(0);
        let report = Check::new("every").seeds(58).determinism(every).report(|_| {
            runs.fetch_add(1, Relaxed);
            async {}
        });
        assert_eq!(report.runs(), 60);
        runs.into_inner() - 60
    };
    assert_eq!(compared(0), 0);
    assert_eq!(compared(1), 60);
    assert_eq!(compared(20), 2 + 2);
    assert_eq!(compared(1_000), 2);
}

#[test]
fn a_run_that_fails_once_only_is_no_failure_to_be_replayed() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report = Check::new("once").seeds(100).determinism(0).report(|_| async {
        assert_ne!(RUNS.fetch_add(1, Relaxed), 30, "once only");
    });
    let finding = only_finding(&report);
    assert_eq!(finding.index(), 30);
    let message = &finding.failure.message;
    assert!(message.contains("failed (panic at tests/check/determinism.rs"), "{message}");
    assert!(message.contains("repeated, it passed"), "{message}");
    assert!(message.contains("the first time only"), "{message}");
}

#[test]
fn a_run_that_fails_differently_each_time_is_found() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report = Check::new("differently").seeds(100).determinism(0).report(|_| async {
        clock::sleep(Duration::from_millis(RUNS.fetch_add(1, Relaxed))).await;
        panic!("always, but not at the same time");
    });
    let message = &only_finding(&report).failure.message;
    assert!(message.contains("second run") && message.contains("third run"), "{message}");
}

#[test]
fn a_message_in_any_order_is_still_the_failure_it_tells_of() {
    let report = Check::new("message").os(Os::Off).seeds(100).report(|_| async {
        let names: std::collections::HashSet<u32> = (0..50).collect();
        assert!(draw::below(10) < 9, "{names:?}");
    });
    assert_eq!(report.findings()[0].failure.kind, FailureKind::Panic);
}

#[test]
fn findings_of_nondeterminism_are_one_however_many_runs_differ() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report = Check::new("many").seeds(8).determinism(1).keep_going(5).report(|_| async {
        clock::sleep(Duration::from_millis(RUNS.fetch_add(1, Relaxed))).await;
    });
    assert_eq!(only_finding(&report).occurrences(), 10);
}

#[test]
fn a_wake_from_another_thread_is_told_as_that() {
    let report = Check::new("foreign").os(Os::Allow).seeds(5).report(|_| async {
        let (tell, told) = futures::channel::oneshot::channel();
        std::thread::spawn(move || {
            // Time for the waiter to wait.
            std::thread::sleep(Duration::from_millis(5));
            tell.send(())
        });
        let waiter = reenact::spawn(told);
        while !waiter.is_finished() {
            clock::sleep(Duration::from_nanos(1)).await;
        }
    });
    let message = &only_finding(&report).failure.message;
    assert!(message.starts_with("a task was woken from another thread"), "{message}");
}
