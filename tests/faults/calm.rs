//! The end of the chaos, and progress after it.

use crate::{
    common::{SECOND, failure_of},
    workload::greeters,
};
use reenact::{FailureKind, FaultKind, Faults, NodeState, Record, Simulation, clock};

#[test]
fn after_the_chaos_all_but_those_that_may_be_lost_run_and_reach_each_other() {
    let (mut whole, mut left) = (0, 0);
    for seed in 0..20 {
        let run =
            Simulation::new(seed).faults(Faults::swarm()).record(Record::Digest).run(|sim| async move {
                let heard = greeters(&sim, 5);
                clock::sleep(20 * SECOND).await;
                let calm = sim.calm().within(30 * SECOND);
                let behind =
                    sim.nodes().iter().skip(1).filter(|node| node.state() != NodeState::Running).count();
                assert!(behind <= 2, "{behind}");
                let before = heard.get();
                calm.until(|| match heard.get().checked_sub(before) {
                    Some(20..) => Ok(()),
                    more => Err(format!("{more:?} greetings since")),
                })
                .await;
                behind
            });
        let cut = run.stats().faults.get(FaultKind::Partition).unwrap_or_default();
        assert!(cut.applied >= cut.effective, "who stays behind is not counted again: {cut:?}");
        match run.unwrap() {
            0 => whole += 1,
            _ => left += 1,
        }
    }
    assert!(whole > 0 && left > 0, "{whole} were whole, in {left} somebody stayed behind");
}

#[test]
fn without_progress_the_run_fails_with_the_last_reason_where_progress_is_demanded() {
    let run = Simulation::new(1).run(|sim| async move {
        let mut looks = 0;
        let calm = sim.calm().within(10 * SECOND);
        let demanded = calm.until(move || {
            looks += 1;
            Err(format!("look {}", looks / 1000))
        });
        demanded.await;
    });
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::Liveness);
    assert_eq!(failure.message, "no progress within 10s of calm: look 1");
    assert_eq!(failure.at.since_start(), 10 * SECOND);
    assert!(failure.location.unwrap().contains("faults/calm.rs:"));
}

#[test]
fn progress_that_comes_at_the_last_moment_is_in_time() {
    let run = Simulation::new(1).run(|sim| async move {
        let world = sim.clone();
        let calm = sim.calm().within(10 * SECOND);
        calm.until(|| if world.elapsed() >= 10 * SECOND { Ok(()) } else { Err("too early".to_owned()) })
            .await;
        sim.elapsed()
    });
    assert_eq!(run.unwrap(), 10 * SECOND);
}

#[test]
fn a_limit_that_ends_a_run_under_a_plan_says_that_it_is_in_force() {
    let said = |calm: bool| {
        let simulation = Simulation::new(1).faults(Faults::swarm()).max_virtual(30 * SECOND);
        let run = simulation.run(move |sim| async move {
            sim.node("n1").start(std::future::pending::<()>);
            clock::sleep(SECOND).await;
            if calm {
                sim.faults().stop();
            }
            loop {
                clock::sleep(SECOND).await;
            }
        });
        let failure = run.result.map(|()| "").expect_err("it never ends");
        assert_eq!(failure.kind, FailureKind::TimeLimit);
        failure.message
    };
    assert!(said(false).contains("a fault plan is in force"), "{}", said(false));
    assert!(!said(true).contains("a fault plan is in force"), "{}", said(true));
}
