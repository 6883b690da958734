//! What a sweep found, as data.
//!
//! How a finding is laid out for a terminal is in `block`, and how it is made small in `shrink`.
//!
//! Rim: what is to be known of a failing run is found out by further runs.

use super::{
    one::{Runner, Verdict},
    plan::{Planned, Role},
    shrink::{Explanation, Shrunk, shrink},
};
use crate::outcome::Outcome;
use reenact_sim::{Failure, FailureKind, Tape};
use std::sync::Arc;

/// One way in which runs of a sweep failed, with the first run that failed so.
///
/// ```
/// use reenact::{Check, Sim, Simulation, Tape, draw};
///
/// async fn test(_sim: Sim) {
///     assert_ne!(draw::below(10), 7);
/// }
/// let report = Check::new("sevens").report(test);
/// let finding = &report.findings()[0];
/// assert!(finding.failure.message.contains("assertion"));
///
/// // Its token repeats what is left of that run after shrinking.
/// assert_eq!(finding.tape().len(), 1);
/// let tape = Tape::parse(&finding.token()).unwrap();
/// let again = Simulation::new(0).name("sevens").replay(tape).run(test);
/// assert_eq!(again.digest(), finding.shrunk().digest());
/// assert_eq!(again.result.unwrap_err().message, finding.failure.message);
/// ```
#[derive(Clone, Debug)]
pub struct Finding {
    /// The seed of that run; 0 for the run on the empty tape.
    pub seed: u64,
    /// How that run failed.
    pub failure: Failure,
    pub(crate) index: u64,
    pub(crate) role: Role,
    pub(crate) occurrences: u64,
    pub(crate) original: Arc<Outcome<()>>,
    pub(crate) shrunk: Option<Arc<Shrunk>>,
    /// What a given tape decides.
    pub(crate) spelled: Option<Arc<Explanation>>,
    /// What went wrong while it was made small.
    pub(crate) note: Option<String>,
}

impl Finding {
    pub(crate) fn new(planned: &Planned, failure: Failure, original: Outcome<()>) -> Self {
        let seed = planned.tape.header.seed;
        let (index, role) = (planned.index, planned.role);
        Finding {
            seed,
            failure,
            index,
            role,
            occurrences: 1,
            original: Arc::new(original),
            shrunk: None,
            spelled: None,
            note: None,
        }
    }

    /// Says what the tape of its run decides.
    pub(crate) fn spelled_out(mut self, explanation: Option<Explanation>) -> Self {
        self.spelled = explanation.map(Arc::new);
        self
    }

    /// Finds out all that is to be known of a failing run.
    pub(crate) fn of(runner: &Runner<'_>, planned: &Planned, verdict: Verdict) -> Self {
        let original = match verdict {
            Verdict::Found(outcome) => *outcome,
            Verdict::Failed(failed) => runner.again(planned, &failed),
            Verdict::Passed(_) => unreachable!("a run that passed is no finding"),
        };
        let passed = || Failure::new(FailureKind::Harness, "a failing run passed; please report this");
        let failure = original.result.as_ref().err().cloned().unwrap_or_else(passed);
        let small = shrink(runner, planned, &original, &failure);
        let mut finding = Finding::new(planned, failure, original);
        match small {
            Ok(shrunk) => finding.shrunk = shrunk.map(Arc::new),
            Err(why) => finding.note = Some(why),
        }
        finding
    }

    /// The index of that run in its sweep: 0 and 1 are the sweep's own, its seeds begin at 2.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The line that repeats the run that is left after shrinking: for `REENACT_REPLAY`, or for
    /// [`Tape::parse`].
    pub fn token(&self) -> String {
        self.tape().token()
    }

    /// The tape that repeats the run that is left after shrinking. It spells out every decision that
    /// is not the simplest one, so its length says how many it takes to fail. Of a run that was not
    /// shrunk, it is the tape of its seed.
    pub fn tape(&self) -> &Tape {
        self.shrunk().tape()
    }

    /// The run that is left after shrinking, recorded in full; of a run that was not shrunk, the
    /// [`original`](Finding::original).
    pub fn shrunk(&self) -> &Outcome<()> {
        self.shrunk.as_ref().map_or(&self.original, |shrunk| &shrunk.outcome)
    }

    /// Why it fails, in words; `None` if it was not shrunk ([`Shrink::off`](crate::Shrink::off), or a
    /// kind of failure that is not about decisions).
    pub fn explanation(&self) -> Option<&Explanation> {
        self.shrunk.as_ref().map(|shrunk| &shrunk.explanation).or(self.spelled.as_deref())
    }

    /// How many runs were made to shrink and explain it.
    pub fn shrink_runs(&self) -> u64 {
        self.shrunk.as_ref().map_or(0, |shrunk| shrunk.effort.runs)
    }

    /// Other failures that were met while it was shrunk, each with a token that leads there.
    ///
    /// They are no findings: nobody looked closer at them.
    pub fn met(&self) -> impl Iterator<Item = (&Failure, String)> {
        let met = self.shrunk.iter().flat_map(|shrunk| &shrunk.met);
        met.map(|(failure, tape)| (failure, tape.token()))
    }

    /// What there is to be said of how it was shrunk: why it was not, or not to the end.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// That run, repeated and recorded in full; of a run of more than 500,000 steps, its last 500,000
    /// events are recorded. Nothing is, where no run led to the failure (of kind
    /// [`FailureKind::Harness`]).
    pub fn original(&self) -> &Outcome<()> {
        &self.original
    }

    /// In how many runs it was found.
    ///
    /// ```
    /// use reenact::{Check, draw};
    ///
    /// // Goes on to look for a second finding, and makes all its runs, since there is none.
    /// let check = Check::new("sevens").seeds(100).keep_going(2);
    /// let report = check.report(|_sim| async { assert_ne!(draw::below(10), 7) });
    /// assert_eq!(report.findings()[0].occurrences(), report.failed_runs());
    /// ```
    pub fn occurrences(&self) -> u64 {
        self.occurrences
    }
}
