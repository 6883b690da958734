//! How a node's process ends, and what is over at that instant.

use crate::common::{MILLI, Notes, SECOND, always, run};
use reenact::{JoinSet, Node, NodeState, Sim, clock, spawn, yield_now};
use std::{cell::RefCell, future::pending, rc::Rc};

type End = fn(&Node);

/// All ways to end a node from outside, and what it is afterwards.
const ENDS: [(End, NodeState); 3] =
    [(Node::stop, NodeState::Stopped), (Node::kill, NodeState::Killed), (Node::crash, NodeState::Crashed)];

#[test]
fn a_node_without_a_main_is_there() {
    run(|sim| async move {
        let node = sim.node("a");
        assert_eq!((node.state(), node.incarnation()), (NodeState::Created, 0));
        assert_eq!(node.spawn(async { 5 }).await.expect("no panic"), 5);
        assert_eq!(node.state(), NodeState::Created);
    });
}

#[test]
fn a_main_that_returns_ends_its_process_in_order() {
    always(10, |sim: Sim| async move {
        let notes = Notes::new();
        let (node, noted) = (sim.node("a"), notes.clone());
        node.start(move || {
            let held = noted.at_drop("task dropped");
            let noted = noted.clone();
            async move {
                spawn(async move {
                    let _held = held;
                    pending::<()>().await;
                });
                clock::sleep(MILLI).await;
                noted.put("main returns");
            }
        });
        assert_eq!(node.state(), NodeState::Running);
        clock::sleep(2 * MILLI).await;
        assert_eq!(node.state(), NodeState::Stopped);
        assert_eq!(notes.all(), ["main returns", "task dropped"]);
        assert!(node.spawn(async {}).await.expect_err("it is down").is_cancelled());
    });
}

#[test]
fn mains_return_nothing_a_result_or_never() {
    async fn for_ever() -> ! {
        loop {
            clock::sleep(SECOND).await;
        }
    }
    run(|sim| async move {
        sim.node("nothing").start(|| async {});
        sim.node("fine").start(|| async { Ok::<(), String>(()) });
        sim.node("never").start(for_ever);
        clock::sleep(MILLI).await;
        assert_eq!(sim.node("nothing").state(), NodeState::Stopped);
        assert_eq!(sim.node("fine").state(), NodeState::Stopped);
        assert_eq!(sim.node("never").state(), NodeState::Running);
    });
}

#[test]
fn all_its_tasks_are_gone_when_the_call_returns_in_the_order_in_which_they_were_spawned() {
    for (end, state) in ENDS {
        always(5, move |sim: Sim| async move {
            let notes = Notes::new();
            let node = sim.node("a");
            node.start(pending::<()>);
            let names = ["first", "second", "third"];
            let tasks = names.map(|name| {
                let held = notes.at_drop(name);
                node.spawn(async move {
                    let _held = held;
                    clock::sleep(SECOND).await;
                    unreachable!("its node has ended");
                })
            });
            // One is never polled, one is ready, all wait.
            yield_now().await;
            end(&node);
            assert_eq!(notes.all(), names);
            assert_eq!(node.state(), state);
            for task in tasks {
                assert!(task.is_finished());
                assert!(task.await.expect_err("it is gone").is_cancelled());
            }
            clock::sleep(2 * SECOND).await;
        });
    }
}

#[test]
fn other_nodes_go_on() {
    for (end, _) in ENDS {
        run(|sim| async move {
            let (a, b) = (sim.node("a"), sim.node("b"));
            let other = b.spawn(clock::sleep(SECOND));
            a.spawn(pending::<()>());
            end(&a);
            other.await.expect("it lives");
            assert_eq!(b.state(), NodeState::Created);
        });
    }
}

#[test]
fn an_end_is_no_end_twice_but_a_host_can_always_lose_power() {
    run(|sim| async move {
        for (first, once) in ENDS {
            for (second, twice) in ENDS {
                let node = sim.node(format!("{once:?} {twice:?}"));
                node.start(pending::<()>);
                first(&node);
                second(&node);
                let expected = if twice == NodeState::Crashed { NodeState::Crashed } else { once };
                assert_eq!(node.state(), expected);
            }
        }
    });
}

#[test]
fn a_node_without_a_main_ends_too() {
    for (end, state) in ENDS {
        run(|sim| async move {
            let node = sim.node("a");
            let task = node.spawn(pending::<()>());
            end(&node);
            assert_eq!(node.state(), state);
            assert!(task.await.expect_err("it is gone").is_cancelled());
        });
    }
}

#[test]
fn on_a_node_that_is_down_nothing_is_spawned() {
    for (end, _) in ENDS {
        run(|sim| async move {
            let notes = Notes::new();
            let (node, held) = (sim.node("a"), notes.at_drop("dropped"));
            node.start(pending::<()>);
            end(&node);
            let task = node.spawn(async move {
                let _held = held;
                unreachable!("its node is down");
            });
            assert_eq!(notes.all(), ["dropped"]);
            assert!(task.is_finished());
            assert!(task.await.map(|(): ()| ()).expect_err("its node is down").is_cancelled());
        });
    }
}

#[test]
fn whoever_waits_for_its_tasks_is_told() {
    for (end, _) in ENDS {
        always(10, move |sim: Sim| async move {
            let node = sim.node("a");
            node.start(pending::<()>);
            let mut set = JoinSet::new();
            for _ in 0..3 {
                set.insert(node.spawn(pending::<()>()));
            }
            let waiting = node.spawn(pending::<()>());
            let elsewhere = sim
                .node("b")
                .spawn(async move { waiting.await.expect_err("its node has ended").is_cancelled() });
            clock::call_later(MILLI, move || end(&node));
            while let Some(result) = set.join_next().await {
                assert!(result.expect_err("its node has ended").is_cancelled());
            }
            assert_eq!(clock::now().since_start(), MILLI);
            assert!(elsewhere.await.expect("its node lives"));
        });
    }
}

/// A handle that dies with its node detaches what it stood for.
#[test]
fn tasks_elsewhere_that_it_waited_for_go_on() {
    run(|sim| async move {
        let notes = Notes::new();
        let (a, b, noted) = (sim.node("a"), sim.node("b"), notes.clone());
        let far = b.spawn(async move {
            clock::sleep(2 * MILLI).await;
            noted.put("done");
        });
        a.spawn(far);
        clock::sleep(MILLI).await;
        a.crash();
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["done"]);
    });
}

#[test]
fn a_result_that_was_there_before_is_still_there() {
    run(|sim| async move {
        let node = sim.node("a");
        let task = node.spawn(async { 11 });
        clock::sleep(MILLI).await;
        node.crash();
        assert_eq!(task.await.expect("it ended before its node"), 11);
    });
}

/// The value of a task that ended is the handle's, not the node's.
#[test]
fn what_a_task_left_behind_is_dropped_with_its_handle() {
    run(|sim| async move {
        let notes = Notes::new();
        let (node, value) = (sim.node("a"), notes.at_drop("dropped"));
        let task = node.spawn(async move { value });
        clock::sleep(MILLI).await;
        node.crash();
        assert_eq!(notes.len(), 0);
        drop(task);
        assert_eq!(notes.len(), 1);
    });
}

/// Locks are released by destructors, also by those of a dead node.
#[test]
fn a_lock_held_by_a_dead_node_is_free_again() {
    run(|sim| async move {
        let lock = Rc::new(futures::lock::Mutex::new(0));
        let (node, held) = (sim.node("a"), lock.clone());
        node.spawn(async move {
            let _held = held.lock().await;
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        assert!(lock.try_lock().is_none());
        node.crash();
        assert!(clock::timeout(MILLI, lock.lock()).await.is_ok());
    });
}

#[test]
fn a_destructor_may_look_at_its_node() {
    for (end, state) in ENDS {
        run(|sim| async move {
            let seen = Rc::new(RefCell::new(None));
            let (node, out) = (sim.node("a"), seen.clone());
            let looking = node.clone();
            let last = crate::common::at_drop(move || {
                *out.borrow_mut() =
                    Some((looking.state(), clock::now().since_start(), looking.name().to_owned()));
            });
            node.spawn(async move {
                let _last = last;
                pending::<()>().await;
            });
            clock::sleep(MILLI).await;
            end(&node);
            assert_eq!(seen.take(), Some((state, MILLI, "a".to_owned())));
        });
    }
}
