//! What is on its way now.
//!
//! Pure, and slow: it looks through all packets. No list of what is on its way is kept for it.

use super::{Net, cells::Head};
use reenact_clock::Instant;
use reenact_sim::Core;
use std::collections::BTreeSet;

/// A packet on its way.
pub(crate) struct Seen {
    pub(crate) cell: u32,
    /// Its number among the packets of its sender.
    pub(crate) ordinal: u32,
    pub(crate) head: Head,
    pub(crate) payload: Vec<u8>,
    /// When it arrives; `None` while it is kept.
    pub(crate) arrives: Option<Instant>,
}

impl Net {
    /// What stands in a packet.
    pub(crate) fn packet(&self, cell: u32) -> (Head, Vec<u8>) {
        (self.cells.get(cell).head, self.cells.payload(cell).to_vec())
    }

    /// What is on its way, or kept there, in the order in which it was sent on each node.
    pub(crate) fn in_flight(&self, core: &Core) -> Vec<Seen> {
        let mut elsewhere: BTreeSet<u32> = self.cells.free().collect();
        let queues = self.udp.inboxes().chain(self.tcp.queues());
        queues.for_each(|queue| elsewhere.extend(self.cells.list(queue)));
        let kept: BTreeSet<u32> = self.detained.cells().chain(self.rules.waiting()).collect();
        let mut seen = Vec::new();
        for cell in (0..self.cells.count()).filter(|cell| !elsewhere.contains(cell)) {
            let packet = self.cells.get(cell);
            let is_kept = kept.contains(&cell);
            if self.detained.is_discarded(cell) || !is_kept && packet.at < core.now() {
                continue;
            }
            seen.push(Seen {
                cell,
                ordinal: packet.ordinal,
                head: packet.head,
                payload: self.cells.payload(cell).to_vec(),
                arrives: (!is_kept).then_some(packet.at),
            });
        }
        seen.sort_by_key(|seen| (seen.head.from, seen.ordinal, seen.arrives));
        seen
    }
}
