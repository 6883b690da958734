//! A run as it is kept: its trace, its decisions, and what it was a run of.
//!
//! Pure data. Files are read and written in `file/`; comparing two is in `diff/`.

use super::{RawTrace, Trace};
use reenact_sim::{Choice, Record};

/// A run that was written down, to be kept in a file, shown and compared.
///
/// [`Outcome::recording`](crate::Outcome::recording) makes one; a failure leaves one in its directory, as
/// `trace.jsonl`.
///
/// ```
/// use reenact::{Simulation, trace::Recording};
///
/// let run = Simulation::new(7).run(|sim| async move { sim.node("db").crash() });
/// let mut file = Vec::new();
/// run.recording().write(&mut file)?;
/// let read = Recording::read(&file[..])?;
/// assert_eq!(read, run.recording());
/// assert_eq!(read.trace(), run.trace());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recording {
    /// The test; empty where the run had no name.
    pub test: String,
    /// The version of reenact that made the run.
    pub version: String,
    /// The seed.
    pub seed: u64,
    /// The digest of everything that happened.
    pub digest: u64,
    /// A hash of the configuration: of the network, of faults.
    pub config: u64,
    /// The token that repeats the run.
    pub token: String,
    /// How it failed, in words; `None` if it did not.
    pub failure: Option<String>,
    pub(crate) trace: Trace,
    pub(crate) decisions: Vec<Choice>,
}

impl Recording {
    /// The same, of a test of this name.
    pub fn named(self, test: impl Into<String>) -> Self {
        Recording { test: test.into(), ..self }
    }

    /// The same, with the last so many of its events.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let recording = Simulation::new(1).run(|sim| async move { sim.node("db").crash() }).recording();
    /// assert_eq!(recording.last(1).trace().len(), 1);
    /// ```
    pub fn last(self, events: usize) -> Self {
        let extra = self.trace.len().saturating_sub(events);
        if extra == 0 {
            return self;
        }
        let raw = self.trace.raw();
        let trace = RawTrace {
            mode: Record::Tail(events),
            first: raw.first + extra as u32,
            events: raw.events[extra..].to_vec(),
            tasks: raw.tasks.clone(),
            nodes: raw.nodes.clone(),
            marks: raw.marks.clone(),
        };
        Recording { trace: trace.into(), ..self }
    }

    /// What was written down.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The decisions that were not the simplest ones, as they were taken.
    pub fn decisions(&self) -> &[Choice] {
        &self.decisions
    }
}

/// A trace of which nothing else is known.
impl From<Trace> for Recording {
    fn from(trace: Trace) -> Self {
        Recording { trace, ..Recording::default() }
    }
}
