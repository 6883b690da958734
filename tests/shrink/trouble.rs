//! Tests that make shrinking hard: they change, they break, they have other bugs.

use reenact::{Check, FailureKind, Shrink, clock, draw, spawn, yield_now};
use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

#[test]
fn a_test_that_begins_to_differ_while_it_is_shrunk_is_left_as_it_was_and_told_of() {
    // The failing run, its repetition, and whatever is made afterwards.
    let runs = AtomicU64::new(0);
    let report = Check::new("unsteady").seeds(100).determinism(0).report(|_sim| {
        let count = runs.fetch_add(1, Relaxed);
        async move {
            let seen = draw::below(50);
            spawn(async move {
                for _ in 0..count % 3 {
                    yield_now().await;
                }
            })
            .await
            .expect("no panic");
            assert_ne!(seen, 7, "seven");
        }
    });
    let finding = &report.findings()[0];
    match finding.failure.kind {
        // The repetition was alike by chance, and shrinking found out.
        FailureKind::Panic => {
            let note = finding.note().expect("something is said");
            assert!(note.contains("does not follow the seed"), "{note}");
            assert!(finding.tape().is_empty(), "the tape is that of the seed");
        }
        kind => assert_eq!(kind, FailureKind::Nondeterminism),
    }
}

/// Panics when it is dropped, unless it was told not to.
struct Bomb(Cell<bool>);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0.get(), "dropped too early");
    }
}

#[test]
fn a_panic_while_dropping_is_another_failure_and_no_hang() {
    let report = Check::new("bomb").seeds(200).report(|_sim| async {
        let bomb = Bomb(Cell::new(draw::below(3) > 0));
        let value = draw::below(100);
        if draw::chance(1, 2) {
            bomb.0.set(false);
        }
        spawn(async move {
            clock::sleep(Duration::from_secs(1)).await;
            bomb.0.set(false);
        });
        yield_now().await;
        assert!(value < 50, "large");
        clock::sleep(Duration::from_secs(2)).await;
    });
    let finding = &report.findings()[0];
    assert_eq!(finding.failure.kind, FailureKind::Panic);
    assert_eq!(finding.shrunk().result.as_ref().expect_err("it fails").message, finding.failure.message);
    assert!(finding.tape().len() <= 1, "{}", finding.explanation().expect("shrunk"));
}

#[test]
fn other_failures_met_on_the_way_are_kept() {
    let report = Check::new("two bugs").seeds(500).report(|_sim| async {
        let (a, b) = (draw::below(4), draw::below(40));
        if a > 0 && b == 7 {
            panic!("the rare one");
        }
        assert_ne!((a, b), (0, 7), "the rare one's neighbour");
    });
    let findings = report.findings();
    let finding = findings.first().expect("one of forty");
    let met: Vec<_> = finding.met().map(|(failure, _)| failure.message.clone()).collect();
    if finding.failure.message == "the rare one" {
        assert!(met.iter().any(|message| message.contains("neighbour")), "{met:?}");
    }
    assert!(finding.met().all(|(_, token)| token.starts_with("r1:")));
}

#[test]
fn real_time_is_a_limit_only_where_it_was_asked_for() {
    let check = Check::new("no time").seeds(100).shrink(Shrink::default().wall(Duration::ZERO));
    let report = check.report(|_sim| async {
        let all = draw::vec(20, |_| draw::below(10));
        assert!(!all.contains(&7), "{all:?}");
    });
    let finding = &report.findings()[0];
    assert!(finding.tape().len() > 1, "it was cut short");
    assert_eq!(finding.note(), None);
}

#[test]
fn what_is_not_about_decisions_is_not_shrunk() {
    let runs = AtomicU64::new(0);
    let report = Check::new("differs").report(|_sim| {
        let made = runs.fetch_add(1, Relaxed);
        async move { clock::sleep(Duration::from_nanos(made)).await }
    });
    let finding = &report.findings()[0];
    assert_eq!(finding.failure.kind, FailureKind::Nondeterminism);
    assert_eq!(finding.shrink_runs(), 0);
}
