//! What becomes of a packet between two nodes, and which nodes cannot reach each other.
//!
//! Pure. A link keeps no generator and no state: its draws are those of the sending socket, with
//! the destination hashed in, so that nothing is looked up for a packet.

use crate::config::{Config, Ratio};
use reenact_clock::Instant;
use reenact_sim::{Core, Event, Kind, NodeId, Stream, StreamId, hash_bytes, hash_combine};
use std::{collections::BTreeMap, time::Duration};

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
}

impl Drawer {
    fn choose(self, core: &mut Core, purpose: u64, kind: Kind, n: u64) -> u64 {
        let mut stream = Stream { id: StreamId(self.key ^ purpose), seq: self.seq };
        core.choose(&mut stream, kind, n)
    }

    /// Whether something of this probability happens; 0 on the tape means that it does not.
    fn happens(self, core: &mut Core, purpose: u64, kind: Kind, ratio: Ratio) -> bool {
        let mut stream = Stream { id: StreamId(self.key ^ purpose), seq: self.seq };
        ratio.num > 0 && core.happens(&mut stream, kind, ratio.num, ratio.den)
    }
}

/// The links between all nodes.
#[derive(Default)]
pub(crate) struct Links {
    pub(crate) config: Config,
    /// Directed pairs that are cut, and by how many partitions.
    cuts: BTreeMap<(NodeId, NodeId), u32>,
    /// Partitions in force, by number.
    partitions: BTreeMap<u64, Vec<(NodeId, NodeId)>>,
    next: u64,
}

impl Links {
    pub(crate) fn reset(&mut self) {
        self.cuts.clear();
        self.partitions.clear();
        self.next = 0;
    }

    /// Whether what `from` sends reaches `to` now.
    #[inline]
    pub(crate) fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        !self.cuts.is_empty() && self.cuts.contains_key(&(from, to))
    }

    /// When a packet sent now arrives, if it is not lost on the way.
    #[inline]
    pub(crate) fn arrival(&self, core: &mut Core, drawer: Drawer, local: bool) -> Instant {
        if local {
            return core.now() + LOOPBACK;
        }
        let above = drawer.choose(core, LATENCY, Kind::Latency, self.config.spread);
        core.now() + Duration::from_nanos(self.config.least + above)
    }

    /// When the second copy of a datagram arrives, if there is one.
    #[inline]
    pub(crate) fn second_arrival(&self, core: &mut Core, drawer: Drawer, local: bool) -> Option<Instant> {
        if local || !drawer.happens(core, DUPLICATE, Kind::Duplicate, self.config.duplicate) {
            return None;
        }
        let above = drawer.choose(core, SECOND_LATENCY, Kind::Latency, self.config.spread);
        Some(core.now() + Duration::from_nanos(self.config.least + above))
    }

    /// Whether a packet sent now is lost by the link.
    #[inline]
    pub(crate) fn loses(&self, core: &mut Core, drawer: Drawer, local: bool) -> bool {
        !local && drawer.happens(core, LOSS, Kind::Loss, self.config.loss)
    }

    /// Cuts all links between two groups, both ways; returns the number of the partition.
    pub(crate) fn cut(&mut self, core: &mut Core, a: &[NodeId], b: &[NodeId]) -> u64 {
        let mut pairs = Vec::new();
        for (&a, &b) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
            if a != b {
                pairs.extend([(a, b), (b, a)]);
                fold_pair(core, b"cut", a, b);
                core.record(Event::Cut(a, b));
            }
        }
        for &pair in &pairs {
            *self.cuts.entry(pair).or_default() += 1;
        }
        self.next += 1;
        self.partitions.insert(self.next, pairs);
        self.next
    }

    /// Mends what a partition cut, unless another one cuts it too.
    pub(crate) fn mend(&mut self, core: &mut Core, partition: u64) {
        for (a, b) in self.partitions.remove(&partition).unwrap_or_default() {
            let Some(count) = self.cuts.get_mut(&(a, b)) else { continue };
            *count -= 1;
            if *count == 0 {
                self.cuts.remove(&(a, b));
                if a < b {
                    fold_pair(core, b"mend", a, b);
                    core.record(Event::Mend(a, b));
                }
            }
        }
    }

    /// Mends everything.
    pub(crate) fn mend_all(&mut self, core: &mut Core) {
        for partition in self.partitions.keys().copied().collect::<Vec<_>>() {
            self.mend(core, partition);
        }
    }
}

fn fold_pair(core: &mut Core, what: &[u8], a: NodeId, b: NodeId) {
    let pair = hash_combine(core.node_key(a), core.node_key(b));
    core.recorder().fold(hash_combine(pair, hash_bytes(what)));
}
