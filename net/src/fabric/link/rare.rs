//! What becomes of a packet on a link that is unlike others, or does more than delay, lose and copy.
//!
//! Pure. In this order: lost, corrupted, queued, late, held up, slowed, clogged. Each draws from a stream
//! of its own, so that to switch one on moves nothing of the others.

use super::{DUPLICATE, Drawer, Fate, LATENCY, LOSS, Links, SECOND_LATENCY};
use crate::stats::NetStats;
use reenact_clock::Instant;
use reenact_sim::{Core, Kind, LossReason, NodeId, hash_bytes};
use std::time::Duration;

const CORRUPT: u64 = hash_bytes(b"corrupt");
const REORDER: u64 = hash_bytes(b"reorder");
const REORDER_BY: u64 = hash_bytes(b"reorder by");
const BIT: u64 = hash_bytes(b"corrupted bit");

/// A packet as its link sees it.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) len: u32,
    pub(crate) datagram: bool,
}

impl Links {
    /// What becomes of a packet sent now; `slow` is what a partition adds to its latency.
    #[inline(never)]
    pub(crate) fn rare_fate(
        &mut self,
        core: &mut Core,
        drawer: Drawer,
        way: Way,
        slow: Duration,
        stats: &mut NetStats,
    ) -> Fate {
        let condition = self.conditions.of(way.from, way.to, &self.config);
        if drawer.happens(core, LOSS, Kind::Loss, condition.loss) {
            return Fate::Lost(LossReason::Link);
        }
        // TCP's checksum finds it out; a datagram is changed when it is on its way.
        if !way.datagram && drawer.happens(core, CORRUPT, Kind::Corrupt, condition.corrupt) {
            stats.corrupted += 1;
            return Fate::Lost(LossReason::Corrupt);
        }
        let mut at = core.now();
        if let Some((link, bandwidth)) = condition.bandwidth {
            let Some(wait) = self.queues.pass(link, bandwidth, core.now(), way.len) else {
                return Fate::Lost(LossReason::Queue);
            };
            stats.queued += 1;
            at += wait;
        }
        let late = drawer.choose(core, LATENCY, Kind::Latency, condition.latency.answers());
        at += Duration::from_nanos(condition.latency.nanos(late));
        if drawer.happens(core, REORDER, Kind::Latency, condition.reorder.ratio) {
            let by = drawer.choose(core, REORDER_BY, Kind::Latency, condition.reorder.window);
            at += Duration::from_nanos(by);
            stats.reordered += 1;
        }
        if !slow.is_zero() {
            at += slow;
            stats.slowed += 1;
        }
        if at < condition.clogged_until {
            at = condition.clogged_until;
            stats.clogged += 1;
        }
        Fate::Arrives(at)
    }

    /// When the second copy of a datagram arrives, if there is one.
    pub(crate) fn rare_copy(&self, core: &mut Core, drawer: Drawer, way: Way) -> Option<Instant> {
        let condition = self.conditions.of(way.from, way.to, &self.config);
        let happens = drawer.happens(core, DUPLICATE, Kind::Duplicate, condition.duplicate);
        happens.then(|| self.copy_arrival(core, drawer, way))
    }

    /// When a second copy arrives.
    pub(crate) fn copy_arrival(&self, core: &mut Core, drawer: Drawer, way: Way) -> Instant {
        let condition = self.conditions.of(way.from, way.to, &self.config);
        let late = drawer.choose(core, SECOND_LATENCY, Kind::Latency, condition.latency.answers());
        let at = core.now() + Duration::from_nanos(condition.latency.nanos(late));
        at.max(condition.clogged_until)
    }

    /// Whether a datagram is corrupted on its way.
    pub(crate) fn corrupts(&self, core: &mut Core, drawer: Drawer, way: Way) -> bool {
        let condition = self.conditions.of(way.from, way.to, &self.config);
        drawer.happens(core, CORRUPT, Kind::Corrupt, condition.corrupt)
    }
}

/// Which bit of so many bytes is the corrupted one.
pub(crate) fn corrupted_bit(core: &mut Core, drawer: Drawer, len: usize) -> usize {
    drawer.choose(core, BIT, Kind::Corrupt, len as u64 * 8) as usize
}
