//! One run of a sweep: made, and made again when it failed or was chosen to be compared.
//!
//! Nothing here knows of other runs, threads or terminals.
//!
//! Rim.

use super::{
    backtrace,
    divergence::{Difference, differing, first_difference, first_other_decision},
    failed::{Failed, ending},
    plan::{Planned, Role},
    rollup::Seen,
    shrink::{Progress, Shrink},
    suspects::{Facts, Shape},
};
use crate::{below, fresh, os::Os, outcome::Outcome, simulation::Simulation, world::Sim};
use reenact_sim::{Failure, FailureKind, MainOutput, Profile, Record, Survey};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

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
    /// Whether there is time for another run.
    pub(crate) goes_on: &'a (dyn Fn() -> bool + Sync),
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
            let difference = differing(&full, &third, ["second run", "third run"]);
            let settled = Some(difference.is_none());
            let difference = difference.unwrap_or_else(Difference::the_first_time_only);
            let what = format!(
                "a run of this seed {}; repeated, it {}",
                ending(Some(failed)),
                ending(repeated.as_ref()),
            );
            let facts = self.facts(difference.shape(), settled, [&full, &third]);
            let failure = difference.failure(&what, &facts, &third);
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
        // What a third one is like says whether the first alone is another.
        let third = self.compared_with(planned, first);
        let like_the_second = match first_difference(second.trace().raw(), third.trace().raw()) {
            None => second.digest() == third.digest(),
            Some(_) => false,
        };
        let facts = self.facts(difference.shape(), Some(like_the_second), [first, &second]);
        let unseen = difference.shape() == Shape::Unseen;
        let difference = match unseen.then(|| self.other_decision(planned, first.stats().steps)).flatten() {
            Some(decision) => difference.and(&decision),
            None => difference,
        };
        let failure = difference.failure("two runs of this seed differ", &facts, &second);
        Some(second.but(failure))
    }

    fn facts(&self, shape: Shape, settled: Option<bool>, runs: [&Outcome<()>; 2]) -> Facts {
        let escaped = runs.iter().find_map(|run| run.watched.escaped.clone());
        let os = self.template.os_calls();
        let missing = if os == Os::Off { None } else { below::missing() };
        let unseeded = below::unseeded(os);
        Facts { shape, os, missing, unseeded, escaped, settled }
    }

    /// The first decision in which two further runs differ, in words.
    fn other_decision(&self, planned: &Planned, steps: u64) -> Option<String> {
        if steps > STEPS {
            return None;
        }
        let recorded = || self.make(self.simulation(planned).record(Record::All));
        first_other_decision(&recorded(), &recorded(), ["one run", "another"])
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
        fresh::on_a_fresh_thread(simulation.os_calls(), || (self.make)(simulation.with_generators()))
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
