//! Counters of what the network did to packets.
//!
//! Pure, and outside the digest: they tell how much happened, not what. What they count are effects, not
//! attempts: a packet that really was late, lost or another one.

use reenact_sim::LossReason;

/// How much the network did since the run began; what [`NetHandle::stats`] returns.
///
/// [`NetHandle::stats`]: https://docs.rs/reenact/latest/reenact/struct.NetHandle.html#method.stats
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetStats {
    /// Packets handed to the network.
    pub sent: u64,
    /// Packets that reached a host with a use for them.
    pub delivered: u64,
    /// Packets lost on the way, for whatever reason.
    pub lost: u64,
    /// Datagrams of which a second copy was made.
    pub duplicated: u64,
    /// Packets of which a bit was changed; those of TCP are lost by that.
    pub corrupted: u64,
    /// Packets that were held up so that others overtake them.
    pub reordered: u64,
    /// Packets that passed the queue of a link with a bandwidth.
    pub queued: u64,
    /// Packets that were late because a partition slows their link.
    pub slowed: u64,
    /// Packets that arrived only at the end of a clog.
    pub clogged: u64,
    /// Packets that a jam, a hold or a rule kept on their way.
    pub held: u64,
    /// Packets about which a rule decided something else than that they pass.
    pub ruled: u64,
    /// Reads, writes and segments that were done in part.
    pub fragmented: u64,
    /// Connections that were broken at random.
    pub broken: u64,
    /// Connects to a host that is down that were told so.
    pub unreachable: u64,
    /// Lookups of names that failed for the moment.
    pub lookups_failed: u64,
    pub(crate) by_reason: [u64; REASONS],
}

/// How many reasons there are.
const REASONS: usize = LossReason::Rule as usize + 1;

impl NetStats {
    /// How many packets were lost for this reason.
    pub fn lost_to(&self, reason: LossReason) -> u64 {
        self.by_reason[reason as usize]
    }

    pub(crate) fn count_loss(&mut self, reason: LossReason) {
        self.by_reason[reason as usize] += 1;
    }
}
