//! Which closures a sweep accepts.

use reenact::{Check, FailureKind, clock, spawn};
use std::{cell::Cell, rc::Rc, sync::atomic::AtomicU64, sync::atomic::Ordering::Relaxed, time::Duration};

#[test]
fn the_closure_may_borrow_from_the_test() {
    let calls = AtomicU64::new(0);
    let names = vec!["a".to_owned(), "b".to_owned()];
    let report = Check::new("borrows").seeds(10).determinism(0).jobs(2).report(|sim| {
        calls.fetch_add(1, Relaxed);
        for name in &names {
            sim.node(name).start(|| async {});
        }
        async {}
    });
    assert!(report.passed());
    assert_eq!(calls.into_inner(), report.runs());
}

#[test]
fn the_future_need_not_be_send() {
    let report = Check::new("not send").seeds(10).jobs(2).report(|_| async {
        let count = Rc::new(Cell::new(0));
        let shared = count.clone();
        spawn(async move { shared.set(1) }).await.expect("no panic");
        assert_eq!(count.get(), 1);
    });
    assert!(report.passed());
}

#[test]
fn what_the_closure_does_before_its_future_is_part_of_the_run() {
    let report = Check::new("before").seeds(3).report(|sim| {
        spawn(async {});
        assert_eq!(sim.elapsed(), Duration::ZERO);
        let at = clock::now();
        async move { assert_eq!(clock::now(), at) }
    });
    assert!(report.passed());
    let report = Check::new("panics").seeds(3).report(|_| {
        if clock::now().since_start() == Duration::ZERO {
            panic!("too early");
        }
        async {}
    });
    let failure = &report.findings()[0].failure;
    assert!(failure.message.contains("too early"), "{failure}");
    assert_eq!(failure.kind, FailureKind::Panic);
}

#[test]
fn outputs_are_nothing_a_result_or_never() {
    assert!(Check::new("unit").seeds(1).report(|_| async {}).passed());
    assert!(Check::new("result").seeds(1).report(|_| async { Ok::<(), std::fmt::Error>(()) }).passed());
    let never = Check::new("never").seeds(1).max_steps(10).report(|_| async {
        loop {
            clock::sleep(Duration::from_secs(1)).await;
        }
    });
    assert!(!never.passed());
}
