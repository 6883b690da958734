//! How a task ends, and what its handle says of it.

use crate::common::{MILLI, Notes, SECOND, always, at_drop, run};
use reenact::{JoinError, JoinHandle, Sim, clock, spawn, task::Builder, yield_now};
use std::{cell::RefCell, future::pending, rc::Rc};

/// Waits for ever, and notes its end.
fn idle(notes: &Notes<&'static str>) -> impl Future<Output = ()> + 'static {
    let note = notes.at_drop("dropped");
    async move {
        let _note = note;
        pending::<()>().await;
    }
}

#[test]
fn a_handle_is_a_future_of_the_result() {
    run(|_| async {
        let text = spawn(async { String::from("done") });
        assert_eq!(text.await.expect("no panic"), "done");
        let late = spawn(async {
            clock::sleep(SECOND).await;
            clock::now()
        });
        assert_eq!(late.await.expect("no panic").since_start(), SECOND);
    });
}

#[test]
fn a_result_waits_until_it_is_asked_for() {
    run(|_| async {
        let task = spawn(async { 3 });
        clock::sleep(SECOND).await;
        assert!(task.is_finished());
        assert_eq!(task.await.expect("no panic"), 3);
    });
}

#[test]
fn a_handle_may_be_awaited_by_another_task_than_the_one_that_made_it() {
    always(20, |sim: Sim| async move {
        let task = spawn(async {
            clock::sleep(MILLI).await;
            8
        });
        let elsewhere = sim.node("a").spawn(async move { task.await.expect("no panic") });
        assert_eq!(elsewhere.await.expect("no panic"), 8);
    });
}

/// The one that polled last is told; the former one has given up.
#[test]
fn a_handle_may_change_hands_while_it_is_awaited() {
    run(|_| async {
        let mut task = spawn(async {
            clock::sleep(5 * MILLI).await;
            8
        });
        assert!(clock::timeout(MILLI, &mut task).await.is_err());
        let other = spawn(async move { task.await.expect("no panic") });
        assert_eq!(other.await.expect("no panic"), 8);
    });
}

#[test]
fn abort_drops_the_task_before_it_returns() {
    run(|_| async {
        let notes = Notes::new();
        let task = spawn(idle(&notes));
        clock::sleep(MILLI).await;
        task.abort();
        notes.put("returned");
        assert!(task.is_finished());
        let error = task.await.expect_err("it is gone");
        assert!(error.is_cancelled() && !error.is_panic());
        assert_eq!(error.to_string(), "the task was cancelled");
        assert_eq!(notes.all(), ["dropped", "returned"]);
    });
}

#[test]
fn a_task_that_is_aborted_before_its_first_poll_never_runs() {
    run(|_| async {
        let notes = Notes::new();
        let (held, noted) = (notes.at_drop("dropped"), notes.clone());
        let task = spawn(async move {
            noted.put("ran");
            drop(held);
        });
        task.abort();
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["dropped"]);
    });
}

#[test]
fn a_task_that_aborts_itself_goes_when_it_waits() {
    always(10, |_| async {
        let notes = Notes::new();
        let (own, held, noted) =
            (Rc::new(RefCell::new(None::<JoinHandle<()>>)), notes.at_drop("dropped"), notes.clone());
        let handle = own.clone();
        let task = spawn(async move {
            let _held = held;
            handle.borrow().as_ref().expect("it is there").abort();
            noted.put("still here");
            yield_now().await;
            noted.put("never");
        });
        *own.borrow_mut() = Some(task);
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["still here", "dropped"]);
        let task = own.take().expect("it is there");
        assert!(task.await.expect_err("it is gone").is_cancelled());
    });
}

#[test]
fn a_task_that_aborts_itself_and_returns_is_cancelled_all_the_same() {
    always(10, |_| async {
        let own = Rc::new(RefCell::new(None::<JoinHandle<u8>>));
        let handle = own.clone();
        *own.borrow_mut() = Some(spawn(async move {
            handle.borrow().as_ref().expect("it is there").abort();
            5
        }));
        clock::sleep(MILLI).await;
        let task = own.take().expect("it is there");
        assert!(task.is_finished());
        assert!(task.await.expect_err("it is gone").is_cancelled());
    });
}

#[test]
fn aborting_what_has_ended_changes_nothing() {
    run(|_| async {
        let task = spawn(async { 4 });
        clock::sleep(MILLI).await;
        task.abort();
        task.abort();
        assert_eq!(task.await.expect("it had ended"), 4);
    });
}

#[test]
fn whoever_waits_for_an_aborted_task_is_told() {
    always(20, |_| async {
        let notes = Notes::new();
        let task = Rc::new(RefCell::new(Some(spawn(idle(&notes)))));
        let aborted = task.clone();
        clock::call_later(MILLI, move || notes.put("called"));
        let mut waiting = task.borrow_mut().take().expect("it is there");
        assert!(clock::timeout(MILLI, &mut waiting).await.is_err());
        *aborted.borrow_mut() = Some(waiting);
        let other = spawn(async move {
            let handle = aborted.borrow_mut().take().expect("it is there");
            handle.abort();
            handle.await
        });
        assert!(other.await.expect("no panic").expect_err("it is gone").is_cancelled());
    });
}

#[test]
fn a_task_may_abort_the_one_that_waits_for_it() {
    always(20, |_| async {
        let notes = Notes::new();
        let (waiting, noted) = (Rc::new(RefCell::new(None::<JoinHandle<()>>)), notes.clone());
        let outer = waiting.clone();
        *waiting.borrow_mut() = Some(spawn(async move {
            let inner = spawn(async move {
                yield_now().await;
                outer.borrow().as_ref().expect("it is there").abort();
                noted.put("went on");
            });
            drop(inner.await);
            unreachable!("it was aborted meanwhile");
        }));
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["went on"]);
    });
}

#[test]
fn a_detached_task_goes_on() {
    run(|_| async {
        let notes = Notes::new();
        let noted = notes.clone();
        drop(spawn(async move {
            clock::sleep(MILLI).await;
            noted.put("done");
        }));
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["done"]);
    });
}

#[test]
fn what_a_detached_task_returned_is_dropped() {
    run(|_| async {
        let notes = Notes::new();
        let (one, other) = (notes.at_drop("one"), notes.at_drop("other"));
        drop(spawn(async move { one }));
        let ended = spawn(async move { other });
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["one"]);
        drop(ended);
        assert_eq!(notes.all(), ["one", "other"]);
    });
}

#[test]
fn is_finished_tells_the_end() {
    run(|_| async {
        let task = spawn(clock::sleep(MILLI));
        assert!(!task.is_finished());
        clock::sleep(MILLI / 2).await;
        assert!(!task.is_finished());
        clock::sleep(MILLI).await;
        assert!(task.is_finished());
    });
}

#[test]
fn on_done_is_called_once_with_the_result() {
    always(20, |sim: Sim| async move {
        let notes = Notes::new();
        let on_done = |notes: &Notes<_>| {
            let notes = notes.clone();
            move |result: Result<u32, JoinError>| notes.put(result.map_err(|error| error.to_string()))
        };
        spawn(async { 1 }).on_done(on_done(&notes));
        clock::sleep(MILLI).await;
        let late = spawn(async {
            clock::sleep(MILLI).await;
            2
        });
        late.on_done(on_done(&notes));
        clock::sleep(2 * MILLI).await;
        let node = sim.node("a");
        node.spawn(pending::<u32>()).on_done(on_done(&notes));
        clock::sleep(MILLI).await;
        node.crash();
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), [Ok(1), Ok(2), Err("the task was cancelled".to_owned())]);
    });
}

#[test]
fn on_done_belongs_to_the_node_that_asked() {
    run(|sim| async move {
        let (here, there) = (sim.node("here"), sim.node("there"));
        let task = there.spawn(clock::sleep(2 * MILLI));
        here.spawn(async move { task.on_done(|_| unreachable!("its node has crashed")) });
        clock::sleep(MILLI).await;
        here.crash();
        clock::sleep(2 * MILLI).await;
    });
}

#[test]
fn what_belongs_to_a_task_is_dropped_before_its_end_is_known() {
    always(20, |_| async {
        let notes = Notes::new();
        let held = notes.at_drop("dropped");
        let task = spawn(async move {
            let _held = held;
            yield_now().await;
        });
        task.await.expect("no panic");
        notes.put("known");
        assert_eq!(notes.all(), ["dropped", "known"]);
    });
}

#[test]
fn a_destructor_may_spawn_abort_and_set_callbacks() {
    always(20, |_| async {
        let notes = Notes::new();
        let (other, noted) = (spawn(idle(&notes)), notes.clone());
        let last = at_drop(move || {
            other.abort();
            let (spawned, called) = (noted.clone(), noted.clone());
            drop(spawn(async move { spawned.put("spawned") }));
            clock::call_later(MILLI, move || called.put("called"));
        });
        let task = spawn(async move {
            let _last = last;
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        task.abort();
        assert_eq!(notes.all(), ["dropped"]);
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["dropped", "spawned", "called"]);
    });
}

#[test]
fn names_may_be_given_twice() {
    run(|_| async {
        let tasks: Vec<_> = (0..3).map(|i| Builder::new().name("worker").spawn(async move { i })).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("no panic");
        }
        assert_eq!(sum, 3);
    });
}

#[test]
fn many_tasks_come_and_go() {
    run(|_| async {
        for round in 0..200u64 {
            let tasks: Vec<_> = (0..50u64).map(|i| spawn(async move { round * i })).collect();
            for (i, task) in (0..).zip(tasks) {
                if i % 3 == 0 {
                    task.abort();
                } else {
                    assert_eq!(task.await.expect("no panic"), round * i);
                }
            }
        }
    });
}

#[test]
fn a_handle_that_only_aborts_has_its_own_life() {
    run(|_| async {
        let task = spawn(pending::<()>());
        let abort = task.abort_handle();
        assert!(!abort.is_finished());
        assert_eq!(abort.id(), task.id());
        drop(task);
        abort.clone().abort();
        assert!(abort.is_finished(), "the handle that waits need not be there");
        // Another task has taken the place of the one that is gone.
        let other = spawn(async { 3 });
        abort.abort();
        assert_eq!(other.await.expect("it was not aborted"), 3);
    });
}
