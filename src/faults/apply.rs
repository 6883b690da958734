//! How faults are done and undone, and what counts as an effect.
//!
//! Rim: nodes end outside of the machine's borrow, since their destructors may run any code.

use super::{
    plan::{Act, Cut, Plan, Whom},
    shapes::Shape,
    streams::{Asks, TIMES, WORLD, how_long},
};
use reenact_sim::{self as machine, Core, Down, Effect, FaultKind, Kind, NodeId, NodeState};
use std::time::Duration;

/// How wrong a clock may be: so many sizes of each of four ways.
const CLOCK_SIZES: u64 = 12;

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
                _ => self.part(slot),
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

    fn part(&mut self, slot: u64) {
        let parted = machine::with("Faults", |world| {
            let core = &mut world.core;
            let victims = self.victims(core);
            let n = victims.len();
            let kind = FaultKind::Partition;
            let mut choose = |asks: Asks, n| core.choose(&mut asks.at(WORLD, slot), Kind::Lasts, n);
            let shape = Shape::from_answer(choose(Asks::Shape(kind), Shape::COUNT));
            let start = choose(Asks::Start(kind), n as u64) as usize;
            let pairs: Vec<_> =
                shape.pairs(n, start).into_iter().map(|(a, b)| (victims[a], victims[b])).collect();
            if pairs.is_empty() || !self.survivable(core, &[], &pairs) {
                return None;
            }
            count(core, kind, false);
            let time = how_long(core.choose(&mut Asks::Time(kind).at(WORLD, slot), Kind::Lasts, TIMES));
            Some((pairs, core.now() + time))
        });
        let Some((pairs, mend)) = parted else { return };
        let number = slot;
        let before = machine::with("Faults", |world| world.core.stats_mut().packets_cut);
        self.cut(number, pairs, before);
        self.at(mend, Act::Mend(number));
    }

    /// Cuts pairs of nodes off from each other. `before` is how many packets had met a partition when it
    /// began, if packets that meet it are counted.
    pub(super) fn cut(&mut self, number: u64, pairs: Vec<(NodeId, NodeId)>, before: u64) {
        let cut = |&pair| reenact_net::cut("Faults", &[pair], true, reenact_net::Flavour::Drop);
        let guards = pairs.iter().map(cut).collect();
        self.cuts.insert(number, Cut { pairs, guards, before });
    }

    pub(super) fn mend(&mut self, number: u64) {
        let Some(cut) = self.cuts.remove(&number) else { return };
        machine::with("Faults", |world| count_cut(&mut world.core, cut.before));
        drop(cut.guards);
    }

    /// Worse weather: packets are lost, or take longer, as far as that is on; other places where things
    /// may go wrong are told how often.
    pub(super) fn worsen(&mut self) {
        let rate = |kind| self.rates.get(&kind).copied();
        let (loss, latency) = (rate(FaultKind::Loss), rate(FaultKind::Latency));
        if (loss, latency) != (None, None) {
            let (calm, lost, sent) = machine::with("Faults", |world| {
                let calm = reenact_net::config(world);
                let stats = world.core.stats_mut();
                (calm, stats.packets_lost_on_links, stats.packets_sent)
            });
            let mut worse = self.weather.as_ref().map_or(&calm, |(calm, ..)| calm).clone();
            if let Some(den) = loss {
                worse = worse.loss(1, den);
            }
            if let Some(den) = latency {
                // The rarer, the longer: up to a hundred times.
                worse = worse.slower(den);
            }
            self.weather.get_or_insert((calm, lost, sent));
            reenact_net::configure(worse);
        }
        let asked = |kind| self.faults.has(kind).then(|| rate(kind).map_or((0, 1), |den| (1, den)));
        let (buggify, cancel) = (asked(FaultKind::Buggify), asked(FaultKind::Cancel));
        machine::with("Faults", |world| world.core.set_hazards(buggify, cancel));
    }

    /// The weather is as it was.
    pub(super) fn clear_up(&mut self) {
        machine::with("Faults", |world| {
            self.count(&mut world.core);
            world.core.set_hazards(None, None);
        });
        if let Some((calm, ..)) = self.weather.take() {
            reenact_net::configure(calm);
        }
    }

    /// Counts what has had an effect since it was last counted.
    pub(super) fn count(&mut self, core: &mut Core) {
        self.unread.retain(|&(node, before)| {
            let read = core.clock_reads(node) > before;
            core.stats_mut().faults.of(FaultKind::Clock).effective += u64::from(read);
            !read
        });
        for cut in self.cuts.values_mut() {
            if count_cut(core, cut.before) {
                cut.before = u64::MAX;
            }
        }
        if let Some((_, lost, sent)) = &mut self.weather {
            let stats = core.stats_mut();
            let (now_lost, now_sent) = (stats.packets_lost_on_links, stats.packets_sent);
            for (kind, since) in [(FaultKind::Loss, now_lost - *lost), (FaultKind::Latency, now_sent - *sent)]
            {
                if self.rates.contains_key(&kind) {
                    let Effect { scheduled, applied, effective } = stats.faults.of(kind);
                    (*scheduled, *applied, *effective) =
                        (*scheduled + since, *applied + since, *effective + since);
                }
            }
            (*lost, *sent) = (now_lost, now_sent);
        }
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

/// Counts a partition that a packet has met since; says whether one has.
fn count_cut(core: &mut Core, before: u64) -> bool {
    let stats = core.stats_mut();
    let met = stats.packets_cut > before;
    if met {
        stats.faults.of(FaultKind::Partition).effective += 1;
    }
    met
}

fn name_key(node: NodeId) -> u64 {
    machine::with("Faults", |world| world.core.node_name_key(node))
}
