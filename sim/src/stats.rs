//! Counters of one run.
//!
//! Pure, and outside the digest: they tell how much happened, not what.

use std::time::Duration;

/// How much one run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Steps: one poll, one fired item of the agenda, or one callback each.
    pub steps: u64,
    /// Polls of tasks.
    pub polls: u64,
    /// Times a task that was not ready became ready.
    pub wakes: u64,
    /// Tasks spawned.
    pub tasks: u64,
    /// Timers that fired.
    pub timers_fired: u64,
    /// Callbacks that ran.
    pub callbacks: u64,
    /// Packets handed to the network.
    pub packets_sent: u64,
    /// Packets that reached a socket.
    pub packets_delivered: u64,
    /// Packets lost on the way, for whatever reason.
    pub packets_lost: u64,
    /// Decisions asked of the tape with more than one possible answer (picks of a ready task are
    /// not among them: they are recorded as an order).
    pub decisions: u64,
    /// Virtual time that passed.
    pub virtual_time: Duration,
}
