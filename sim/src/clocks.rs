//! The clocks of nodes: what they show, and what follows when one is set.
//!
//! Seam. The table is empty until the first clock is set, and what a clock that is right shows is the
//! time of the run: a run in which all are right pays one comparison.

use crate::{
    core::Core,
    due::{Alarm, Due},
    hash,
    id::NodeId,
    trace::{Event, Line},
};
use reenact_clock::{Instant, NodeClock};

const FOLD_CLOCK: u64 = 0x5eed_0017;

impl Core {
    /// What the clock of whoever is acting shows.
    #[inline]
    pub fn own_now(&self) -> Instant {
        if self.clocks.is_empty() { self.now } else { self.read_clock() }
    }

    /// What the clock on the wall of whoever is acting shows: nanoseconds since its epoch.
    pub fn own_wall(&self) -> i128 {
        self.note_reading();
        self.clock(self.actor.node).wall(self.now)
    }

    /// When the clock of whoever is acting shows this.
    #[inline]
    pub(crate) fn when(&self, own: Instant) -> Instant {
        if self.clocks.is_empty() { own } else { self.clock(self.actor.node).when(own).max(self.now) }
    }

    fn read_clock(&self) -> Instant {
        self.note_reading();
        self.clock(self.actor.node).own(self.now)
    }

    /// Notes that whoever is acting looks at its clock.
    pub(crate) fn note_reading(&self) {
        if let Some((_, reads)) = self.clocks.get(self.actor.node.index()) {
            reads.set(reads.get() + 1);
        }
    }

    /// How often the clock of a node was read since it was first set.
    pub fn clock_reads(&self, node: NodeId) -> u64 {
        self.clocks.get(node.index()).map_or(0, |(_, reads)| reads.get())
    }

    /// The clock of a node.
    pub fn clock(&self, node: NodeId) -> NodeClock {
        self.clocks.get(node.index()).map_or_else(NodeClock::default, |(clock, _)| *clock)
    }

    /// Sets the clock of a node. What waits for a time on it waits for that time, sooner or later as
    /// that may now be.
    pub fn set_clock(&mut self, node: NodeId, clock: NodeClock) {
        let former = self.clock(node);
        if self.actor.inert || former == clock {
            return;
        }
        self.wakers.beacon.set_clocks();
        if self.clocks.len() <= node.index() {
            self.clocks.resize_with(node.index() + 1, Default::default);
        }
        self.clocks[node.index()].0 = clock;
        let (ahead, ppm) = (clock.ahead(), clock.ppm());
        let key = self.nodes.get(node).key;
        self.recorder.fold(hash::combine(key ^ FOLD_CLOCK, hash::combine(ahead as u64, ppm as u64)));
        let event = Event::Clock(ahead, ppm);
        let seq = self.recorder.record(self.now, node, Line::NO_TASK, event);
        if former.ppm() != ppm {
            let context = self.recorder.set_context(seq);
            self.follow(node, former, clock);
            self.recorder.set_context(context);
        }
    }

    /// Moves what is due on a node whose clock goes at another rate. What is now due sooner gets
    /// another item; one that comes too soon finds that out when it looks.
    fn follow(&mut self, node: NodeId, former: NodeClock, clock: NodeClock) {
        let mut pending: Vec<_> = self.agenda.iter().collect();
        pending.sort_unstable_by_key(|&(at, key, _)| (at, key));
        for (at, key, due) in pending {
            let new = clock.when(former.own(at)).max(self.now);
            match due.alarm() {
                Alarm::Callback(place) => {
                    let Some(callback) = self.callbacks.peek(place).filter(|it| it.node == node) else {
                        continue;
                    };
                    callback.at = new;
                    callback.key = self.agenda.push(new, due);
                    self.agenda.cancel(at, key);
                }
                Alarm::Task(id) => {
                    let lives_here = self.tasks.get(id).is_some_and(|hot| hot.node == node.0);
                    self.remind(lives_here && new < at, new, due);
                }
                Alarm::Waker(place) => {
                    let lives_here = self.timers.peek(place).is_some_and(|timer| timer.owner.node == node);
                    self.remind(lives_here && new < at, new, due);
                }
                Alarm::Device(..) => {}
            }
        }
    }

    fn remind(&mut self, sooner: bool, at: Instant, due: Due) {
        if sooner {
            self.agenda.push(at, due);
        }
    }
}
