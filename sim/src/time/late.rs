//! Timers that fire late, as a busy system's do: a fault of a plan.
//!
//! Seam, inside the one borrow of the machine. The deadline stays what it is; only the item of the agenda is
//! due later. Callbacks are on time, and so is node `test`, to which nothing happens.

use crate::{
    core::Core,
    effect::FaultKind,
    hash,
    id::{NodeId, StreamId},
    tape::{Kind, Stream},
};
use reenact_clock::Instant;
use std::time::Duration;

const TIMERS: u64 = hash::bytes(b"timers");

/// The most milliseconds that a timer is late.
const MOST: u64 = 100;

impl Core {
    /// When a timer fires that is due then, and is set now.
    #[cold]
    #[inline(never)]
    pub(super) fn late(&mut self, due: Instant) -> Instant {
        let Some((num, den)) = self.lateness else { return due };
        if self.actor.node == NodeId::TEST || due <= self.now {
            return due;
        }
        let (path, counters) = self.identity();
        let mut stream = Stream { id: StreamId(hash::combine(path, TIMERS)), seq: counters.timers };
        let millis = self.rarely(&mut stream, Kind::Late, MOST + 1, num, den);
        self.identity().1.timers = stream.seq;
        if millis > 0 {
            let effect = self.stats.faults.of(FaultKind::Timer);
            effect.scheduled += 1;
            effect.applied += 1;
        }
        due + Duration::from_millis(millis)
    }

    /// A timer that was set for then has ended: counts it if whoever waited could notice that it was late.
    #[cold]
    #[inline(never)]
    pub(super) fn note_lateness(&mut self, due: Instant, deadline: Instant) {
        let punctual = self.clock(self.actor.node).when(deadline);
        // A clock that was set otherwise meanwhile makes a timer late, too.
        let counted = self.stats.faults.get(FaultKind::Timer).unwrap_or_default();
        if punctual < due && due <= self.now && counted.effective < counted.applied {
            self.stats.faults.of(FaultKind::Timer).effective += 1;
        }
    }
}
