//! The fault plan from the test: begun, stopped, and the world healed.
//!
//! Rim.

use super::{
    config::Faults,
    plan::{Act, Cut, Plan},
    streams::Asks,
};
use reenact_net::Flavour;
use reenact_sim::{self as machine, Director, FaultKind, Kind, NodeId, NodeState};
use std::any::Any;

/// The faults of a run, which a test lets come and go.
///
/// ```
/// use reenact::{Faults, Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(3).run(|sim| async move {
///     for i in 1..=3 {
///         sim.node(format!("n{i}")).start(std::future::pending::<()>);
///     }
///     clock::sleep(Duration::from_secs(5)).await; // nothing goes wrong while they set themselves up
///     sim.faults().start(Faults::swarm());
///     clock::sleep(Duration::from_secs(120)).await;
///     sim.faults().stop();
///     assert!(sim.nodes().iter().all(|node| node.state().is_alive()), "all are back");
/// });
/// run.unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct FaultsHandle {
    run: u64,
}

impl FaultsHandle {
    pub(crate) fn new(run: u64) -> Self {
        FaultsHandle { run }
    }

    /// From now on faults come as this plan says, instead of a former one.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn start(&self, faults: Faults) {
        machine::with_own("FaultsHandle::start", "FaultsHandle", self.run, |_| ());
        start(faults);
    }

    /// No fault comes any more, and what the plan broke is mended: nodes it took down start again,
    /// partitions are gone, clocks are right.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn stop(&self) {
        machine::with_own("FaultsHandle::stop", "FaultsHandle", self.run, |_| ());
        heal(false);
    }
}

/// Faults come as this plan says.
pub(crate) fn start(faults: Faults) {
    if let Some(mut plan) = take_plan(true) {
        plan.clear_up();
        plan.begin(faults);
        put_plan(plan);
    }
}

/// No fault comes any more. With `core`, a few nodes may stay behind as they are: as many as the system
/// is to survive, and which of them the tape says.
pub(super) fn heal(core: bool) {
    let Some(mut plan) = take_plan(false) else { return };
    plan.chaos = false;
    plan.clear_up();
    let behind = if core { plan.left_behind() } else { Vec::new() };
    for number in plan.cuts.keys().copied().collect::<Vec<_>>() {
        plan.mend(number);
    }
    let all = machine::with("Faults", |world| plan.victims(&world.core));
    let rest = |node: &NodeId| !behind.contains(node);
    let apart: Vec<(NodeId, NodeId)> = behind
        .iter()
        .flat_map(|&left| all.iter().copied().filter(rest).map(move |other| (left, other)))
        .collect();
    if !apart.is_empty() {
        // They were counted when they went wrong.
        let guard = reenact_net::cut("Faults", &apart, true, Flavour::Drop);
        let (kind, before) = (FaultKind::Partition, u64::MAX);
        plan.cuts.insert(u64::MAX, Cut { kind, pairs: apart, guard, before });
    }
    for act in plan.forget() {
        match act {
            Act::Restart(node, life) if rest(&node) => plan.restart(node, life),
            Act::Resume(node, life) if rest(&node) => plan.resume(node, life),
            _ => {}
        }
    }
    machine::with("Faults", |world| {
        let core = &mut world.core;
        for node in std::mem::take(&mut plan.wrong) {
            let mut clock = core.clock(node);
            clock.set_ahead(0);
            clock.drift(core.now(), 0);
            core.set_clock(node, clock);
        }
    });
    plan.healed += 1;
    put_plan(plan);
}

impl Plan {
    /// The victims that stay as they are: of those that are out of order, as many as may be.
    fn left_behind(&self) -> Vec<NodeId> {
        machine::with("Faults", |world| {
            let core = &mut world.core;
            let victims = self.victims(core);
            let most = self.faults.most(victims.len());
            let cut =
                |node| self.cuts.values().flat_map(|cut| &cut.pairs).any(|&(a, b)| a == node || b == node);
            let mut behind = Vec::new();
            for node in victims {
                let damaged = core.node_state(node) != NodeState::Running || cut(node);
                if damaged && behind.len() < most {
                    let mut stream = Asks::Behind.at(core.node_name_key(node), self.healed);
                    if core.rarely(&mut stream, Kind::Lasts, 2, 1, 4) == 1 {
                        behind.push(node);
                    }
                }
            }
            behind
        })
    }
}

/// The plan of this run, which is made if there is none and `make` says so. Nobody gets it who is dead.
fn take_plan(make: bool) -> Option<Box<Plan>> {
    let director: Option<Box<dyn Director>> = machine::with("Faults", |world| {
        let core = &mut world.core;
        if core.is_inert() {
            return None;
        }
        core.take_director().or_else(|| make.then(|| Box::<Plan>::default() as Box<dyn Director>))
    });
    let any: Box<dyn Any> = director?;
    any.downcast().ok()
}

fn put_plan(plan: Box<Plan>) {
    let turn = plan.turn();
    machine::with("Faults", |world| world.core.direct(plan, turn));
}
