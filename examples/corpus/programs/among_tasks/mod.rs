//! Programs of nothing but tasks: neither a clock nor a network, no more than `spawn` and `yield_now`.
//!
//! What these two are is up to `rt`, which stands beside this module. So the same programs run under other
//! tools, to be compared with.

use super::rt;
use futures::future::BoxFuture;

// As many turns for everybody, more or less.
mod abba_mutex;
mod cache_invalidate;
mod dedup_after_effect;
mod hand_mutex_wakeup;
mod lost_update;
mod reorder;
mod select_partial_read;
// A short task must come at the right moment of a long one, or among many.
mod audit_window;
mod late_reader;
mod started_one_by_one;
mod two_in_a_window;

/// Which of the twins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Version {
    /// With the mistake.
    Buggy,
    /// Without it, and otherwise the same.
    Fixed,
}

/// A program with a planted bug. What the fields mean is said at `Program`.
pub(crate) struct Race {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) sizes: &'static [usize],
    pub(crate) minimum: usize,
    pub(crate) minimum_in_words: &'static str,
    pub(crate) random_finds_it: bool,
    /// Whether tasks are of very different lengths.
    pub(crate) lopsided: bool,
    pub(crate) body: fn(Version, usize) -> BoxFuture<'static, ()>,
}

/// All of them.
pub(crate) const RACES: [Race; 11] = [
    lost_update::RACE,
    abba_mutex::RACE,
    reorder::RACE,
    hand_mutex_wakeup::RACE,
    select_partial_read::RACE,
    cache_invalidate::RACE,
    dedup_after_effect::RACE,
    late_reader::RACE,
    started_one_by_one::RACE,
    audit_window::RACE,
    two_in_a_window::RACE,
];
