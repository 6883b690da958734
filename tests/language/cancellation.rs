//! Cancellation: in async Rust a future may end at any await, by being dropped.

use crate::common::{MILLI, Notes, always, run};
use futures::future::{AbortHandle, Abortable, Aborted};
use reenact::{JoinSet, clock, spawn, yield_now};
use std::future::pending;

/// Notes how far it came, and that it was cleaned up.
async fn work(notes: Notes<&'static str>) {
    let _cleaned = notes.at_drop("cleaned up");
    notes.put("begun");
    clock::sleep(5 * MILLI).await;
    notes.put("half done");
    clock::sleep(5 * MILLI).await;
    notes.put("done");
}

#[test]
fn a_time_out_drops_a_future_in_the_middle_of_an_await() {
    always(10, |_| async {
        let notes = Notes::new();
        assert!(clock::timeout(7 * MILLI, work(notes.clone())).await.is_err());
        assert_eq!(notes.all(), ["begun", "half done", "cleaned up"]);
    });
}

#[test]
fn a_task_may_be_aborted_at_any_await() {
    for (after, expected) in [
        (1, vec!["begun", "cleaned up"]),
        (6, vec!["begun", "half done", "cleaned up"]),
        (11, vec!["begun", "half done", "done", "cleaned up"]),
    ] {
        run(|_| async move {
            let notes = Notes::new();
            let task = spawn(work(notes.clone()));
            clock::sleep(after * MILLI).await;
            task.abort();
            assert_eq!(notes.all(), expected);
        });
    }
}

/// What it had spawned is not its own.
#[test]
fn tasks_of_a_cancelled_task_go_on() {
    always(10, |_| async {
        let notes = Notes::new();
        let inner = notes.clone();
        let outer = spawn(async move {
            spawn(work(inner));
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        outer.abort();
        clock::sleep(20 * MILLI).await;
        assert_eq!(notes.all(), ["begun", "half done", "done", "cleaned up"]);
    });
}

/// Unless they are in a set, which takes them with it.
#[test]
fn tasks_of_a_set_are_cancelled_with_it() {
    always(10, |_| async {
        let notes = Notes::new();
        let inner = notes.clone();
        let outer = spawn(async move {
            let mut set = JoinSet::new();
            set.spawn(work(inner));
            set.join_next().await;
        });
        clock::sleep(MILLI).await;
        outer.abort();
        clock::sleep(20 * MILLI).await;
        assert_eq!(notes.all(), ["begun", "cleaned up"]);
    });
}

#[test]
fn a_future_may_be_aborted_from_elsewhere() {
    always(10, |_| async {
        let (handle, registration) = AbortHandle::new_pair();
        let notes = Notes::new();
        let task = spawn(Abortable::new(work(notes.clone()), registration));
        clock::sleep(MILLI).await;
        handle.abort();
        assert_eq!(task.await.expect("no panic"), Err(Aborted));
        assert_eq!(notes.all(), ["begun", "cleaned up"]);
    });
}

/// Between the two halves of an update another task sees it half done: the bug that cancellation
/// makes, found by looking.
#[test]
fn an_update_that_is_cut_in_half_shows() {
    run(|_| async {
        let (debit, credit) = (Notes::new(), Notes::new());
        let (from, to) = (debit.clone(), credit.clone());
        let transfer = async move {
            from.put(100);
            yield_now().await;
            clock::sleep(MILLI).await;
            to.put(100);
        };
        assert!(clock::timeout(MILLI / 2, transfer).await.is_err());
        assert_eq!((debit.len(), credit.len()), (1, 0));
    });
}

#[test]
fn cleaning_up_is_in_reverse_order() {
    run(|_| async {
        let notes = Notes::new();
        let inner = notes.clone();
        let task = spawn(async move {
            let _first = inner.at_drop("first");
            let _second = inner.at_drop("second");
            yield_now().await;
            let _third = inner.at_drop("third");
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        task.abort();
        assert_eq!(notes.all(), ["third", "second", "first"]);
    });
}
