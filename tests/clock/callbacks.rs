//! Callbacks: functions that run at a time, without a task.

use crate::common::{MILLI, Notes, SECOND, always, run};
use reenact::{Node, clock, draw, spawn, yield_now};
use std::{cell::RefCell, future::pending, rc::Rc, time::Duration};

/// Milliseconds since the run began.
fn millis() -> u128 {
    clock::now().since_start().as_millis()
}

#[test]
fn they_run_in_the_order_of_their_times() {
    always(10, |_| async {
        let notes = Notes::new();
        for time in [5, 1, 3, 0, 9] {
            let notes = notes.clone();
            clock::call_later(time * MILLI, move || notes.put((time, millis())));
        }
        clock::sleep(SECOND).await;
        assert_eq!(notes.all(), [(0, 0), (1, 1), (3, 3), (5, 5), (9, 9)]);
    });
}

#[test]
fn those_of_one_time_run_in_the_order_in_which_they_were_set() {
    always(10, |_| async {
        let notes = Notes::new();
        for i in 0..10 {
            let notes = notes.clone();
            let call = move || notes.put(i);
            match i % 3 {
                0 => clock::call_later(MILLI, call),
                1 => clock::call_at(clock::Instant::ZERO + MILLI, call),
                _ => clock::call_at(clock::now() + MILLI, call),
            };
        }
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), (0..10).collect::<Vec<_>>());
    });
}

#[test]
fn soon_is_after_all_ready_tasks_and_before_time_moves() {
    always(20, |_| async {
        let notes = Notes::new();
        let (soon, past) = (notes.clone(), notes.clone());
        clock::call_soon(move || soon.put(("soon", millis())));
        clock::call_at(clock::Instant::ZERO, move || past.put(("past", millis())));
        for _ in 0..3 {
            let notes = notes.clone();
            spawn(async move {
                for _ in 0..4 {
                    yield_now().await;
                }
                notes.put(("task", millis()));
            });
        }
        clock::sleep(MILLI).await;
        let task = ("task", 0);
        assert_eq!(notes.all(), [task, task, task, ("soon", 0), ("past", 0)]);
    });
}

#[test]
fn a_cancelled_one_is_dropped_at_once_and_never_runs() {
    run(|_| async {
        let notes = Notes::new();
        let (ran, dropped) = (notes.clone(), notes.at_drop("dropped"));
        let handle = clock::call_later(MILLI, move || {
            ran.put("ran");
            drop(dropped);
        });
        handle.cancel();
        notes.put("cancelled");
        handle.cancel();
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["dropped", "cancelled"]);
    });
}

#[test]
fn cancelling_one_that_ran_cancels_no_other() {
    run(|_| async {
        let notes = Notes::new();
        let (first, second) = (notes.clone(), notes.clone());
        let handle = clock::call_soon(move || first.put("first"));
        clock::sleep(MILLI).await;
        // The second takes the room of the first.
        clock::call_later(MILLI, move || second.put("second"));
        handle.cancel();
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["first", "second"]);
    });
}

#[test]
fn dropping_the_handle_does_not_cancel() {
    run(|_| async {
        let notes = Notes::new();
        let noted = notes.clone();
        {
            let _handle = clock::call_later(MILLI, move || noted.put("ran"));
        }
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["ran"]);
    });
}

#[test]
fn one_may_cancel_another_that_is_due_at_the_same_time() {
    run(|_| async {
        let other = Rc::new(RefCell::new(None::<clock::CallbackHandle>));
        let cancelled = other.clone();
        clock::call_later(MILLI, move || cancelled.take().expect("it was set").cancel());
        *other.borrow_mut() = Some(clock::call_later(MILLI, || unreachable!("it was cancelled")));
        clock::sleep(2 * MILLI).await;
    });
}

#[test]
fn one_may_set_others_spawn_and_wake() {
    always(20, |_| async {
        let notes = Notes::new();
        let (outer, (promise, kept)) = (notes.clone(), futures::channel::oneshot::channel());
        clock::call_later(MILLI, move || {
            let (inner, spawned) = (outer.clone(), outer.clone());
            clock::call_later(MILLI, move || inner.put(("inner", millis())));
            spawn(async move {
                yield_now().await;
                spawned.put(("spawned", millis()));
            });
            promise.send("woken").expect("somebody waits");
            outer.put(("outer", millis()));
        });
        assert_eq!(kept.await, Ok("woken"));
        clock::sleep(3 * MILLI).await;
        assert_eq!(notes.all(), [("outer", 1), ("spawned", 1), ("inner", 2)]);
    });
}

/// What it spawns, sets and draws belongs to its node.
#[test]
fn they_run_on_the_node_that_set_them() {
    always(10, |sim| async move {
        let notes = Notes::new();
        let (node, noted) = (sim.node("a"), notes.clone());
        node.spawn(async move {
            clock::call_later(MILLI, move || {
                draw::below(10);
                spawn(async move {
                    noted.put("spawned");
                    pending::<()>().await;
                });
            });
        });
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["spawned"]);
        let dying = spawn_sentinel(&node, &notes);
        node.crash();
        assert_eq!(notes.all(), ["spawned", "dropped"]);
        assert!(dying.await.expect_err("its node is down").is_cancelled());
    });
}

fn spawn_sentinel(node: &Node, notes: &Notes<&'static str>) -> reenact::JoinHandle<()> {
    let held = notes.at_drop("dropped");
    node.spawn(async move {
        let _held = held;
        pending::<()>().await;
    })
}

#[test]
fn those_of_a_node_that_ends_never_run_and_are_dropped_with_it() {
    let ends: [fn(&Node); 3] = [Node::stop, Node::kill, Node::crash];
    for end in ends {
        run(|sim| async move {
            let notes = Notes::new();
            let (node, dropped) = (sim.node("a"), notes.at_drop("dropped"));
            node.start(pending::<()>);
            node.spawn(async move {
                clock::call_later(MILLI, move || {
                    drop(dropped);
                    unreachable!("its node has ended");
                });
            });
            clock::sleep(MILLI / 2).await;
            end(&node);
            assert_eq!(notes.all(), ["dropped"]);
            node.restart();
            clock::sleep(SECOND).await;
        });
    }
}

#[test]
fn one_may_end_its_own_node() {
    run(|sim| async move {
        let notes = Notes::new();
        let (node, noted) = (sim.node("a"), notes.clone());
        let own = node.clone();
        node.spawn(async move {
            clock::call_later(MILLI, move || {
                own.crash();
                drop(spawn(async { unreachable!("nothing runs on a dead node") }));
                clock::call_soon(|| unreachable!("nothing runs on a dead node"));
                noted.put(draw::below(1_000_000));
            });
            clock::call_later(2 * MILLI, || unreachable!("its node is down"));
            pending::<()>().await;
        });
        clock::sleep(SECOND).await;
        assert_eq!(notes.all(), [0]);
    });
}

#[test]
fn they_take_no_time() {
    run(|_| async {
        for _ in 0..1_000 {
            clock::call_later(MILLI, || ());
        }
        clock::sleep(MILLI).await;
        assert_eq!(clock::now().since_start(), Duration::from_millis(1));
    });
}
