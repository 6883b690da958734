//! Counters of one run.
//!
//! Pure, and outside the digest: they tell how much happened, not what.

use crate::{
    claim::Claims,
    effect::Effects,
    failure::{Held, Waiting},
};
use std::time::Duration;

/// How much one run did.
///
/// ```
/// # use reenact_sim::{Settings, Strategy, Tape};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let run = reenact_sim::run(&settings, |_| (), || async {
/// #     for _ in 0..2 {
/// #         reenact_sim::time::sleep(std::time::Duration::from_secs(30)).await;
/// #     }
/// # });
/// # let stats = &run.stats;
/// // Of a run whose only task slept twice, for 30 seconds each:
/// assert_eq!(stats.virtual_time.as_secs(), 60);
/// assert_eq!((stats.tasks, stats.timers_fired), (1, 2));
/// assert_eq!((stats.polls, stats.steps), (3, 3 + 2));
/// ```
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
    /// Those of them that met a partition.
    pub packets_cut: u64,
    /// Those of them that the link lost.
    pub packets_lost_on_links: u64,
    /// Decisions asked of the tape with more than one possible answer (picks of a ready task are
    /// not among them: they are recorded as an order).
    pub decisions: u64,
    /// Virtual time that passed.
    pub virtual_time: Duration,
    /// How often assertions and invariants were looked at.
    pub claims: Claims,
    /// The tasks that had not ended when the run did, and what each waited for; if that was asked for.
    pub left: Vec<Waiting>,
    /// The sockets, timers and callbacks that were there then; if that was asked for.
    pub held: Vec<Held>,
    /// What the faults of a fault plan came to.
    pub faults: Effects,
}
