//! Which runs a sweep makes, and in which order.

use reenact::{Check, FailureKind, Sim, clock, draw, yield_now};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// What some code inside each run of a sweep says, in order.
fn each<T: Send>(check: Check, f: impl Fn(&Sim) -> T + Send + Sync) -> Vec<T> {
    let said = Mutex::new(Vec::new());
    let report = check.determinism(0).report(|sim| {
        said.lock().expect("no panic").push(f(&sim));
        async {}
    });
    assert!(report.passed());
    said.into_inner().expect("no panic")
}

#[test]
fn a_sweep_begins_with_zero_and_fifo_and_goes_on_with_its_seeds() {
    assert_eq!(each(Check::new("seeds").seeds([5, 7, 6]), Sim::seed), [0, 5, 5, 7, 6]);
    assert_eq!(each(Check::new("seeds").seeds(3..6), Sim::seed), [0, 3, 3, 4, 5]);
}

#[test]
fn zero_takes_the_simplest_of_every_decision() {
    let report = Check::new("zero").seeds(1).determinism(0).report(|_| async {
        assert_eq!([draw::below(1_000), draw::below(7)], [0, 0], "not zero");
    });
    assert_eq!(report.first_failure(), Some(1));
}

#[test]
fn zero_and_fifo_take_turns_in_the_order_of_wakes() {
    let report = Check::new("order").seeds(200).report(|_| async {
        let order = std::sync::Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..5)
            .map(|i| {
                let order = order.clone();
                reenact::spawn(async move {
                    yield_now().await;
                    order.lock().expect("no panic").push(i);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(*order.lock().expect("no panic"), [0, 1, 2, 3, 4]);
    });
    assert_eq!(report.first_failure(), Some(2));
}

#[test]
fn a_bug_that_always_shows_is_found_in_the_first_run() {
    let report = Check::new("always").seeds(10).report(|_| async { panic!("always") });
    assert_eq!((report.first_failure(), report.runs()), (Some(0), 1));
    assert_eq!(report.findings()[0].seed, 0);
}

#[test]
fn default_seeds_follow_the_name_and_nothing_else() {
    let default = |name: &str| each(Check::new(name), Sim::seed);
    let seeds = default("a test");
    assert_eq!(seeds.len(), 2 + 256);
    assert_eq!(default("a test"), seeds);
    assert_ne!(default("another test")[2..], seeds[2..]);
    assert_eq!(each(Check::new("a test").seeds(5), Sim::seed), seeds[..7]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "real threads are waited for")]
fn runs_are_made_on_the_calling_thread_or_on_others() {
    let here = std::thread::current().id();
    let threads = |jobs| {
        let mut threads = each(Check::new("threads").os(reenact::Os::Allow).seeds(50).jobs(jobs), |_| {
            // Time for the others to begin.
            std::thread::sleep(Duration::from_millis(2));
            std::thread::current().id()
        });
        threads.dedup();
        threads
    };
    assert_eq!(threads(1), [here]);
    assert!(threads(4).len() > 1);
}

#[test]
fn more_threads_than_runs_do_no_harm() {
    assert_eq!(Check::new("threads").seeds(1).jobs(64).report(|_| async {}).runs(), 3);
}

#[test]
fn limits_hold_for_every_run() {
    let kind = |check: Check| {
        let report = check.seeds(3).report(|_| async {
            loop {
                clock::sleep(Duration::from_secs(1)).await
            }
        });
        report.findings()[0].failure.kind
    };
    assert_eq!(kind(Check::new("steps").max_steps(100)), FailureKind::StepLimit);
    assert_eq!(kind(Check::new("time").max_virtual(Duration::from_secs(60))), FailureKind::TimeLimit);
}

#[test]
fn a_strategy_is_that_of_the_seeds() {
    let report = Check::new("fifo").strategy(reenact::Strategy::Fifo).seeds(100).report(|_| async {
        let (a, b) = (reenact::spawn(yield_now()), AtomicU64::new(0));
        reenact::spawn(async {}).await.expect("no panic");
        b.fetch_add(1, Relaxed);
        assert!(!a.is_finished() || b.load(Relaxed) == 1);
    });
    assert!(report.passed());
}

#[test]
fn a_finding_at_the_last_run_counts_all_runs() {
    let report =
        Check::new("last").seeds(0..30).jobs(4).report(|sim| async move { assert_ne!(sim.seed(), 29) });
    assert_eq!((report.runs(), report.first_failure()), (32, Some(31)));
}
