//! Bandwidth: packets that wait in front of a link.
//!
//! Pure. A queue is one number, the instant at which its link is idle again: what is sent later waits
//! until then, and what would wait behind more bytes than the queue holds is dropped. So there is no
//! event for a packet that leaves a queue.

use super::link::Scope;
use crate::config::Bandwidth;
use reenact_clock::Instant;
use std::{collections::BTreeMap, time::Duration};

/// Bytes of headers of a packet: IPv4 and TCP without options.
const HEADERS: u64 = 40;
const SECOND: u128 = 1_000_000_000;

/// All queues in which something may wait.
#[derive(Default)]
pub(crate) struct Queues {
    idle_at: BTreeMap<Scope, Instant>,
}

impl Queues {
    pub(crate) fn clear(&mut self) {
        self.idle_at.clear();
    }

    /// How long a packet takes through its queue, from the moment it is sent to when its last byte has
    /// left; `None` if the queue is full.
    pub(crate) fn pass(
        &mut self,
        link: Scope,
        bandwidth: Bandwidth,
        now: Instant,
        len: u32,
    ) -> Option<Duration> {
        let Bandwidth { rate, queue } = bandwidth;
        let size = u64::from(len) + HEADERS;
        let idle = self.idle_at.entry(link).or_insert(now);
        let waiting = idle.saturating_duration_since(now);
        let bytes = waiting.as_nanos() * u128::from(rate) / SECOND;
        if !waiting.is_zero() && bytes + u128::from(size) > u128::from(queue) {
            return None;
        }
        let takes = u128::from(size) * SECOND / u128::from(rate);
        *idle = (*idle).max(now) + Duration::from_nanos(u64::try_from(takes).unwrap_or(u64::MAX));
        Some(idle.duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reenact_sim::NodeId;

    const LINK: Scope = Scope::Link(NodeId(0), NodeId(1));
    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn packets_leave_one_after_the_other() {
        let (mut queues, slow) = (Queues::default(), Bandwidth { rate: 1_000_000, queue: 1 << 20 });
        let mut pass = |at: Duration| queues.pass(LINK, slow, Instant::ZERO + at, 960);
        assert_eq!(pass(Duration::ZERO), Some(MS));
        assert_eq!(pass(Duration::ZERO), Some(2 * MS));
        assert_eq!(pass(MS / 2), Some(2 * MS + MS / 2));
        assert_eq!(pass(10 * MS), Some(MS), "idle again");
    }

    #[test]
    fn a_full_queue_drops_what_comes_last() {
        let (mut queues, small) = (Queues::default(), Bandwidth { rate: 1_000_000, queue: 2_500 });
        let mut pass = || queues.pass(LINK, small, Instant::ZERO, 960);
        assert_eq!([pass(), pass(), pass()], [Some(MS), Some(2 * MS), None]);
    }

    #[test]
    fn a_packet_that_is_larger_than_the_queue_passes_an_idle_link() {
        let (mut queues, none) = (Queues::default(), Bandwidth { rate: 1_000_000, queue: 0 });
        let mut pass = |at: Duration| queues.pass(LINK, none, Instant::ZERO + at, 960);
        assert_eq!([pass(MS), pass(MS), pass(2 * MS)], [Some(MS), None, Some(MS)]);
    }
}
