//! One run of a sweep: made, and made again when it failed or was chosen to be compared.
//!
//! Nothing here knows of other runs, threads or terminals.
//!
//! Rim.

use super::{
    backtrace,
    plan::{Planned, Role},
    rollup::Seen,
    shrink::{Progress, Shrink},
};
use crate::{fresh, outcome::Outcome, simulation::Simulation, trace::RawTrace, world::Sim};
use reenact_sim::{Failure, FailureKind, Line, MainOutput, Profile, Record, Survey};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

/// What to look for when two runs of one seed differ.
const SUSPECTS: &str = "something in the test does not follow the seed; the usual suspects:\n\
    \x20 - the iteration order of a HashMap or HashSet\n\
    \x20 - Instant::now, SystemTime::now\n\
    \x20 - rand::rng, futures::select!, or another generator of its own\n\
    \x20 - a static, a thread-local or a cache that survives a run\n\
    \x20 - another thread";

/// A run of more steps than this is not written down whole: one that ends at the limit of 10 million
/// would fill gigabytes.
const STEPS: u64 = 500_000;

/// What is written down of a run of so many steps, for a report.
pub(crate) fn record(steps: u64) -> Record {
    if steps <= STEPS { Record::All } else { COMPARED }
}

/// What is written down of a run of which nothing is known, to compare it: all events, if there are
/// no more than these. Decisions are not compared.
const COMPARED: Record = Record::Tail(STEPS as usize);

/// What a run came to, as far as the sweep has to know.
pub(crate) enum Verdict {
    /// It did not fail, and this is said of its order.
    Passed(Survey),
    /// It failed, and was not written down: it has to be repeated for that.
    Failed(Box<Failed>),
    /// It failed, and this is what is known of it.
    Found(Box<Outcome<()>>),
}

impl Verdict {
    /// Of a run that was not written down.
    pub(crate) fn of(outcome: &Outcome<()>) -> Self {
        match Failed::of(outcome) {
            Some(failed) => Verdict::Failed(Box::new(failed)),
            None => Verdict::Passed(outcome.watched.survey.unwrap_or_default()),
        }
    }
}

/// A run that failed and was not written down.
pub(crate) struct Failed {
    pub(crate) failure: Failure,
    digest: u64,
}

impl Failed {
    pub(crate) fn of(outcome: &Outcome<()>) -> Option<Self> {
        let failure = outcome.result.as_ref().err()?.clone();
        Some(Failed { failure, digest: outcome.digest() })
    }

    /// Whether another run ended in the same way. Messages are not compared: a set may print its
    /// elements in any order.
    fn is_like(&self, other: &Failed) -> bool {
        let ended = |failed: &Failed| {
            let Failure { kind, location, node, task, at, step, .. } = failed.failure.clone();
            (failed.digest, kind, location, node, task, at, step)
        };
        ended(self) == ended(other)
    }
}

/// Makes one run of the user's test. All that is generic over the test is behind this, so that a
/// crate with many tests compiles the sweep once.
pub(crate) type Make<'a> = &'a (dyn Fn(Simulation) -> Outcome<()> + Sync);

/// The run of a test under these settings.
pub(crate) fn make<F, Fut>(test: &F, simulation: Simulation) -> Outcome<()>
where
    F: Fn(Sim) -> Fut,
    Fut: Future + 'static,
    Fut::Output: MainOutput,
{
    let run = simulation.run(|sim| {
        let main = test(sim);
        async move { main.await.into_result() }
    });
    let mut outcome = run.settle();
    if let Err(failure) = &mut outcome.result {
        failure.backtrace = failure.backtrace.as_deref().and_then(backtrace::of_the_test);
    }
    outcome
}

/// Makes the runs of a sweep on the thread it is called on.
pub(crate) struct Runner<'a> {
    pub(crate) template: &'a Simulation,
    pub(crate) make: Make<'a>,
    /// One run in so many is compared with a second one; 0: none.
    pub(crate) determinism: u64,
    /// How hard a failing run is made small.
    pub(crate) shrink: Shrink,
    /// Hears how far that is.
    pub(crate) progress: Progress<'a>,
    /// What strategies are told of the program, once the run `zero` was made.
    pub(crate) profile: OnceLock<Arc<Profile>>,
    /// What the runs have seen.
    pub(crate) seen: Seen,
}

impl Runner<'_> {
    /// Makes a run. Whatever is wrong with the harness itself is a failure of the run, too.
    pub(crate) fn first(&self, planned: &Planned) -> Verdict {
        let own = matches!(planned.role, Role::Zero | Role::Fifo);
        let compare = self.determinism != 0 && (own || planned.index.is_multiple_of(self.determinism));
        let made = guarded(planned, || {
            if compare {
                return self.twice(planned);
            }
            let outcome = self.make(self.first_time(planned).record(Record::Digest).backtraces(false));
            self.keep_profile(&outcome);
            self.seen.note(planned.index, outcome.stats());
            Verdict::of(&outcome)
        });
        made.unwrap_or_else(Verdict::Found)
    }

    /// Repeats a run that failed and writes it down. If it ends otherwise, that is its failure.
    pub(crate) fn again(&self, planned: &Planned, failed: &Failed) -> Outcome<()> {
        let made = guarded(planned, || {
            let full = self.make(self.simulation(planned).record(record(failed.failure.step)));
            let repeated = Failed::of(&full);
            if repeated.as_ref().is_some_and(|repeated| repeated.is_like(failed)) {
                return full;
            }
            if failed.failure.kind == FailureKind::Nondeterminism {
                // The machine saw the cause itself, and says it better than a comparison can.
                return full.but(failed.failure.clone());
            }
            let third = self.compared_with(planned, &full);
            let difference = differing(&full, &third, ["second run", "third run"]).unwrap_or(Difference {
                sentence:
                    "a second and a third run were alike: look for what is different the first time only"
                        .to_owned(),
                line: None,
            });
            let what = format!(
                "a run of this seed {}; repeated, it {}",
                ending(Some(failed)),
                ending(repeated.as_ref()),
            );
            let failure = difference.failure(&what, &third);
            third.but(failure)
        });
        made.unwrap_or_else(|outcome| *outcome)
    }

    /// Makes a run twice, both times written down, and compares the two.
    fn twice(&self, planned: &Planned) -> Verdict {
        let first = self.make(self.first_time(planned).record(COMPARED));
        self.keep_profile(&first);
        self.seen.note(planned.index, first.stats());
        if let Some(failed) = Failed::of(&first) {
            return Verdict::Failed(Box::new(failed));
        }
        let found = self.compare(planned, &first);
        found.map_or(Verdict::of(&first), |outcome| Verdict::Found(Box::new(outcome)))
    }

    /// Repeats a run and compares it with this first one, which was written down; a difference
    /// makes an outcome of kind [`FailureKind::Nondeterminism`].
    pub(crate) fn compare(&self, planned: &Planned, first: &Outcome<()>) -> Option<Outcome<()>> {
        let second = self.compared_with(planned, first);
        let difference = differing(first, &second, ["first run", "second run"])?;
        if let Err(failure) = &second.result
            && failure.kind == FailureKind::Nondeterminism
        {
            let failure = failure.clone();
            return Some(second.but(failure));
        }
        let failure = difference.failure("two runs of this seed differ", &second);
        Some(second.but(failure))
    }

    /// Repeats a run up to the first event that differs.
    fn compared_with(&self, planned: &Planned, first: &Outcome<()>) -> Outcome<()> {
        let record = first.trace().raw().mode;
        self.make(self.simulation(planned).record(record).expect(first.trace().clone()))
    }

    pub(crate) fn simulation(&self, planned: &Planned) -> Simulation {
        self.template.clone().replay_lenient(planned.tape.clone())
    }

    /// A run of the sweep, of which the order is looked at; `zero` tells strategies of the program.
    fn first_time(&self, planned: &Planned) -> Simulation {
        self.simulation(planned).profiled(planned.role == Role::Zero).surveyed(true)
    }

    fn keep_profile(&self, outcome: &Outcome<()>) {
        if let Some(profile) = &outcome.watched.profile {
            self.profile.get_or_init(|| Arc::new(profile.clone()));
        }
    }

    /// Makes the run `zero` for what it tells strategies alone, where it is not among the runs.
    pub(crate) fn explore(&self, zero: &Planned) {
        if self.profile.get().is_none() {
            let made = guarded(zero, || self.make(self.first_time(zero).backtraces(false)));
            if let Ok(outcome) = made {
                self.keep_profile(&outcome);
            }
        }
    }

    /// A planned run, with what its strategy is told of the program.
    pub(crate) fn told(&self, mut planned: Planned) -> Planned {
        if let Some(profile) = self.profile.get()
            && planned.wants_profile()
        {
            planned.tape = planned.tape.with_profile(profile.clone());
        }
        planned
    }

    pub(crate) fn make(&self, simulation: Simulation) -> Outcome<()> {
        fresh::on_a_fresh_thread(simulation.os_calls(), || (self.make)(simulation))
    }
}

/// Calls `f`; what escapes from it as a panic is an error of the harness, and becomes an outcome.
pub(crate) fn guarded<R>(planned: &Planned, f: impl FnOnce() -> R) -> Result<R, Box<Outcome<()>>> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let said = payload.downcast_ref::<String>().cloned();
        let said = said.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let said = said.unwrap_or_else(|| "a panic whose payload is not text".to_owned());
        let message = format!("reenact itself panicked outside of the run's code: {said}");
        Box::new(Outcome::failed(planned.tape.clone(), Failure::new(FailureKind::Harness, message)))
    })
}

/// How a run ended, in words that differ where two ends do.
fn ending(failed: Option<&Failed>) -> String {
    let Some(Failed { failure, digest }) = failed else { return "passed".to_owned() };
    let Failure { kind, location, at, step, .. } = failure;
    let place = location.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
    format!("failed ({kind}{place}, t={at}, step {step}, digest {digest:016x})")
}

/// Where two runs of one seed part.
struct Difference {
    sentence: String,
    /// The event of the second run, or of the first if the second had ended.
    line: Option<(Line, String, Option<String>)>,
}

impl Difference {
    fn failure(self, what: &str, outcome: &Outcome<()>) -> Failure {
        let message = format!("{what}\n{}\n{SUSPECTS}", self.sentence);
        let mut failure = Failure::new(FailureKind::Nondeterminism, message);
        failure.step = outcome.stats().steps;
        if let Some((line, node, task)) = self.line {
            (failure.at, failure.node, failure.task) = (line.at, Some(node), task);
        }
        failure
    }
}

/// The first difference between two runs that were both written down.
fn differing(a: &Outcome<()>, b: &Outcome<()>, names: [&str; 2]) -> Option<Difference> {
    let (left, right) = (a.trace().raw(), b.trace().raw());
    let number = first_difference(left, right);
    if let Some(number) = number {
        let words = |outcome: &Outcome<()>| match outcome.trace().in_words(number) {
            Some(words) => words,
            None if number < outcome.trace().raw().first => "(not written down)".to_owned(),
            None => "(had ended)".to_owned(),
        };
        let width = names[0].len().max(names[1].len());
        let sentence = format!(
            "event {number} is the first that differs\n  {:width$}  {}\n  {:width$}  {}",
            names[0],
            words(a),
            names[1],
            words(b),
        );
        let line = [right, left].into_iter().find_map(|trace| {
            let line = *trace.get(number)?;
            Some((line, trace.node_name(line.node).to_owned(), trace.task_name(line.task)))
        });
        return Some(Difference { sentence, line });
    }
    let alike = match (Failed::of(a), Failed::of(b)) {
        (Some(a), Some(b)) => a.is_like(&b),
        (None, None) => a.digest() == b.digest(),
        _ => false,
    };
    if alike {
        return None;
    }
    let sentence = "all their recorded events are alike, but not what they came to (the payload of a \
                    message, a draw that led to nothing, or how they failed)";
    Some(Difference { sentence: sentence.to_owned(), line: None })
}

/// The number of the first event that is another, or done by somebody of another name, as far as
/// both runs were written down.
pub(crate) fn first_difference(a: &RawTrace, b: &RawTrace) -> Option<u32> {
    let alike = |x: &Line, y: &Line| {
        x == y && a.node_name(x.node) == b.node_name(y.node) && a.task_name(x.task) == b.task_name(y.task)
    };
    let end = |trace: &RawTrace| trace.first + trace.events.len() as u32;
    let differs = |&number: &u32| match (a.get(number), b.get(number)) {
        (Some(x), Some(y)) => !alike(x, y),
        _ => true,
    };
    (a.first.max(b.first)..end(a).max(end(b))).find(differs)
}
