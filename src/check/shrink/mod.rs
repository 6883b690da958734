//! From a failing run to the few decisions that matter.
//!
//! `passes` searches (`search` keeps the best, `less` takes away from it, `instead` replaces), `trials`
//! makes the runs, `size` says which run is the simpler one, `explain` puts what is left into words. What a finding is, and how it is printed, is known elsewhere.

mod config;
mod size;
mod trials;
mod pace;
mod search;
mod less;
mod instead;
mod moment;
mod passes;
mod explain;

pub use config::Shrink;
pub(crate) use explain::spelled;
pub use explain::{Explanation, Need, Neighbour, Reason};
pub(crate) use pace::Pace;
pub(crate) use trials::{Effort, Met, Progress};

use super::{one::Runner, plan::Planned};
use crate::outcome::Outcome;
use reenact_sim::{Choice, Decided, Failure, FailureKind, Record};
use trials::{Bench, Trials};

/// A longer run than this is not written down to be shrunk: its decisions would fill a gigabyte.
const LONGEST: u64 = 2_000_000;

/// A failing run made small.
#[derive(Debug)]
pub(crate) struct Shrunk {
    /// The run of what is left, recorded in full.
    pub(crate) outcome: Outcome<()>,
    /// How many decisions were not the simplest before.
    pub(crate) decisions: usize,
    pub(crate) effort: Effort,
    /// Whether there was more to try.
    pub(crate) unfinished: bool,
    pub(crate) explanation: Explanation,
    /// Other failures met on the way.
    pub(crate) met: Vec<Met>,
}

/// Makes a failing run small; `None` where there is nothing to be made small.
///
/// # Errors
///
/// Why it was left as it was found.
pub(crate) fn shrink(
    runner: &Runner<'_>,
    planned: &Planned,
    original: &Outcome<()>,
    failure: &Failure,
) -> Result<Option<Shrunk>, String> {
    use FailureKind::{Diverged, Harness, Nondeterminism};
    if runner.shrink.runs == 0 || matches!(failure.kind, Diverged | Harness | Nondeterminism) {
        return Ok(None);
    }
    let mut bench = Bench::new(runner, planned, original, failure);
    let realised = realised(&mut bench, planned, original)?;
    let spelled =
        bench.make(bench.tape(&realised), |simulation| simulation.record(Record::Digest).backtraces(false));
    if spelled.digest() != original.digest() || !bench.is_wanted(&spelled) {
        return Err(unsteady("its decisions, replayed, came to another run"));
    }
    let decisions = realised.len();
    let least = passes::search(&mut bench, realised, original.stats().steps);
    let unfinished = bench.is_spent();
    let outcome = settled(&mut bench, &least)?;
    let explanation = explain::explain(&mut bench, &outcome);
    let met = bench.met.values().cloned().collect();
    Ok(Some(Shrunk { outcome, decisions, effort: bench.effort, unfinished, explanation, met }))
}

/// What the failing run decided.
fn realised(bench: &mut Bench<'_>, planned: &Planned, original: &Outcome<()>) -> Result<Vec<Choice>, String> {
    if let Some(decided) = original.decided() {
        return Ok(decided.realised());
    }
    let steps = original.stats().steps;
    if steps > LONGEST {
        // Mostly such a run never ends, whatever is decided.
        let empty =
            bench.make(bench.tape(&[]), |simulation| simulation.record(Record::Digest).backtraces(false));
        return if bench.is_wanted(&empty) && empty.digest() == original.digest() {
            Ok(Vec::new())
        } else {
            Err(format!(
                "it was not shrunk: it took {steps} steps, and at most {LONGEST} are looked at; a lower `max_steps` helps"
            ))
        };
    }
    let mut again = bench.make(planned.tape.clone(), |simulation| {
        simulation.record(Record::Digest).backtraces(false).decisions(true)
    });
    if again.digest() != original.digest() {
        return Err(unsteady("a further run of its seed came to another run"));
    }
    Ok(again.take_decided().realised())
}

/// The run of these decisions, recorded, with a tape that repeats it exactly.
fn settled(bench: &mut Bench<'_>, least: &[Choice]) -> Result<Outcome<()>, String> {
    let outcome = bench.make(bench.tape(least), |simulation| simulation.record(Record::All));
    let tape = outcome.tape().clone();
    let again = bench
        .make(tape.clone(), |simulation| simulation.replay(tape).record(Record::Digest).backtraces(false));
    if !bench.is_wanted(&outcome) || again.digest() != outcome.digest() || !bench.is_wanted(&again) {
        return Err(unsteady("two runs of the same decisions came to different ends"));
    }
    Ok(outcome)
}

fn unsteady(what: &str) -> String {
    format!("shrinking was given up: {what}, so something in the test does not follow the seed")
}

impl Outcome<()> {
    /// What a run whose decisions were recorded decided.
    fn take_decided(&mut self) -> Decided {
        self.decided.take().unwrap_or_default()
    }
}
