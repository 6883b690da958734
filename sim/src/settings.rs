//! What fixes a run, as its caller says it.
//!
//! Pure data.

use crate::{
    tape::{Tape, Waypoints},
    trace::{Record, Trace},
};
use std::{sync::Arc, time::Duration};

/// What fixes a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the run is called in messages.
    pub name: String,
    /// The seed, the strategy, and the decisions that are given.
    pub tape: Tape,
    /// Whether the run must take exactly the tape's decisions.
    pub strict: bool,
    /// A run of more steps than this fails.
    pub max_steps: u64,
    /// A run that would go on after this virtual time fails.
    pub max_virtual: Duration,
    /// How much is written down.
    pub record: Record,
    /// Whether it is written down what is left at the end.
    pub leaks: bool,
    /// Whether decisions are, when events are not; with [`Record::All`] both are.
    pub decisions: bool,
    /// Whether a profile of the run is made for the strategies of others.
    pub profile: bool,
    /// Whether its order is looked at: see [`Survey`](crate::Survey).
    pub survey: bool,
    /// Whether a panic's backtrace is put into words, which takes much longer than a small run.
    pub backtraces: bool,
    /// Lets a little real time pass. Called a few times before a deadlock is declared while a waker
    /// is held by somebody who is no task: if that is another thread, it gets the time to say so.
    pub pause: Option<fn()>,
    /// In how many of how many polls a future marked by [`cancellable`](crate::cancellable) is
    /// cancelled; 0 of 1 asks nothing.
    pub cancellation: (u64, u64),
    /// The trace that the run is expected to repeat, so that the first difference can be named.
    pub expected: Option<Arc<Trace>>,
    /// Where the main task is said to be spawned, if not where the run is.
    pub site: Option<&'static std::panic::Location<'static>>,
}

impl Settings {
    /// The settings of one run with everything at its default: 10 million steps, 24 hours, all
    /// recorded.
    pub fn new(name: impl Into<String>, tape: Tape) -> Self {
        Settings {
            name: name.into(),
            tape,
            strict: false,
            max_steps: 10_000_000,
            max_virtual: Duration::from_secs(24 * 3600),
            record: Record::All,
            leaks: false,
            decisions: false,
            profile: false,
            survey: false,
            backtraces: true,
            pause: None,
            cancellation: (0, 1),
            expected: None,
            site: None,
        }
    }
    /// The waypoints that the run must pass. Who edits a tape takes its digest out, which frees it of
    /// these, too.
    pub(crate) fn repeated(&self) -> Waypoints {
        if self.strict && self.tape.header.digest != 0 { self.tape.waypoints } else { Waypoints::default() }
    }
}
