//! Starting again: the same name and address, a new process.

use crate::common::{MILLI, Notes, SECOND, always, at_drop, failure, run};
use reenact::{Node, NodeState, OnPanic, Sim, clock, draw, net, spawn};
use std::{future::pending, io};

/// Starts a node that notes its lives and then does nothing.
fn noting(node: &Node, notes: &Notes<&'static str>) {
    let notes = notes.clone();
    node.start(move || {
        let (ended, noted) = (notes.at_drop("ends"), notes.clone());
        async move {
            let _ended = ended;
            noted.put("begins");
            pending::<()>().await;
        }
    });
}

#[test]
fn a_node_may_be_started_again_after_every_end() {
    let ends: [fn(&Node); 3] = [Node::stop, Node::kill, Node::crash];
    for end in ends {
        always(5, move |sim: Sim| async move {
            let (node, notes) = (sim.node("a"), Notes::new());
            noting(&node, &notes);
            for life in 1..4 {
                clock::sleep(MILLI).await;
                end(&node);
                node.restart();
                assert_eq!((node.state(), node.incarnation()), (NodeState::Running, life));
            }
            clock::sleep(MILLI).await;
            assert_eq!(notes.all(), ["begins", "ends", "begins", "ends", "begins", "ends", "begins"]);
        });
    }
}

#[test]
fn restarting_a_running_node_ends_it_first() {
    always(5, |sim: Sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        noting(&node, &notes);
        let task = node.spawn(pending::<()>());
        clock::sleep(MILLI).await;
        node.restart();
        assert_eq!(notes.all(), ["begins", "ends"]);
        assert!(task.await.expect_err("it belonged to the former life").is_cancelled());
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["begins", "ends", "begins"]);
        assert_eq!(node.incarnation(), 1);
    });
}

#[test]
fn a_main_that_was_never_polled_is_restarted_too() {
    run(|sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        noting(&node, &notes);
        node.restart();
        node.restart();
        assert_eq!(node.incarnation(), 2);
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["begins"]);
    });
}

#[test]
fn a_node_that_has_ended_may_be_started_with_another_main() {
    run(|sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        node.start(|| async {});
        clock::sleep(MILLI).await;
        assert_eq!(node.state(), NodeState::Stopped);
        noting(&node, &notes);
        clock::sleep(MILLI).await;
        node.crash();
        node.restart();
        clock::sleep(MILLI).await;
        assert_eq!(node.incarnation(), 2);
        assert_eq!(notes.all(), ["begins", "ends", "begins"]);
    });
}

#[test]
fn what_makes_a_main_is_called_on_the_node_at_each_start() {
    run(|sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        let noted = notes.clone();
        node.start(move || {
            noted.put("made");
            // Whoever makes the main acts as the node.
            let held = noted.at_drop("dropped");
            spawn(async move {
                let _held = held;
                pending::<()>().await;
            });
            pending::<()>()
        });
        assert_eq!(notes.len(), 0, "not before the node's turn");
        clock::sleep(MILLI).await;
        node.crash();
        assert_eq!(notes.all(), ["made", "dropped"]);
        node.restart();
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["made", "dropped", "made"]);
    });
}

/// It may own anything; here, damage to the network and the abort of a task.
#[test]
fn what_made_a_former_main_is_dropped_when_it_is_replaced() {
    run(|sim| async move {
        let (node, other, notes) = (sim.node("a"), sim.node("b"), Notes::new());
        let (cut, noted) = (sim.net().isolate("b"), notes.at_drop("dropped"));
        let task = other.spawn(pending::<()>());
        let aborts = at_drop(move || task.abort());
        node.start(move || {
            let _held = (&cut, &noted, &aborts);
            async {}
        });
        clock::sleep(MILLI).await;
        assert_eq!((node.state(), notes.len()), (NodeState::Stopped, 0));
        node.start(pending::<()>);
        assert_eq!(notes.len(), 1);
        let connect = net::TcpStream::connect((other.ip(), 1)).await;
        assert_eq!(connect.expect_err("nobody listens").kind(), io::ErrorKind::ConnectionRefused);
    });
}

#[test]
fn what_would_have_made_a_main_is_dropped_when_it_is_refused() {
    run(|sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        let (own, other, noted) = (node.clone(), sim.node("b"), notes.clone());
        node.spawn(async move {
            own.crash();
            let last = at_drop(move || {
                // The simulation is there.
                assert_eq!(clock::now(), clock::Instant::ZERO);
                noted.put("dropped");
            });
            other.start(move || {
                let _held = &last;
                async {}
            });
        });
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["dropped"]);
    });
}

/// In whatever way the node was started again.
#[test]
fn a_main_is_said_to_be_spawned_where_the_node_was_started() {
    let line = line!() + 2;
    let start: fn(&Node) = |node| {
        node.start(|| async {
            clock::sleep(MILLI).await;
            match reenact::Sim::current().node("a").incarnation() {
                0 => panic!("once"),
                _ => pending::<()>().await,
            }
        })
    };
    let failure = failure(move |sim| async move {
        let node = sim.node("a");
        node.on_panic(OnPanic::Restart);
        start(&node);
        clock::sleep(SECOND).await;
        node.restart();
        pending::<()>().await;
    });
    let main = failure.waiting.iter().find(|waiting| waiting.node == "a").expect("it waits");
    assert!(main.spawned.starts_with(&format!("{}:{line}:", file!())), "{main}");
}

#[test]
fn a_policy_outlives_the_process() {
    run(|sim| async move {
        let node = sim.node("a");
        node.on_panic(OnPanic::Restart);
        node.start(|| async {
            clock::sleep(SECOND).await;
            panic!("again");
        });
        clock::sleep(10 * SECOND + MILLI).await;
        assert_eq!(node.incarnation(), 10);
        node.crash();
        node.restart();
        clock::sleep(SECOND + MILLI).await;
        assert_eq!(node.incarnation(), 12);
    });
}

#[test]
fn lives_do_not_share_draws() {
    run(|sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        let noted = notes.clone();
        node.start(move || {
            let noted = noted.clone();
            async move {
                noted.put(draw::below(1 << 60));
                pending::<()>().await;
            }
        });
        for _ in 0..3 {
            clock::sleep(MILLI).await;
            node.restart();
        }
        clock::sleep(MILLI).await;
        let mut draws = notes.all();
        draws.sort();
        draws.dedup();
        assert_eq!(draws.len(), 4);
    });
}

#[test]
fn nothing_of_a_former_life_happens_in_the_next() {
    always(10, |sim: Sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        node.start(pending::<()>);
        let (slept, called) = (notes.clone(), notes.clone());
        node.spawn(async move {
            clock::call_later(MILLI, move || called.put("called"));
            clock::sleep(MILLI).await;
            slept.put("slept");
        });
        clock::sleep(MILLI / 2).await;
        node.crash();
        node.restart();
        clock::sleep(SECOND).await;
        assert_eq!(notes.len(), 0);
    });
}
