//! What it means for a run to fail, as data.
//!
//! Pure. Who decides that a run failed lives elsewhere (the loop, the node table, the rim); how a
//! failure is laid out for a terminal lives in the root package.

use reenact_clock::Instant;
use std::fmt;

/// Why a run failed.
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::{Failure, FailureKind};
///
/// fn means_a_bug(failure: &Failure) -> bool {
///     // A limit may have been too low, and a strict replay of old code says nothing of the new.
///     use FailureKind::{Diverged, Harness, StepLimit, TimeLimit};
///     !matches!(failure.kind, StepLimit | TimeLimit | Diverged | Harness)
/// }
///
/// assert!(means_a_bug(&Failure::new(FailureKind::Deadlock, "nothing is ready")));
/// assert_eq!(FailureKind::StepLimit.to_string(), "step limit");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FailureKind {
    /// A task, a callback or a destructor panicked.
    Panic,
    /// The test, or the main of a node, returned an `Err`.
    Error,
    /// An invariant of the test did not hold.
    Invariant,
    /// Nothing is ready, nothing is due, and the test has not ended.
    Deadlock,
    /// The run took more steps than it was allowed.
    StepLimit,
    /// The next thing due lies beyond the virtual time the run was allowed.
    TimeLimit,
    /// No progress within the time demanded of a healed world.
    Liveness,
    /// Two runs of one seed differed, or another thread reached into the run.
    Nondeterminism,
    /// A strict replay met another decision than the one on its tape.
    Diverged,
    /// The harness was misused, or could not do its work.
    Harness,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FailureKind::Panic => "panic",
            FailureKind::Error => "error",
            FailureKind::Invariant => "invariant",
            FailureKind::Deadlock => "deadlock",
            FailureKind::StepLimit => "step limit",
            FailureKind::TimeLimit => "time limit",
            FailureKind::Liveness => "liveness",
            FailureKind::Nondeterminism => "nondeterminism",
            FailureKind::Diverged => "diverged",
            FailureKind::Harness => "harness",
        })
    }
}

/// A task that had not ended when a run stopped, and what it was waiting for.
///
/// ```
/// # use reenact_sim::{FailureKind, Settings, Strategy, Tape};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let main = || reenact_sim::time::sleep(std::time::Duration::from_secs(60));
/// # let settings = Settings { max_virtual: std::time::Duration::from_secs(30), ..settings };
/// # let run = reenact_sim::run(&settings, |_| (), main);
/// // `run` is the outcome of a simulation that slept for longer than it was allowed to.
/// let failure = run.result.unwrap_err();
/// let waiting = &failure.waiting[0];
/// assert_eq!((waiting.node.as_str(), waiting.task.as_str()), ("test", "main"));
/// assert_eq!(waiting.what, "a timer due at 60.000s");
/// assert_eq!(waiting.polls, 1);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The node it runs on.
    pub node: String,
    /// Its name, or its number among the unnamed tasks of its node.
    pub task: String,
    /// Where it was spawned: `file:line:column`.
    pub spawned: String,
    /// What it waits for, in words.
    pub what: String,
    /// How many times it was polled.
    pub polls: u64,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Waiting { node, task, spawned, what, polls } = self;
        let times = if *polls == 1 { "time" } else { "times" };
        write!(f, "{node}/{task} (spawned at {spawned}, polled {polls} {times}) waits for {what}")
    }
}

/// Something beside tasks that a process still had when a run ended.
///
/// ```
/// # use reenact_sim::{Held, Settings, Strategy, Tape, time as clock};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let settings = Settings { leaks: true, ..settings };
/// # let main = || async { clock::call_later(std::time::Duration::from_secs(60), || ()); };
/// # let run = reenact_sim::run(&settings, |_| (), main);
/// # let held: &[Held] = &run.stats.held;
/// // `held` is what was left of a simulation that set a callback for later.
/// assert_eq!(held[0].to_string(), "test: a callback due at 60.000s");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// The node it is on.
    pub node: String,
    /// What it is, in words.
    pub what: String,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.node, self.what)
    }
}

/// How a run failed: what, where and when.
///
/// It prints as what happened, in which task, where and when, with a line for each task that waits.
///
/// ```
/// # use reenact_sim::{FailureKind, Settings, Strategy, Tape};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let run = reenact_sim::run(&settings, |_| (), || std::future::pending::<()>());
/// // `run` is the outcome of a simulation whose test waits for ever.
/// let failure = run.result.unwrap_err();
/// assert_eq!(failure.kind, FailureKind::Deadlock);
/// assert_eq!(failure.message, "nothing is ready and nothing is due, but 1 task waits");
/// assert!(failure.to_string().starts_with("deadlock (t=0.000s, step 1): nothing is ready"));
/// ```
#[derive(Clone, Eq, Debug)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// What happened, in words: the panic's message, the error, the sentence of the harness.
    pub message: String,
    /// `file:line:column` of the panic, where there is one.
    pub location: Option<String>,
    /// The node on which it happened.
    pub node: Option<String>,
    /// The task in which it happened.
    pub task: Option<String>,
    /// Virtual time of the failure.
    pub at: Instant,
    /// How many steps had begun.
    pub step: u64,
    /// Every task that was still waiting, for [`FailureKind::Deadlock`],
    /// [`FailureKind::StepLimit`] and [`FailureKind::TimeLimit`]; empty for the others.
    pub waiting: Vec<Waiting>,
    /// The panic's backtrace, when `RUST_BACKTRACE` asks for one.
    pub backtrace: Option<String>,
}

/// The backtrace does not count: it says how the harness was called, not how the run failed.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        let Failure { kind, message, location, node, task, at, step, waiting, backtrace: _ } = self;
        *kind == other.kind
            && *message == other.message
            && *location == other.location
            && *node == other.node
            && *task == other.task
            && *at == other.at
            && *step == other.step
            && *waiting == other.waiting
    }
}

impl Failure {
    /// A failure of which only the kind and the sentence are known.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::{Failure, FailureKind};
    ///
    /// let mut failure = Failure::new(FailureKind::Error, "no leader");
    /// failure.node = Some("n1".to_owned());
    /// assert_eq!(failure.to_string(), "error in n1 (t=0.000s, step 0): no leader");
    /// ```
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Failure {
            kind,
            message: message.into(),
            location: None,
            node: None,
            task: None,
            at: Instant::ZERO,
            step: 0,
            waiting: Vec::new(),
            backtrace: None,
        }
    }

    /// `node/task`, as far as known.
    pub fn place(&self) -> Option<String> {
        match (&self.node, &self.task) {
            (Some(node), Some(task)) => Some(format!("{node}/{task}")),
            (Some(node), None) => Some(node.clone()),
            (None, task) => task.clone(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(place) = self.place() {
            write!(f, " in {place}")?;
        }
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        write!(f, " (t={}, step {}): {}", self.at, self.step, self.message)?;
        for waiting in &self.waiting {
            write!(f, "\n  {waiting}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
