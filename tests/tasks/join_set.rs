//! Tasks gathered in a set.

use crate::common::{MILLI, Notes, always, failure, run};
use reenact::{FailureKind, JoinSet, OnPanic, clock, spawn};
use std::future::pending;

#[test]
fn results_come_as_tasks_end() {
    always(20, |_| async {
        let mut set = JoinSet::new();
        for time in [3, 1, 2] {
            set.spawn(async move {
                clock::sleep(time * MILLI).await;
                time
            });
        }
        set.insert(spawn(async { 0 }));
        assert_eq!(set.len(), 4);
        let mut order = Vec::new();
        while let Some(result) = set.join_next().await {
            order.push(result.expect("no panic"));
        }
        assert_eq!(order, [0, 1, 2, 3]);
        assert!(set.is_empty());
        assert!(set.join_next().await.is_none());
    });
}

#[test]
fn join_all_gathers_everything() {
    let mut all = run(|_| async {
        let mut set = JoinSet::new();
        for i in 0..100 {
            set.spawn(async move { i });
        }
        set.join_all().await
    });
    all.sort();
    assert_eq!(all, (0..100).collect::<Vec<_>>());
}

#[test]
fn dropping_the_set_aborts_what_is_left() {
    run(|_| async {
        let notes = Notes::new();
        let mut set = JoinSet::new();
        for note in ["one", "two"] {
            let held = notes.at_drop(note);
            set.spawn(async move {
                let _held = held;
                pending::<()>().await;
            });
        }
        clock::sleep(MILLI).await;
        drop(set);
        let mut dropped = notes.all();
        dropped.sort();
        assert_eq!(dropped, ["one", "two"]);
    });
}

#[test]
fn aborted_tasks_stay_to_be_joined() {
    run(|_| async {
        let mut set = JoinSet::new();
        set.spawn(async { 1 });
        set.spawn(pending());
        clock::sleep(MILLI).await;
        set.abort_all();
        let mut results = Vec::new();
        while let Some(result) = set.join_next().await {
            results.push(result.map_err(|error| error.is_cancelled()));
        }
        results.sort();
        assert_eq!(results, [Ok(1), Err(true)]);
    });
}

#[test]
fn shutdown_waits_until_all_are_gone() {
    run(|_| async {
        let notes = Notes::new();
        let mut set = JoinSet::new();
        let held = notes.at_drop("gone");
        set.spawn(async move {
            let _held = held;
            pending::<()>().await;
        });
        set.shutdown().await;
        assert_eq!(notes.all(), ["gone"]);
        assert!(set.is_empty());
    });
}

#[test]
fn detached_tasks_go_on() {
    run(|_| async {
        let notes = Notes::new();
        let (mut set, noted) = (JoinSet::new(), notes.clone());
        set.spawn(async move {
            clock::sleep(MILLI).await;
            noted.put("done");
        });
        set.detach_all();
        drop(set);
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["done"]);
    });
}

#[test]
fn join_next_may_be_given_up_without_losing_a_result() {
    always(20, |_| async {
        let mut set = JoinSet::new();
        for time in 1..=5 {
            set.spawn(async move {
                clock::sleep(time * MILLI).await;
                time
            });
        }
        let mut results = Vec::new();
        while results.len() < 5 {
            if let Ok(Some(result)) = clock::timeout(MILLI / 3, set.join_next()).await {
                results.push(result.expect("no panic"));
            }
        }
        assert_eq!(results, [1, 2, 3, 4, 5]);
    });
}

#[test]
fn join_all_passes_a_panic_on() {
    let failure = failure(|sim| async move {
        let node = sim.node("a");
        node.on_panic(OnPanic::Catch);
        let mut set = JoinSet::new();
        set.insert(node.spawn(async { panic!("in the set") }));
        set.join_all().await
    });
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Panic, "in the set"));
    assert_eq!(failure.place().as_deref(), Some("test/main"));
}
