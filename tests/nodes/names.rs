//! What a node is known by.

use crate::common::{MILLI, run};
use reenact::{NodeState, Sim, clock, spawn};
use std::{future::pending, net::IpAddr};

#[test]
fn a_name_is_one_node() {
    run(|sim| async move {
        let (one, again, other) = (sim.node("a"), sim.node(String::from("a")), sim.node("b"));
        assert_eq!((one.name(), again.name(), other.name()), ("a", "a", "b"));
        assert_eq!(one.ip(), again.ip());
        assert_ne!(one.ip(), other.ip());
        one.crash();
        assert_eq!((again.state(), other.state()), (NodeState::Crashed, NodeState::Created));
        assert_eq!(one.clone().state(), NodeState::Crashed);
    });
}

#[test]
fn the_test_is_a_node_too() {
    run(|sim| async move {
        let names = |sim: &Sim| sim.nodes().iter().map(|node| node.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&sim), ["test"]);
        sim.node("b");
        sim.node("a");
        sim.node("b");
        assert_eq!(names(&sim), ["test", "b", "a"]);
        assert_eq!(sim.node("test").spawn(async { 4 }).await.expect("no panic"), 4);
    });
}

#[test]
fn addresses_follow_the_order_of_making() {
    run(|sim| async move {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert_eq!(sim.node("test").ip(), address("10.0.0.1"));
        assert_eq!(sim.node("x").ip(), address("10.0.0.2"));
        for i in 0..300 {
            sim.node(format!("n{i}"));
        }
        assert_eq!(sim.node("n299").ip(), address("10.0.1.46"));
    });
}

#[test]
fn an_address_outlives_the_process() {
    run(|sim| async move {
        let node = sim.node("a");
        let before = node.ip();
        node.start(pending::<()>);
        node.crash();
        node.restart();
        assert_eq!(node.ip(), before);
    });
}

/// A node is made where it is first named, also by another node.
#[test]
fn a_node_may_make_nodes() {
    run(|sim| async move {
        let inner = sim.clone();
        let made = sim.node("maker").spawn(async move {
            let made = inner.node("made");
            made.start(pending::<()>);
            let current = Sim::current().node("made");
            current.state()
        });
        assert_eq!(made.await.expect("no panic"), NodeState::Running);
        sim.node("maker").crash();
        assert_eq!(sim.node("made").state(), NodeState::Running);
    });
}

/// Identity travels with the task, not with whoever ran last.
#[test]
fn what_a_task_spawns_lives_on_its_node() {
    for seed in 0..20 {
        let run = reenact::Simulation::new(seed).run(|sim| async move {
            let nodes = [sim.node("a"), sim.node("b"), sim.node("c")];
            let inner: Vec<_> = nodes
                .iter()
                .map(|node| {
                    node.spawn(async {
                        reenact::yield_now().await;
                        let inner = spawn(pending::<()>());
                        reenact::yield_now().await;
                        Some(inner)
                    })
                })
                .collect();
            let mut handles = Vec::new();
            for inner in inner {
                handles.extend(inner.await.expect("no panic"));
            }
            nodes[1].crash();
            clock::sleep(MILLI).await;
            let finished: Vec<bool> = handles.iter().map(reenact::JoinHandle::is_finished).collect();
            assert_eq!(finished, [false, true, false]);
        });
        run.unwrap();
    }
}
