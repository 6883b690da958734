//! What becomes of a packet between two nodes.
//!
//! Pure. A link keeps no generator and mostly no state: its draws are those of the sending socket, with
//! the destination hashed in, so that nothing is looked up for a packet where all links are alike.
//! `conditions` says what single links are like, `rare` what becomes of a packet on those. Who cannot
//! reach whom is known elsewhere (`cuts`), and looked at when a packet arrives.

mod conditions;
mod rare;

use super::queue::Queues;
use crate::{config::Config, ratio::Ratio};
pub(crate) use conditions::Conditions;
pub use conditions::{Scope, Setting};
pub(crate) use rare::{Way, corrupted_bit};
use reenact_clock::Instant;
use reenact_sim::{Core, Kind, LossReason, Prepared, Stream, StreamId, hash_bytes};
use std::time::Duration;

const LATENCY: u64 = hash_bytes(b"latency");
const LOSS: u64 = hash_bytes(b"loss");
const DUPLICATE: u64 = hash_bytes(b"duplicate");
const SECOND_LATENCY: u64 = hash_bytes(b"latency of the duplicate");

/// From a node to itself: the time a packet takes through its own stack.
const LOOPBACK: Duration = Duration::from_micros(10);

/// The first time-out of a retransmission, the least that Linux takes (`TCP_RTO_MIN`).
const FIRST_RETRY: Duration = Duration::from_millis(200);
/// Time-outs double up to this (`TCP_RTO_MAX`).
const LAST_RETRY: Duration = Duration::from_secs(120);
/// After so many retransmissions a connection is given up on (`tcp_retries2`): about 15 minutes.
pub(crate) const RETRIES: u32 = 15;

/// How long to wait before the how-many-eth retransmission (0 is the first).
pub(crate) fn retry_after(attempt: u32) -> Duration {
    FIRST_RETRY.saturating_mul(1 << attempt.min(16)).min(LAST_RETRY)
}

/// Who draws: a socket (or a connection's end) towards a destination, and the packet's number.
#[derive(Clone, Copy)]
pub(crate) struct Drawer {
    /// The stable identity of sender and destination.
    pub(crate) key: u64,
    /// The number of the packet.
    pub(crate) seq: u32,
    /// The prepared stream of latencies, where one is kept.
    pub(crate) latencies: Option<Prepared>,
}

impl Drawer {
    pub(crate) fn new(key: u64, seq: u32) -> Self {
        Drawer { key, seq, latencies: None }
    }

    /// The stream from which its latencies come, to be kept by whoever sends many packets.
    pub(crate) fn prepare(key: u64, core: &Core) -> Prepared {
        core.prepare(StreamId(key ^ LATENCY))
    }

    /// One of `0..n`, for the latency of the packet.
    #[inline]
    fn latency(self, core: &mut Core, n: u64) -> u64 {
        let stream = Stream { id: StreamId(self.key ^ LATENCY), seq: self.seq };
        let prepared = self.latencies.unwrap_or_else(|| core.prepare(stream.id));
        core.choose_prepared(stream, prepared, Kind::Latency, n)
    }

    #[inline]
    pub(crate) fn choose(self, core: &mut Core, purpose: u64, kind: Kind, n: u64) -> u64 {
        let mut stream = Stream { id: StreamId(self.key ^ purpose), seq: self.seq };
        core.choose(&mut stream, kind, n)
    }

    /// Whether something of this probability happens; 0 on the tape means that it does not.
    // Mostly it cannot, and then there is no call.
    #[inline]
    pub(crate) fn happens(self, core: &mut Core, purpose: u64, kind: Kind, ratio: Ratio) -> bool {
        ratio.num > 0 && self.asks(core, purpose, kind, ratio)
    }

    #[inline(never)]
    fn asks(self, core: &mut Core, purpose: u64, kind: Kind, ratio: Ratio) -> bool {
        let mut stream = Stream { id: StreamId(self.key ^ purpose), seq: self.seq };
        core.happens(&mut stream, kind, ratio.num, ratio.den)
    }
}

/// What becomes of a packet that is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It arrives then, if the way is free by then.
    Arrives(Instant),
    /// It is lost.
    Lost(LossReason),
    /// A rule of the test decides, once this step is over.
    Judged,
}

/// The links between all nodes.
#[derive(Default)]
pub(crate) struct Links {
    pub(crate) config: Config,
    /// Whether all links are alike and do nothing but delay, lose and copy.
    pub(super) plain: bool,
    pub(super) conditions: Conditions,
    pub(super) queues: Queues,
}

impl Links {
    pub(crate) fn reset(&mut self) {
        self.conditions.clear();
        self.queues.clear();
    }

    /// What becomes of a packet sent now to another node, where all links are alike.
    #[inline]
    pub(crate) fn plain_fate(&self, core: &mut Core, drawer: Drawer) -> Fate {
        if drawer.happens(core, LOSS, Kind::Loss, self.config.loss) {
            return Fate::Lost(LossReason::Link);
        }
        let late = drawer.latency(core, self.config.latency.answers());
        Fate::Arrives(core.now() + Duration::from_nanos(self.config.latency.nanos(late)))
    }

    /// When the second copy of a datagram arrives, if there is one, where all links are alike.
    #[inline]
    pub(crate) fn plain_copy(&self, core: &mut Core, drawer: Drawer) -> Option<Instant> {
        if !drawer.happens(core, DUPLICATE, Kind::Duplicate, self.config.duplicate) {
            return None;
        }
        let late = drawer.choose(core, SECOND_LATENCY, Kind::Latency, self.config.latency.answers());
        Some(core.now() + Duration::from_nanos(self.config.latency.nanos(late)))
    }

    /// From a node to itself nothing is lost, and all takes as long.
    #[inline]
    pub(crate) fn loopback(core: &Core) -> Instant {
        core.now() + LOOPBACK
    }
}
