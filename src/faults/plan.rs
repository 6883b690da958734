//! The fault plan of a run: what it has drawn, and what it has done and must undo.
//!
//! Rim: the machine calls it between steps, outside of its borrow. How each fault is done is in `apply`.

use super::{
    config::Faults,
    guard::out_of_order,
    streams::{Asks, BY_SLOT, STEPS, WORLD, group_key, is_of_links, slot_of, slot_start, time_of},
    weather::Weather,
};
use reenact_clock::Instant;
use reenact_net::Guard;
use reenact_sim::{self as machine, Core, Director, FaultKind, NodeId, NodeState, Turn};
use std::collections::{BTreeMap, BTreeSet};

/// Whom a fault befalls.
#[derive(Clone, Debug)]
pub(super) enum Whom {
    Node(NodeId),
    /// The nodes of a group, and what it is asked by.
    Group(Vec<NodeId>, u64),
    World,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A fault that was decided on, and the slot it is of.
    Fault(FaultKind, Whom, u64),
    /// Start a node again that was taken down in this life of it.
    Restart(NodeId, u32),
    /// Let a node go on that was stopped in this life of it.
    Resume(NodeId, u32),
    /// Mend a partition.
    Mend(u64),
}

/// A partition, a jam or a slow link in force.
pub(super) struct Cut {
    /// Which of them it is.
    pub(super) kind: FaultKind,
    pub(super) pairs: Vec<(NodeId, NodeId)>,
    pub(super) guard: Guard,
    /// How many packets had met any of this kind when it began.
    pub(super) before: u64,
}

/// The fault plan of a run.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) faults: Faults,
    /// The kinds that are on: one in so many.
    pub(super) rates: BTreeMap<FaultKind, u64>,
    /// Whether new faults come.
    pub(super) chaos: bool,
    /// The next slot that is not drawn.
    slot: u64,
    due: BTreeMap<(Instant, u64), Act>,
    pub(super) issued: u64,
    /// Nodes that came back are left alone until then.
    pub(super) stable: BTreeMap<NodeId, Instant>,
    pub(super) cuts: BTreeMap<u64, Cut>,
    /// Nodes whose clocks were set wrong.
    pub(super) wrong: BTreeSet<NodeId>,
    /// Clocks that were set wrong and not read since, and how often they were read before.
    pub(super) unread: Vec<(NodeId, u64)>,
    /// Nodes that have lost their data.
    pub(super) emptied: BTreeSet<NodeId>,
    /// The network as it was before it got worse, and what it had lost and sent.
    pub(super) weather: Option<Weather>,
    /// How often it was begun, and healed.
    pub(super) begun: u64,
    pub(super) healed: u64,
}

impl Plan {
    /// New faults come from now on.
    pub(super) fn begin(&mut self, faults: Faults) {
        self.faults = faults;
        self.chaos = !self.faults.is_none();
        machine::with("Faults", |world| {
            let core = &mut world.core;
            self.slot = slot_of(core.now());
            self.rates = FaultKind::ALL
                .into_iter()
                .filter(|&kind| self.faults.has(kind))
                .filter_map(|kind| Some((kind, draw_rate(core, kind, self.begun)?)))
                .collect();
            for &kind in self.rates.keys() {
                core.stats_mut().faults.of(kind);
            }
            self.begun += 1;
        });
        self.worsen();
    }

    /// The nodes that faults may befall now.
    pub(super) fn victims(&self, core: &Core) -> Vec<NodeId> {
        let nodes = (1..core.node_count() as u32).map(NodeId);
        let befalls = |&node: &NodeId| {
            core.was_started(node)
                && core.node_state(node) != NodeState::Stopped
                && self.faults.befalls(core.node_name(node))
        };
        nodes.filter(befalls).collect()
    }

    /// Whether the system is to survive it when these nodes go down and these pairs come apart, too.
    pub(super) fn survivable(&self, core: &Core, down: &[NodeId], apart: &[(NodeId, NodeId)]) -> bool {
        let victims = self.victims(core);
        let cut = self.cuts.values().flat_map(|cut| &cut.pairs);
        let apart: BTreeSet<_> = cut.chain(apart).map(|&(a, b)| (a.min(b), a.max(b))).collect();
        let is_down = |node| core.node_state(node) != NodeState::Running || down.contains(&node);
        out_of_order(&victims, is_down, &apart) <= self.faults.most(victims.len())
    }

    pub(super) fn at(&mut self, at: Instant, act: Act) {
        self.issued += 1;
        self.due.insert((at, self.issued), act);
    }

    /// Takes everything off that was to be done.
    pub(super) fn forget(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.due).into_values().collect()
    }

    /// Draws the faults of a slot.
    fn draw(&mut self, core: &mut Core) {
        let slot = self.slot;
        self.slot += 1;
        let victims = self.victims(core);
        for &node in &victims {
            let key = core.node_name_key(node);
            for kind in BY_SLOT.into_iter().filter(|&kind| !is_of_links(kind)) {
                self.ask(core, kind, || Whom::Node(node), key, slot);
            }
        }
        let mut groups: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        for &node in &victims {
            if let Some(group) = core.group(node) {
                groups.entry(group.to_owned()).or_default().push(node);
            }
        }
        for (name, nodes) in groups {
            let key = group_key(&name);
            self.ask(core, FaultKind::Crash, || Whom::Group(nodes, key), key, slot);
        }
        for kind in BY_SLOT.into_iter().filter(|&kind| is_of_links(kind)) {
            self.ask(core, kind, || Whom::World, WORLD, slot);
        }
    }

    fn ask(&mut self, core: &mut Core, kind: FaultKind, whom: impl FnOnce() -> Whom, key: u64, slot: u64) {
        if !self.faults.has(kind) {
            return;
        }
        let asks = Asks::Fault(kind);
        let (num, den) = self.rates.get(&kind).map_or((0, 1), |&den| (1, den));
        let answer = core.rarely(&mut asks.at(key, slot), asks.kind(), STEPS + 1, num, den);
        if answer == 0 || time_of(slot, answer) < core.now() {
            return;
        }
        core.stats_mut().faults.of(kind).scheduled += 1;
        self.at(time_of(slot, answer), Act::Fault(kind, whom(), slot));
    }

    /// When it is its turn next.
    pub(super) fn turn(&self) -> Turn {
        let due = self.due.first_key_value().map(|((at, _), _)| *at);
        let slot = self.chaos.then(|| slot_start(self.slot));
        let revives = |act: &Act| matches!(act, Act::Restart(..) | Act::Resume(..));
        Turn {
            at: due.into_iter().chain(slot).min().unwrap_or(Instant::MAX),
            revives: self.due.values().any(revives),
        }
    }

    fn take_due(&mut self, now: Instant) -> Option<Act> {
        let first = self.due.first_entry().filter(|first| first.key().0 <= now)?;
        Some(first.remove())
    }
}

impl Director for Plan {
    fn act(&mut self) -> Turn {
        let now = machine::with("Faults", |world| {
            let core = &mut world.core;
            while self.chaos && slot_start(self.slot) <= core.now() {
                self.draw(core);
            }
            self.count(world);
            world.core.now()
        });
        while let Some(act) = self.take_due(now) {
            self.carry_out(act);
        }
        self.turn()
    }

    fn end(&mut self) {
        machine::with("Faults", |world| self.count(world));
        // What is broken stays broken: nobody is there to see it mended.
        for cut in std::mem::take(&mut self.cuts).into_values() {
            cut.guard.keep();
        }
    }
}

/// Draws whether a kind of fault is on in this run, and how frequent: one in so many.
fn draw_rate(core: &mut Core, kind: FaultKind, begun: u64) -> Option<u64> {
    /// From rare to frequent, for what is asked for by slot and victim, and for what is asked at each
    /// packet, poll or call.
    const BY_SLOT: [u64; 6] = [256, 128, 64, 32, 16, 8];
    const BY_CALL: [u64; 6] = [100, 50, 20, 10, 5, 3];
    const BY_POLL: [u64; 6] = [1000, 500, 200, 100, 50, 20];
    let asks = Asks::Rate(kind);
    let answer = core.rarely(&mut asks.at(WORLD, begun), asks.kind(), 7, 1, 2);
    let place = usize::try_from(answer.checked_sub(1)?).ok()?;
    Some(match kind {
        FaultKind::DataLoss => 3,
        FaultKind::Cancel => BY_POLL[place],
        // Every such connect, or each second one.
        FaultKind::Unreachable => 1 + place as u64 % 2,
        kind if Weather::KINDS.contains(&kind) => BY_CALL[place],
        FaultKind::Buggify | FaultKind::Timer => BY_CALL[place],
        _ => BY_SLOT[place],
    })
}
