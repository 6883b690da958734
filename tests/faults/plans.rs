//! What a plan does to nodes, and what it leaves alone.

use crate::{
    common::{MILLI, SECOND},
    workload::greeters,
};
use reenact::{FaultKind, Faults, NodeState, Record, Sim, Simulation, Tape, clock};
use std::{cell::Cell, rc::Rc};

/// Looks at the world after each step.
fn watched(sim: &Sim, most: usize, of: u32) {
    let world = sim.clone();
    sim.invariant("no more are down than may be", move || {
        let down = (1..=of).filter(|i| world.node(format!("n{i}")).state() != NodeState::Running).count();
        if down <= most { Ok(()) } else { Err(format!("{down} are down")) }
    });
}

#[test]
fn no_more_nodes_are_down_at_once_than_the_system_is_to_survive() {
    for (tolerate, most) in [(None, 2), (Some(1), 1), (Some(0), 0), (Some(4), 4)] {
        let mut worst = 0;
        for seed in 0..6 {
            let faults = Faults::only([FaultKind::Crash, FaultKind::Kill, FaultKind::Pause]);
            let faults = tolerate.map_or(faults.clone(), |most| faults.tolerate(most));
            let run =
                Simulation::new(seed).faults(faults).record(Record::Digest).run(move |sim| async move {
                    let seen = Rc::new(Cell::new(0));
                    greeters(&sim, 5);
                    clock::sleep(MILLI).await;
                    watched(&sim, most, 5);
                    for _ in 0..300 {
                        clock::sleep(100 * MILLI).await;
                        let nodes = sim.nodes();
                        let down = nodes.iter().filter(|node| node.state() != NodeState::Running);
                        // The node `test` was not started.
                        seen.set(seen.get().max(down.count() - 1));
                    }
                    seen.get()
                });
            worst = worst.max(run.unwrap());
        }
        assert!(worst <= most && (most == 0 || worst > 0), "{worst} of {most}");
    }
}

#[test]
fn nodes_that_were_not_started_and_those_that_are_no_victims_are_left_alone() {
    for seed in 0..10 {
        let faults = Faults::swarm().tolerate(9).victims(["n1", "client"]);
        let run = Simulation::new(seed).faults(faults).run(|sim| async move {
            greeters(&sim, 3);
            sim.node("client").spawn(std::future::pending::<()>());
            for _ in 0..60 {
                clock::sleep(SECOND).await;
                for name in ["n2", "n3"] {
                    assert_eq!(
                        (sim.node(name).state(), sim.node(name).incarnation()),
                        (NodeState::Running, 0)
                    );
                }
                assert_eq!(sim.node("client").state(), NodeState::Created);
            }
            sim.node("n1").incarnation()
        });
        run.unwrap();
    }
}

#[test]
fn a_node_that_came_back_is_left_alone_for_a_while() {
    let mut lives = 0;
    for seed in 0..20 {
        let faults = Faults::only([FaultKind::Crash, FaultKind::Kill, FaultKind::Pause]);
        let faults = faults.tolerate(1).stable_for(10 * SECOND);
        let run = Simulation::new(seed).faults(faults).run(|sim| async move {
            let started = Rc::new(Cell::new(None));
            let (world, since) = (sim.clone(), started.clone());
            sim.node("n1").start(move || {
                let now = world.elapsed();
                if let Some(former) = since.replace(Some(now)) {
                    assert!(now - former >= 10 * SECOND || former.is_zero(), "{former:?} {now:?}");
                }
                std::future::pending::<()>()
            });
            clock::sleep(120 * SECOND).await;
            sim.node("n1").incarnation()
        });
        lives += run.unwrap();
    }
    assert!(lives > 20, "it came back often, {lives} times");
}

#[test]
fn on_the_empty_tape_nothing_goes_wrong() {
    let run = |faults| {
        let simulation = Simulation::new(0).faults(faults).replay_lenient(Tape::zero());
        simulation.run(|sim| async move {
            greeters(&sim, 3);
            clock::sleep(20 * SECOND).await;
            sim.nodes().iter().map(|node| node.incarnation()).sum::<u32>()
        })
    };
    let with = run(Faults::swarm());
    assert!(with.stats().faults.is_empty(), "{:?}", with.stats().faults);
    assert_eq!(with.stats().packets_sent, run(Faults::none()).stats().packets_sent);
    assert_eq!(with.unwrap(), 0);
}

#[test]
fn faults_come_only_between_start_and_stop() {
    for seed in 0..10 {
        let run = Simulation::new(seed).record(Record::Digest).run(|sim| async move {
            greeters(&sim, 3);
            let disturbed = |sim: &Sim| sim.nodes().iter().any(|node| node.incarnation() > 0);
            clock::sleep(20 * SECOND).await;
            assert!(!disturbed(&sim));
            sim.faults().start(Faults::only([FaultKind::Crash, FaultKind::Partition]));
            clock::sleep(60 * SECOND).await;
            sim.faults().stop();
            let lives: Vec<_> = sim.nodes().iter().map(|node| node.incarnation()).collect();
            assert!(sim.nodes().iter().all(|node| node.state().is_alive()), "who was down is back");
            clock::sleep(60 * SECOND).await;
            assert_eq!(lives, sim.nodes().iter().map(|node| node.incarnation()).collect::<Vec<_>>());
        });
        let stats = run.stats().clone();
        run.unwrap();
        assert!(seed != 3 || !stats.faults.is_empty());
    }
}

#[test]
fn a_plan_keeps_no_run_alive_that_is_stuck() {
    let run = Simulation::new(1).faults(Faults::swarm()).run(|sim| async move {
        for i in 1..=3 {
            sim.node(format!("n{i}")).start(std::future::pending::<()>);
        }
        std::future::pending::<()>().await
    });
    assert_eq!(run.result.unwrap_err().kind, reenact::FailureKind::Deadlock);
}

#[test]
fn a_whole_group_fails_at_once_where_that_is_survivable() {
    let together = (0..40).any(|seed| {
        let faults = Faults::only([FaultKind::Crash]).tolerate(2);
        let run = Simulation::new(seed).faults(faults).run(|sim| async move {
            for (i, zone) in [(1, "a"), (2, "a"), (3, "b"), (4, "c"), (5, "d")] {
                sim.node(format!("n{i}")).group(zone).start(std::future::pending::<()>);
            }
            clock::sleep(60 * SECOND).await;
        });
        let crashes = |node| {
            let lines = run.trace().lines();
            lines.filter(move |line| line.node == node && line.event == reenact::trace::Event::Crash)
        };
        let at = |node| crashes(reenact::trace::NodeId(node)).map(|line| line.at).collect::<Vec<_>>();
        at(1).iter().any(|crash| at(2).contains(crash))
    });
    assert!(together);
}
