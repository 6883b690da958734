//! How faults are done and undone, and what counts as an effect.
//!
//! Rim: nodes end outside of the machine's borrow, since their destructors may run any code.

use super::{
    plan::{Act, Cut, Plan, Whom},
    shapes::Shape,
    streams::{Asks, DELAYS, TIMES, WORLD, delay, how_long},
};
use reenact_net::{Flavour, LossReason, NetStats};
use reenact_sim::{self as machine, Core, Down, FaultKind, Kind, NodeId, NodeState, World};
use std::time::Duration;

/// How wrong a clock may be: so many sizes of each of four ways.
const CLOCK_SIZES: u64 = 12;
/// Which way links are cut: both ways, one way, the other; as often both ways as one way.
const WAYS: u64 = 4;

impl Plan {
    pub(super) fn carry_out(&mut self, act: Act) {
        match act {
            Act::Restart(node, life) => self.restart(node, life),
            Act::Resume(node, life) => self.resume(node, life),
            Act::Mend(number) => self.mend(number),
            // It was decided on before the world was healed.
            Act::Fault(..) if !self.chaos => {}
            Act::Fault(kind, whom, slot) => match (kind, whom) {
                (FaultKind::Crash | FaultKind::Kill, Whom::Node(node)) => {
                    let key = name_key(node);
                    self.take_down(kind, vec![node], key, slot);
                }
                (FaultKind::Crash | FaultKind::Kill, Whom::Group(nodes, key)) => {
                    self.take_down(kind, nodes, key, slot);
                }
                (FaultKind::Pause, Whom::Node(node)) => self.pause(node, slot),
                (FaultKind::Clock, Whom::Node(node)) => self.set_clock(node, slot),
                (FaultKind::Close, Whom::Node(node)) => close(node, slot),
                _ => self.part(kind, slot),
            },
        }
    }

    /// Whether a node runs, and has for a while.
    fn is_stable(&self, core: &Core, node: NodeId) -> bool {
        core.node_state(node) == NodeState::Running
            && self.stable.get(&node).is_none_or(|&stable| stable <= core.now())
    }

    fn take_down(&mut self, kind: FaultKind, mut nodes: Vec<NodeId>, key: u64, slot: u64) {
        let down = machine::with("Faults", |world| {
            let core = &mut world.core;
            nodes.retain(|&node| self.is_stable(core, node));
            if nodes.is_empty() || !self.survivable(core, &nodes, &[]) {
                return None;
            }
            let busy = nodes.iter().any(|&node| core.has_tasks(node));
            count(core, kind, busy);
            Some(how_long(core.choose(&mut Asks::Time(kind).at(key, slot), Kind::Lasts, TIMES)))
        });
        let Some(down) = down else { return };
        for node in nodes {
            machine::end_node(node, if kind == FaultKind::Crash { Down::Crash } else { Down::Kill });
            let (back, life) =
                machine::with("Faults", |world| (world.core.now() + down, world.core.incarnation(node)));
            self.at(back, Act::Restart(node, life));
        }
    }

    pub(super) fn restart(&mut self, node: NodeId, life: u32) {
        let empty = machine::with("Faults", |world| {
            let core = &mut world.core;
            let is_down = matches!(core.node_state(node), NodeState::Crashed | NodeState::Killed);
            // The test may have started it meanwhile.
            (is_down && core.incarnation(node) == life).then(|| self.comes_back_empty(core, node, life))
        });
        match empty {
            None => return,
            Some(true) => machine::restart_node_empty(node),
            Some(false) => machine::restart_node(node),
        }
        self.leave_alone(node);
    }

    /// Whether a node has lost its data when it starts again: never so many that none are left.
    fn comes_back_empty(&mut self, core: &mut Core, node: NodeId, life: u32) -> bool {
        let kind = FaultKind::DataLoss;
        if !self.faults.has(kind) || !core.keeps_data(node) {
            return false;
        }
        let (num, den) = self.rates.get(&kind).map_or((0, 1), |&den| (1, den));
        let mut stream = Asks::Empty.at(core.node_name_key(node), life.into());
        if core.rarely(&mut stream, Kind::Lasts, 2, num, den) == 0 {
            return false;
        }
        core.stats_mut().faults.of(kind).scheduled += 1;
        let most = self.faults.most(self.victims(core).len());
        let fits = self.emptied.contains(&node) || self.emptied.len() < most;
        if fits {
            self.emptied.insert(node);
            count(core, kind, true);
        }
        fits
    }

    fn leave_alone(&mut self, node: NodeId) {
        let stable = machine::with("Faults", |world| world.core.now() + self.faults.stable());
        self.stable.insert(node, stable);
    }

    fn pause(&mut self, node: NodeId, slot: u64) {
        let resume = machine::with("Faults", |world| {
            let core = &mut world.core;
            if !self.is_stable(core, node) || !self.survivable(core, &[node], &[]) {
                return None;
            }
            count(core, FaultKind::Pause, false);
            core.pause_node(node);
            let mut stream = Asks::Time(FaultKind::Pause).at(core.node_name_key(node), slot);
            let time = how_long(core.choose(&mut stream, Kind::Lasts, TIMES));
            Some((core.now() + time, core.incarnation(node)))
        });
        if let Some((at, life)) = resume {
            self.at(at, Act::Resume(node, life));
        }
    }

    pub(super) fn resume(&mut self, node: NodeId, life: u32) {
        machine::with("Faults", |world| {
            let core = &mut world.core;
            if core.incarnation(node) == life && core.resume_node(node) {
                core.stats_mut().faults.of(FaultKind::Pause).effective += 1;
            }
        });
        self.leave_alone(node);
    }

    fn set_clock(&mut self, node: NodeId, slot: u64) {
        machine::with("Faults", |world| {
            let core = &mut world.core;
            if core.node_state(node) != NodeState::Running {
                return;
            }
            let mut stream = Asks::Shape(FaultKind::Clock).at(core.node_name_key(node), slot);
            let wrong = Wrong::from_answer(core.choose(&mut stream, Kind::Lasts, Wrong::ANSWERS));
            let mut clock = core.clock(node);
            match wrong {
                Wrong::Step(nanos) => clock.set_ahead(clock.ahead().saturating_add(nanos)),
                Wrong::Drift(ppm) => clock.drift(core.now(), ppm),
            }
            count(core, FaultKind::Clock, false);
            core.set_clock(node, clock);
            self.wrong.insert(node);
            self.unread.push((node, core.clock_reads(node)));
        });
    }

    /// Cuts the links between victims, jams them or slows them.
    fn part(&mut self, kind: FaultKind, slot: u64) {
        let parted = machine::with("Faults", |world| {
            let core = &mut world.core;
            let victims = self.victims(core);
            let n = victims.len();
            let mut choose = |asks: Asks, n| core.choose(&mut asks.at(WORLD, slot), Kind::Lasts, n);
            let shape = Shape::from_answer(choose(Asks::Shape(kind), Shape::COUNT));
            let start = choose(Asks::Start(kind), n as u64) as usize;
            let mut pairs: Vec<_> =
                shape.pairs(n, start).into_iter().map(|(a, b)| (victims[a], victims[b])).collect();
            if pairs.is_empty() || !self.survivable(core, &[], &pairs) {
                return None;
            }
            count(core, kind, false);
            let way = core.choose(&mut Asks::Way(kind).at(WORLD, slot), Kind::Lasts, WAYS);
            if way == WAYS - 1 {
                pairs.iter_mut().for_each(|(a, b)| std::mem::swap(a, b));
            }
            let time = how_long(core.choose(&mut Asks::Time(kind).at(WORLD, slot), Kind::Lasts, TIMES));
            let flavour = match kind {
                FaultKind::Jam => Flavour::Jam,
                FaultKind::Slow => {
                    let mut stream = Asks::Delay(kind).at(WORLD, slot);
                    Flavour::Slow(delay(core.choose(&mut stream, Kind::Lasts, DELAYS)))
                }
                _ => Flavour::Drop,
            };
            let (both, mend) = (way < WAYS / 2, core.now() + time);
            Some((pairs, both, flavour, met(kind, &reenact_net::counters(world)), mend))
        });
        let Some((pairs, both, flavour, before, mend)) = parted else { return };
        let number = self.issued;
        let guard = reenact_net::cut("Faults", &pairs, both, flavour);
        self.cuts.insert(number, Cut { kind, pairs, guard, before });
        self.at(mend, Act::Mend(number));
    }

    pub(super) fn mend(&mut self, number: u64) {
        let Some(cut) = self.cuts.remove(&number) else { return };
        machine::with("Faults", |world| {
            let net = reenact_net::counters(world);
            cut.count(&mut world.core, &net)
        });
        drop(cut.guard);
    }

    /// Counts what has had an effect since it was last counted.
    pub(super) fn count(&mut self, world: &mut World) {
        let core = &mut world.core;
        self.unread.retain(|&(node, before)| {
            let read = core.clock_reads(node) > before;
            core.stats_mut().faults.of(FaultKind::Clock).effective += u64::from(read);
            !read
        });
        if self.cuts.is_empty() && self.weather.is_none() {
            return;
        }
        let net = reenact_net::counters(world);
        for cut in self.cuts.values_mut() {
            if cut.count(&mut world.core, &net) {
                cut.before = u64::MAX;
            }
        }
        self.count_weather(world, &net);
    }
}

impl Cut {
    /// Counts it if a packet has met it since it began; says whether one has.
    fn count(&self, core: &mut Core, net: &NetStats) -> bool {
        let met = met(self.kind, net) > self.before;
        if met {
            core.stats_mut().faults.of(self.kind).effective += 1;
        }
        met
    }
}

/// How many packets have met partitions, jams or slow links since the run began.
fn met(kind: FaultKind, net: &NetStats) -> u64 {
    match kind {
        FaultKind::Jam => net.held,
        FaultKind::Slow => net.slowed,
        _ => net.lost_to(LossReason::Partition),
    }
}

/// How wrong a clock becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrong {
    /// It jumps by so many nanoseconds.
    Step(i64),
    /// It goes so many millionths too fast.
    Drift(i32),
}

impl Wrong {
    pub(super) const ANSWERS: u64 = 4 * CLOCK_SIZES;

    /// Steps of a tenth of a second to 3.4 minutes, drifts of 50 to 102,400 millionths; small ones come
    /// first.
    pub(super) fn from_answer(answer: u64) -> Wrong {
        let size = answer / 4;
        let step = Duration::from_millis(100 << size).as_nanos() as i64;
        let drift = 50 << size;
        match answer % 4 {
            0 => Wrong::Step(step),
            1 => Wrong::Step(-step),
            2 => Wrong::Drift(drift),
            _ => Wrong::Drift(-drift),
        }
    }
}

/// Breaks one of a node's connections.
fn close(node: NodeId, slot: u64) {
    machine::with("Faults", |world| {
        let kind = FaultKind::Close;
        let key = world.core.node_name_key(node);
        let connections = reenact_net::connections_of(world, node);
        if connections.is_empty() {
            return;
        }
        let mut choose = |asks: Asks, n| world.core.choose(&mut asks.at(key, slot), Kind::Lasts, n);
        let which = choose(Asks::Start(kind), connections.len() as u64) as usize;
        let (here, there) = match choose(Asks::Shape(kind), 3) {
            0 => (true, true),
            1 => (true, false),
            _ => (false, true),
        };
        let noticed = reenact_net::break_connection(world, connections[which], here, there);
        count(&mut world.core, kind, noticed);
    });
}

/// Counts a fault that is done, and whether somebody could notice.
fn count(core: &mut Core, kind: FaultKind, effective: bool) {
    let effect = core.stats_mut().faults.of(kind);
    effect.applied += 1;
    effect.effective += u64::from(effective);
}

fn name_key(node: NodeId) -> u64 {
    machine::with("Faults", |world| world.core.node_name_key(node))
}
