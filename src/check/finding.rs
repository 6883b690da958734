//! What a sweep found, as data.
//!
//! Pure. How a finding is laid out for a terminal is in `block`; making it small comes later.

use super::plan::{Planned, Role};
use crate::outcome::Outcome;
use reenact_sim::{Failure, FailureKind, Tape};
use std::fmt;

/// By what two failing runs are taken for one finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Fingerprint {
    kind: FailureKind,
    what: String,
    role: String,
}

impl Fingerprint {
    /// The kind; the place of the panic, else the message with its digits folded; and the node with
    /// its digits folded, since `client-3` plays the part of `client-1`. Of a run that came to no
    /// end: what the test's main waits for, and nothing else.
    pub(crate) fn of(failure: &Failure) -> Self {
        let kind = failure.kind;
        if matches!(kind, FailureKind::Deadlock | FailureKind::StepLimit | FailureKind::TimeLimit) {
            let main = failure.waiting.iter().find(|task| task.node == "test" && task.task == "main");
            let what = main.map_or_else(String::new, |main| folded(&main.what));
            return Fingerprint { kind, what, role: String::new() };
        }
        let what = match (kind, &failure.location) {
            // Where two runs part depends on the seed; that they do is the finding.
            (FailureKind::Nondeterminism, _) => String::new(),
            (_, Some(location)) => location.clone(),
            (_, None) => folded(&failure.message),
        };
        let role = match kind {
            FailureKind::Nondeterminism => String::new(),
            _ => folded(failure.node.as_deref().unwrap_or_default()),
        };
        Fingerprint { kind, what, role }
    }
}

/// The text with each number replaced by `#`.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if folded.ends_with('#') => {}
            true => folded.push('#'),
            false => folded.push(c),
        }
    }
    folded
}

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
/// // Its token repeats that run.
/// let tape = Tape::parse(&finding.token()).unwrap();
/// let again = Simulation::new(0).name("sevens").replay(tape).run(test);
/// assert_eq!(again.digest(), finding.original().digest());
/// assert_eq!(again.result.unwrap_err().message, finding.failure.message);
/// ```
#[derive(Debug)]
pub struct Finding {
    /// The seed of that run; 0 for the run on the empty tape.
    pub seed: u64,
    /// How that run failed.
    pub failure: Failure,
    pub(crate) index: u64,
    pub(crate) role: Role,
    pub(crate) occurrences: u64,
    pub(crate) original: Outcome<()>,
}

impl Finding {
    pub(crate) fn new(planned: &Planned, failure: Failure, original: Outcome<()>) -> Self {
        let seed = planned.tape.header.seed;
        Finding { seed, failure, index: planned.index, role: planned.role, occurrences: 1, original }
    }

    /// The index of that run in its sweep: 0 and 1 are the sweep's own, its seeds begin at 2.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The line that repeats that run: for `REENACT_REPLAY`, or for [`Tape::parse`].
    pub fn token(&self) -> String {
        self.tape().token()
    }

    /// The tape that repeats that run.
    pub fn tape(&self) -> &Tape {
        self.original.tape()
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

/// What a sweep came to.
///
/// ```
/// use reenact::Check;
///
/// let report = Check::new("arithmetic").seeds(10).report(|_sim| async { assert_eq!(1 + 1, 2) });
/// assert!(report.passed() && report.findings().is_empty());
/// assert_eq!((report.runs(), report.first_failure()), (2 + 10, None));
/// assert_eq!(report.to_string(), "12 runs, all passed");
/// ```
#[derive(Debug)]
pub struct Report {
    pub(crate) runs: u64,
    pub(crate) failed: u64,
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// How many runs it made, its own two among them (and no run twice that was only repeated). The
    /// sweep ends with the run that led to its last finding.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How many of them failed.
    pub fn failed_runs(&self) -> u64 {
        self.failed
    }

    /// The index of the first run that failed.
    pub fn first_failure(&self) -> Option<u64> {
        self.findings.first().map(|finding| finding.index)
    }

    /// The distinct failures, in the order of their first runs.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether no run failed.
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { runs, failed, findings } = self;
        let s = |n: u64| if n == 1 { "" } else { "s" };
        write!(f, "{runs} run{}, ", s(*runs))?;
        let Some(first) = findings.first() else { return f.write_str("all passed") };
        let n = findings.len() as u64;
        write!(f, "{n} finding{} in {failed} failing run{}, first in run {}", s(n), s(*failed), first.index)?;
        if first.role != Role::Zero {
            write!(f, " (seed 0x{:016x})", first.seed)?;
        }
        write!(f, ": {}", first.failure.kind)?;
        match &first.failure.location {
            Some(location) => write!(f, " at {location}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, folded};
    use reenact_sim::{Failure, FailureKind, Waiting};

    fn failure(kind: FailureKind, message: &str, location: Option<&str>, node: &str) -> Fingerprint {
        let mut failure = Failure::new(kind, message);
        failure.location = location.map(str::to_owned);
        failure.node = Some(node.to_owned());
        Fingerprint::of(&failure)
    }

    #[test]
    fn numbers_are_folded() {
        assert_eq!(folded("client-12 of 3: 0.5s"), "client-# of #: #.#s");
    }

    #[test]
    fn panics_of_one_place_are_one_finding_whatever_they_say() {
        let a = failure(FailureKind::Panic, "x = 1", Some("a.rs:1:1"), "n1");
        assert_eq!(a, failure(FailureKind::Panic, "y = 22", Some("a.rs:1:1"), "n2"));
        assert_ne!(a, failure(FailureKind::Panic, "x = 1", Some("a.rs:2:1"), "n1"));
        assert_ne!(a, failure(FailureKind::Panic, "x = 1", Some("a.rs:1:1"), "db"));
    }

    #[test]
    fn errors_are_known_by_their_words() {
        let a = failure(FailureKind::Error, "lost 3 of 8", None, "n1");
        assert_eq!(a, failure(FailureKind::Error, "lost 12 of 8", None, "n1"));
        assert_ne!(a, failure(FailureKind::Error, "found 3 of 8", None, "n1"));
        assert_ne!(a, failure(FailureKind::Liveness, "lost 3 of 8", None, "n1"));
    }

    #[test]
    fn deadlocks_are_known_by_what_main_waits_for() {
        let deadlock = |task: &str, what: &str, message: &str| {
            let mut failure = Failure::new(FailureKind::Deadlock, message);
            let waiting = |task: &str, what: &str| Waiting {
                node: "test".into(),
                task: task.into(),
                spawned: String::new(),
                what: what.into(),
                polls: 1,
            };
            failure.waiting = vec![waiting("#1", "anything"), waiting(task, what)];
            Fingerprint::of(&failure)
        };
        let a = deadlock("main", "the end of task test/#4", "5 tasks wait");
        assert_eq!(a, deadlock("main", "the end of task test/#1", "6 tasks wait"));
        assert_ne!(a, deadlock("main", "a waker held elsewhere", "5 tasks wait"));
    }
}
