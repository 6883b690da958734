//! What is left of a failing run in words: which decisions, whether their values matter, and what the
//! run would have been without one of them.
//!
//! Rim: it makes further runs. What each decision is called comes from the trace.

use super::trials::Bench;
use crate::{
    check::{divergence::first_difference, numbers::nth},
    outcome::Outcome,
    trace::{Diff, Teller, Told},
};
use reenact_clock::Instant;
use reenact_sim::{Choice, Entry, FailureKind, Kind, Record, Tape, hash_combine};
use std::fmt;

/// How many decisions are looked at closely: an explanation of more would explain nothing.
const MOST: usize = 24;
/// How many other values of a decision are tried.
const OTHER_VALUES: u64 = 4;

/// Why a run fails: the decisions that are left after shrinking, and what the run would have been
/// without one of them.
///
/// ```
/// use reenact::{Check, draw};
///
/// let report = Check::new("no sevens").report(|_sim| async { assert_ne!(draw::below(10), 7) });
/// let finding = &report.findings()[0];
/// let explanation = finding.explanation().unwrap();
/// let reason = &explanation.reasons()[0];
/// assert_eq!(reason.to_string(), "test/main draw 1 gives 7 of 0..10 (necessary)");
/// assert_eq!(explanation.reasons().len(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    reasons: Vec<Reason>,
    neighbour: Option<Neighbour>,
}

/// One decision that is left: the run does not fail in this way without it.
#[derive(Clone, Debug)]
pub struct Reason {
    told: Told,
    need: Option<Need>,
}

/// How much of a decision the failure needs.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Need {
    /// It fails with this value, and not with others.
    Necessary,
    /// It fails with any value but the simplest.
    AnyValue,
    /// It fails with any greater value too: what matters is what comes after what.
    OnlyTheOrder,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Need::Necessary => "necessary",
            Need::AnyValue => "any value works",
            Need::OnlyTheOrder => "only the order matters",
        })
    }
}

impl Reason {
    /// Whose decision it is: a task's wake or draw, a packet.
    pub fn who(&self) -> &str {
        &self.told.who
    }

    /// What was decided.
    pub fn what(&self) -> &str {
        &self.told.what
    }

    /// How much of it is needed; `None` where there were too many decisions to find out.
    pub fn need(&self) -> Option<Need> {
        self.need
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { who, what } = &self.told;
        write!(f, "{who} {what}")?;
        match self.need {
            Some(need) => write!(f, " ({need})"),
            None => Ok(()),
        }
    }
}

/// The nearest run that does not fail in this way: all decisions but one are the same, and no other of
/// these runs parts from the failing one later.
#[derive(Clone, Debug)]
pub struct Neighbour {
    without: usize,
    ends: String,
    event: u32,
    at: Instant,
    here: String,
    there: String,
    diff: Diff,
}

impl Neighbour {
    /// The index of the one decision that is missing there, among the
    /// [`reasons`](Explanation::reasons).
    pub fn without(&self) -> usize {
        self.without
    }

    /// How it ends.
    pub fn ends(&self) -> &str {
        &self.ends
    }

    /// The number of the first event that differs.
    pub fn event(&self) -> u32 {
        self.event
    }

    /// The virtual time of that event in the failing run.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// That event in the failing run.
    pub fn here(&self) -> &str {
        &self.here
    }

    /// That event in the neighbour.
    pub fn there(&self) -> &str {
        &self.there
    }

    /// The failing run, on the left, compared with the neighbour: what came of the decision.
    pub fn diff(&self) -> &Diff {
        &self.diff
    }
}

impl Explanation {
    /// The decisions that are left, as they were taken. Without any, the run fails if everything is
    /// as simple as it can be.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The nearest run that does not fail in this way; `None` if nothing can be left out, or nothing
    /// is known.
    pub fn neighbour(&self) -> Option<&Neighbour> {
        self.neighbour.as_ref()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reasons.is_empty() {
            return f.write_str("it fails when every decision is the simplest one");
        }
        for (i, reason) in self.reasons.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{reason}")?;
        }
        let Some(Neighbour { without, ends, event, at, here, there, .. }) = &self.neighbour else {
            return Ok(());
        };
        write!(f, "\nwithout the {}, it {ends}; the two part at event {event}, t={at}", nth(*without))?;
        write!(f, "\n  here   {here}\n  there  {there}")
    }
}

/// What a recorded run decided, in words, if that is little.
pub(crate) fn spelled(outcome: &Outcome<()>) -> Option<Explanation> {
    let left = outcome.decided()?.realised();
    let teller = Teller::of(outcome.trace().raw());
    let reasons = left.iter().map(|choice| Reason { told: teller.told(choice), need: None }).collect();
    (left.len() <= MOST).then_some(Explanation { reasons, neighbour: None })
}

/// Explains a run that was shrunk and recorded.
pub(super) fn explain(bench: &mut Bench<'_>, shrunk: &Outcome<()>) -> Explanation {
    let left = shrunk.decided().map(|decided| decided.realised()).unwrap_or_default();
    let few = left.len() <= MOST;
    let teller = Teller::of(shrunk.trace().raw());
    let reasons = left
        .iter()
        .enumerate()
        .map(|(i, choice)| Reason { told: teller.told(choice), need: few.then(|| need(bench, &left, i)) })
        .collect();
    let neighbour = if few { neighbour(bench, &left, shrunk) } else { None };
    Explanation { reasons, neighbour }
}

/// How much of a decision is needed: whether the run fails with other values.
fn need(bench: &mut Bench<'_>, left: &[Choice], index: usize) -> Need {
    let Entry { kind, n, value } = left[index].entry;
    let is_order = matches!(kind, Kind::Schedule | Kind::Latency);
    let values = other_values(&left[index]);
    if n == 2 || values.is_empty() {
        return if is_order { Need::OnlyTheOrder } else { Need::Necessary };
    }
    debug_assert!(!values.contains(&value));
    let fails = values.into_iter().all(|value| {
        let mut other = left.to_vec();
        other[index].entry.value = value;
        let outcome =
            bench.make(bench.tape(&other), |simulation| simulation.record(Record::Digest).backtraces(false));
        bench.is_wanted(&outcome)
    });
    match (fails, is_order) {
        (false, _) => Need::Necessary,
        (true, true) => Need::OnlyTheOrder,
        (true, false) => Need::AnyValue,
    }
}

/// Other values than the one taken and the simplest one; for a delay, longer ones.
fn other_values(choice: &Choice) -> Vec<u64> {
    let Entry { kind, n, value } = choice.entry;
    let (low, high) = match (kind, n) {
        (Kind::Schedule, _) => return vec![value + 1, value + 3, 1 << 20],
        (Kind::Latency, n) => (value + 1, n),
        (_, 0) => (1, u64::MAX),
        (_, n) => (1, n),
    };
    let mut values: Vec<u64> = (0..OTHER_VALUES)
        .filter(|_| low < high)
        .map(|i| low + hash_combine(choice.stream.0 ^ u64::from(choice.seq), i) % (high - low))
        .chain([high - 1])
        .filter(|&other| other != value && other >= low)
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The run without one decision that goes along with the failing one for the longest.
fn neighbour(bench: &mut Bench<'_>, left: &[Choice], shrunk: &Outcome<()>) -> Option<Neighbour> {
    let mut nearest: Option<Neighbour> = None;
    for without in 0..left.len() {
        let mut others = left.to_vec();
        others.remove(without);
        let tape: Tape = bench.tape(&others);
        let outcome = bench.make(tape, |simulation| simulation.record(Record::All).backtraces(false));
        if bench.is_wanted(&outcome) {
            continue;
        }
        let (here, there) = (shrunk.trace(), outcome.trace());
        let Some(event) = first_difference(here.raw(), there.raw()) else { continue };
        if nearest.as_ref().is_some_and(|nearest| nearest.event >= event) {
            continue;
        }
        let words = |in_words: Option<String>| in_words.unwrap_or_else(|| "(it had ended)".to_owned());
        let ends = match &outcome.result {
            Ok(()) => "passes".to_owned(),
            Err(failure) if failure.kind == FailureKind::StepLimit => "goes on for much longer".to_owned(),
            Err(failure) => format!("fails in another way ({})", failure.kind),
        };
        let at = here.raw().get(event).map_or(Instant::ZERO, |line| line.at);
        let (here, there) = (words(here.in_words(event)), words(there.in_words(event)));
        let diff = Diff::of(&shrunk.recording(), &outcome.recording());
        nearest = Some(Neighbour { without, ends, event, at, here, there, diff });
    }
    nearest
}
