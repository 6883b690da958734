//! Rules of the test: what becomes of single packets.
//!
//! Seam. The rules' closures are user code, so they run outside of the machine: while there are rules, a
//! packet that is sent waits for its verdict, and a waker of the rim is woken when the step is over. The
//! packet itself is put on its way here, at the same instant at which it was sent. What a node sends to
//! itself passes no rule.

use super::{
    Net,
    link::{Drawer, Fate, corrupted_bit},
};
use reenact_sim::{Core, LossReason, PacketKind, Waiter, hash_bytes, hash_combine};
use std::{any::Any, collections::VecDeque, task::Waker, time::Duration};

/// What is to become of a packet.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::Verdict;
///
/// assert_eq!(Verdict::default(), Verdict::Pass);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Verdict {
    /// What its link does with it.
    #[default]
    Pass,
    /// It arrives after so long, whatever its link is like; within a TCP stream no earlier than what
    /// was sent before.
    Deliver(Duration),
    /// It is lost. TCP sends it again, and the rule is asked again.
    Drop,
    /// It arrives twice. TCP hides it.
    Duplicate,
    /// One of its bits is changed. TCP finds it out, so there it is lost.
    Corrupt,
    /// It stays on its way until its link is released.
    Hold,
}

/// A rule as the rim knows it.
pub(crate) type Closure = Box<dyn Any>;

/// The rules in force.
#[derive(Default)]
pub(super) struct Rules {
    /// By number; `None` while a closure is out to be asked.
    rules: Vec<(u64, Option<Closure>)>,
    next: u64,
    judge: Option<Waker>,
    waiting: VecDeque<(u32, Drawer)>,
}

impl Rules {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
        self.waiting.clear();
        (self.next, self.judge) = (0, None);
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = u32> {
        self.waiting.iter().map(|&(cell, _)| cell)
    }

    /// Hands all closures over, to be dropped outside.
    pub(super) fn forget(&mut self, core: &mut Core) {
        self.waiting.clear();
        for closure in self.rules.drain(..).filter_map(|(_, closure)| closure) {
            core.discard(closure);
        }
    }

    /// The packet waits until the rules were asked.
    pub(super) fn defer(&mut self, core: &mut Core, cell: u32, drawer: Drawer) {
        if self.waiting.is_empty() {
            core.wake(self.judge.clone().map_or(Waiter::None, Waiter::Foreign));
        }
        self.waiting.push_back((cell, drawer));
    }
}

impl Net {
    /// Puts a rule in force, behind those there are; `judge` is woken when packets wait for a verdict.
    pub(crate) fn add_rule(&mut self, core: &mut Core, closure: Closure, judge: Waker) -> u64 {
        core.recorder().fold(hash_bytes(b"rule"));
        self.rules.next += 1;
        self.rules.judge = Some(judge);
        self.rules.rules.push((self.rules.next, Some(closure)));
        self.refresh();
        self.rules.next
    }

    /// Takes a rule out of force; what is left of it is to be dropped outside.
    pub(crate) fn remove_rule(&mut self, core: &mut Core, rule: u64) -> Option<Closure> {
        let i = self.rules.rules.iter().position(|&(number, _)| number == rule)?;
        core.recorder().fold(hash_bytes(b"no rule"));
        let (_, closure) = self.rules.rules.remove(i);
        self.refresh();
        closure
    }

    /// The packet whose turn it is, and the numbers of all rules.
    pub(crate) fn next_case(&self) -> Option<(u32, Vec<u64>)> {
        let &(cell, _) = self.rules.waiting.front()?;
        Some((cell, self.rules.rules.iter().map(|&(number, _)| number).collect()))
    }

    /// Lends a rule to be asked.
    pub(crate) fn lend_rule(&mut self, rule: u64) -> Option<Closure> {
        self.rules.rules.iter_mut().find(|(number, _)| *number == rule)?.1.take()
    }

    /// Takes a lent rule back; returns it if it is no longer in force.
    pub(crate) fn return_rule(&mut self, rule: u64, closure: Closure) -> Option<Closure> {
        match self.rules.rules.iter_mut().find(|(number, _)| *number == rule) {
            Some((_, place)) => {
                *place = Some(closure);
                None
            }
            None => Some(closure),
        }
    }

    /// The verdict about the packet whose turn it was.
    pub(crate) fn judged(&mut self, core: &mut Core, verdict: Verdict) {
        let Some((cell, drawer)) = self.rules.waiting.pop_front() else { return };
        let word = match verdict {
            Verdict::Deliver(after) => hash_combine(1, after.as_nanos() as u64),
            Verdict::Pass => 0,
            Verdict::Drop => 2,
            Verdict::Duplicate => 3,
            Verdict::Corrupt => 4,
            Verdict::Hold => 5,
        };
        core.recorder().fold(word);
        self.stats.ruled += u64::from(verdict != Verdict::Pass);
        let datagram = self.cells.get(cell).head.kind == PacketKind::Datagram;
        let fate = match verdict {
            Verdict::Pass | Verdict::Duplicate => self.rare_fate(core, cell, drawer),
            Verdict::Deliver(after) => Fate::Arrives(core.now() + after),
            Verdict::Drop => Fate::Lost(LossReason::Rule),
            Verdict::Corrupt if datagram => {
                self.corrupt(core, cell, drawer);
                self.rare_fate(core, cell, drawer)
            }
            Verdict::Corrupt => {
                self.stats.corrupted += 1;
                Fate::Lost(LossReason::Corrupt)
            }
            Verdict::Hold => self.rare_fate(core, cell, drawer),
        };
        if verdict == Verdict::Duplicate && datagram && matches!(fate, Fate::Arrives(_)) {
            let at = self.links.copy_arrival(core, drawer, self.way(cell));
            self.copy(core, cell, at);
        }
        if verdict == Verdict::Hold && matches!(fate, Fate::Arrives(_)) {
            self.keep_when_it_comes(cell);
        }
        self.carry(core, cell, drawer, fate);
    }

    /// Puts a packet on its way, or loses it, when its verdict is known.
    fn carry(&mut self, core: &mut Core, cell: u32, drawer: Drawer, fate: Fate) {
        match (self.cells.get(cell).head.kind, fate) {
            (_, Fate::Judged) => {}
            (PacketKind::Datagram, Fate::Arrives(at)) => self.datagram_goes(core, cell, drawer, at),
            (PacketKind::Unreachable, Fate::Arrives(at)) => self.fly(core, cell, at),
            (PacketKind::Unreachable, Fate::Lost(reason)) => self.lose(core, cell, reason),
            (
                PacketKind::Datagram | PacketKind::Syn | PacketKind::Ack | PacketKind::Rst,
                Fate::Lost(reason),
            ) => {
                self.lose(core, cell, reason);
            }
            (PacketKind::Syn, Fate::Arrives(at)) => self.fly(core, cell, at),
            (PacketKind::Ack, Fate::Arrives(at)) => self.ack_goes(core, cell, at),
            (PacketKind::Rst, Fate::Arrives(at)) => self.reset_goes(core, cell, at),
            (_, fate) => self.segment_goes(core, cell, fate),
        }
    }

    /// Changes one bit of a datagram.
    pub(super) fn corrupt(&mut self, core: &mut Core, cell: u32, drawer: Drawer) {
        let len = self.cells.get(cell).len as usize;
        if len > 0 {
            let bit = corrupted_bit(core, drawer, len);
            self.cells.flip(cell, bit);
            self.stats.corrupted += 1;
        }
    }
}
