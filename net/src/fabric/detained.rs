//! Packets that are kept on their way: by a hold, by a partition that jams, by a rule.
//!
//! Seam. A packet is kept when it would arrive. It goes on when nothing keeps it any more, before
//! anything else happens but what is due at the same instant, and with it all others in the order in which
//! they came. Within a TCP stream whatever comes after a kept segment waits behind it.

use super::{
    Net, RELEASE,
    cells::{Head, NONE},
    cuts::Pair,
};
use reenact_sim::{Core, Event, Line, LossReason, NodeId, PacketKind, hash_bytes, hash_combine};
use std::collections::BTreeSet;

/// A packet that is kept.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) cell: u32,
    /// A rule keeps it, whatever its link does.
    by_rule: bool,
}

/// All packets that are kept, and the links that keep them.
#[derive(Default)]
pub(super) struct Detained {
    holds: BTreeSet<Pair>,
    kept: Vec<Kept>,
    /// Packets on their way that a rule will keep.
    marked: BTreeSet<u32>,
    /// Packets on their way, or kept, that the test has thrown away.
    discarded: BTreeSet<u32>,
    /// Whether a release is on the agenda.
    releasing: bool,
}

impl Detained {
    pub(super) fn clear(&mut self) {
        *self = Detained::default();
    }

    /// Whether an arrival has to be looked at.
    pub(super) fn is_watching(&self) -> bool {
        !(self.holds.is_empty()
            && self.kept.is_empty()
            && self.marked.is_empty()
            && self.discarded.is_empty())
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = u32> {
        self.kept.iter().map(|kept| kept.cell)
    }

    pub(super) fn is_discarded(&self, cell: u32) -> bool {
        self.discarded.contains(&cell)
    }
}

impl Net {
    /// From now on what `from` sends to `to` stays on its way.
    pub(crate) fn hold(&mut self, core: &mut Core, from: NodeId, to: NodeId) {
        self.fold_hold(core, b"hold", from, to);
        self.detained.holds.insert((from, to));
        self.watch();
    }

    /// What was kept between these two goes on, in order.
    pub(crate) fn release(&mut self, core: &mut Core, from: NodeId, to: NodeId) {
        self.fold_hold(core, b"release", from, to);
        self.detained.holds.remove(&(from, to));
        for i in 0..self.detained.kept.len() {
            let head = self.cells.get(self.detained.kept[i].cell).head;
            if (head.from, head.to) == (from, to) {
                self.detained.kept[i].by_rule = false;
            }
        }
        self.release_soon(core);
    }

    /// Nothing is held between any two nodes any more.
    pub(super) fn release_all(&mut self, core: &mut Core) {
        for (from, to) in std::mem::take(&mut self.detained.holds) {
            self.release(core, from, to);
        }
    }

    fn fold_hold(&self, core: &mut Core, what: &[u8], from: NodeId, to: NodeId) {
        let pair = hash_combine(core.node_key(from), core.node_key(to));
        core.recorder().fold(hash_combine(pair, hash_bytes(what)));
    }

    /// Lets what nothing keeps any more go on, when everything due now has fired.
    pub(super) fn release_soon(&mut self, core: &mut Core) {
        if !self.detained.kept.is_empty() && !std::mem::replace(&mut self.detained.releasing, true) {
            core.alarm(core.now(), Net::SLOT, RELEASE << 32);
        }
        self.watch();
    }

    /// The alarm of a release.
    pub(super) fn release_kept(&mut self, core: &mut Core) {
        self.detained.releasing = false;
        let mut blocked = BTreeSet::new();
        let (mut stays, mut goes) = (Vec::new(), Vec::new());
        for kept in std::mem::take(&mut self.detained.kept) {
            let Head { from, to, end, .. } = self.cells.get(kept.cell).head;
            if kept.by_rule || self.keeps(from, to) || blocked.contains(&end) {
                if end != NONE {
                    blocked.insert(end);
                }
                stays.push(kept);
            } else {
                goes.push(kept.cell);
            }
        }
        self.detained.kept = stays;
        for cell in goes {
            if self.detained.discarded.remove(&cell) {
                self.lose(core, cell, LossReason::Rule);
            } else {
                self.arrive(core, cell);
            }
        }
        self.watch();
    }

    fn keeps(&self, from: NodeId, to: NodeId) -> bool {
        self.cuts.is_jammed(from, to) || self.detained.holds.contains(&(from, to))
    }

    /// What may keep packets has changed.
    pub(super) fn watch(&mut self) {
        self.watching = self.detained.is_watching() || self.cuts.jams();
    }

    /// A packet arrives while something is kept, or thrown away.
    #[cold]
    #[inline(never)]
    pub(super) fn arrive_watched(&mut self, core: &mut Core, cell: u32) {
        let Head { from, to, end, .. } = self.cells.get(cell).head;
        let by_rule = self.detained.marked.remove(&cell);
        let is_same_way = |kept| self.cells.get(kept).head.end == end;
        let behind = end != NONE && self.detained.cells().any(is_same_way);
        if behind || by_rule || from != to && self.keeps(from, to) {
            self.keep(core, cell, by_rule);
        } else if self.detained.discarded.remove(&cell) {
            self.lose(core, cell, LossReason::Rule);
        } else {
            self.arrive(core, cell);
        }
        self.watch();
    }

    /// A rule keeps this packet when it would arrive.
    pub(super) fn keep_when_it_comes(&mut self, cell: u32) {
        self.detained.marked.insert(cell);
        self.watch();
    }

    /// Keeps a packet on its way.
    pub(super) fn keep(&mut self, core: &mut Core, cell: u32, by_rule: bool) {
        self.detained.kept.push(Kept { cell, by_rule });
        self.stats.held += 1;
        self.watch();
        let (now, packet) = (core.now(), self.cells.get(cell));
        let (head, cause, message) = (packet.head, packet.sent, packet.message());
        core.recorder().fold(hash_combine(message.ordinal as u64, hash_bytes(b"held")));
        core.recorder().record_caused(now, head.to, Line::NO_TASK, cause, Event::Held(message));
        if matches!(head.kind, PacketKind::Syn | PacketKind::SynAck) {
            // Whoever waits for an answer asks again in its time.
            self.ask_again(core, head.end | 1);
        }
    }

    /// Throws a packet away that is on its way: it is lost when it would arrive.
    pub(crate) fn discard(&mut self, core: &mut Core, cell: u32, ordinal: u32) {
        let known = self.in_flight(core).into_iter().any(|seen| (seen.cell, seen.ordinal) == (cell, ordinal));
        if known {
            core.recorder().fold(hash_combine(ordinal as u64, hash_bytes(b"discard")));
            self.detained.discarded.insert(cell);
            self.watch();
        }
    }
}
