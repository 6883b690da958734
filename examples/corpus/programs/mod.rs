//! Small programs with a planted bug each, and what is known of them.
//!
//! Every program comes twice, with its mistake and without; both pass when every decision is the
//! simplest one, and the one without passes always. How well a way of exploring finds the mistakes,
//! and how small a failing run can be made, is measured with them. Nothing here explores or measures.

// What several programs need.
mod datagrams;
mod crash_point;

// The programs, a file each.
mod abba_mutex;
mod cache_invalidate;
mod dedup_after_effect;
mod hand_mutex_wakeup;
mod lost_update;
mod raft_forget_vote;
mod reorder;
mod select_partial_read;
mod two_phase_commit;

use futures::future::LocalBoxFuture;
use reenact::Sim;

/// Which of the twins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Version {
    /// With the mistake.
    Buggy,
    /// Without it, and otherwise the same.
    Fixed,
}

/// A program with a planted bug.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// One sentence: the mistake.
    pub(crate) about: &'static str,
    /// The sizes it is run at; the first is the default.
    pub(crate) sizes: &'static [usize],
    /// The least number of decisions (entries of a tape that are not zero) that show the bug at the
    /// default size, worked out by hand.
    pub(crate) minimum: usize,
    /// What these decisions are.
    pub(crate) minimum_in_words: &'static str,
    /// Whether a uniformly random walk finds the bug within 10,000 runs at the default size.
    pub(crate) random_finds_it: bool,
    /// One run. It panics, or comes to no end, where the bug shows.
    pub(crate) body: fn(Sim, Version, usize) -> LocalBoxFuture<'static, ()>,
}

impl Program {
    /// The size at which it is run unless one is asked for.
    pub(crate) fn default_size(&self) -> usize {
        self.sizes[0]
    }
}

/// All of them, from tasks alone to nodes that crash.
pub(crate) fn all() -> &'static [Program] {
    const {
        &[
            lost_update::PROGRAM,
            abba_mutex::PROGRAM,
            reorder::PROGRAM,
            hand_mutex_wakeup::PROGRAM,
            select_partial_read::PROGRAM,
            cache_invalidate::PROGRAM,
            dedup_after_effect::PROGRAM,
            two_phase_commit::PROGRAM,
            raft_forget_vote::PROGRAM,
        ]
    }
}
