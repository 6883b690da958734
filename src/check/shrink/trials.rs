//! The runs that shrinking makes: counted, and told apart by how they end.
//!
//! Rim: it calls the user's test. What is tried is up to `passes`.

use super::config::Shrink;
use crate::{
    check::{
        fingerprint::Fingerprint,
        one::{Runner, guarded},
        plan::Planned,
    },
    outcome::Outcome,
    simulation::Simulation,
};
use reenact_sim::{Choice, Decided, Failure, FailureKind, Header, Record, Tape, hash_combine};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A run that was tried.
pub(crate) struct Trial {
    /// Whether it failed in the way that is looked for.
    pub(super) same: bool,
    pub(super) decided: Decided,
    pub(super) steps: u64,
}

/// Tries tapes.
pub(super) trait Trials {
    /// The run of these decisions, every other one being the simplest. `None` if they were tried
    /// before, or nothing more may be tried.
    fn run(&mut self, decisions: &[Choice]) -> Option<Trial>;

    /// The same, also if they were tried before: for what else that run was asked.
    fn look(&mut self, decisions: &[Choice]) -> Option<Trial>;

    /// Whether nothing more may be tried.
    fn is_spent(&mut self) -> bool;
}

/// Another failure that was met, and the run that led to it.
pub(crate) type Met = (Failure, Tape);

/// How many of them are kept.
const MET: usize = 5;

/// Hears how far it is.
pub(crate) type Progress<'a> = &'a (dyn Fn(&Effort) + Sync);

/// What has been done so far.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Effort {
    pub(crate) runs: u64,
    pub(crate) steps: u64,
    pub(crate) elapsed: Duration,
    /// Real time was up before the budget was.
    pub(crate) cut_short: bool,
}

/// The bench on which one failing run is made small.
pub(crate) struct Bench<'a> {
    runner: &'a Runner<'a>,
    planned: &'a Planned,
    config: Shrink,
    /// What all tapes have in common.
    header: Header,
    wanted: Fingerprint,
    /// A run that takes more steps than this is on another way.
    most_steps: u64,
    tried: BTreeSet<u64>,
    watch: Box<dyn Fn() -> Duration + 'a>,
    pub(super) effort: Effort,
    pub(super) met: BTreeMap<Fingerprint, Met>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        runner: &'a Runner<'a>,
        planned: &'a Planned,
        original: &Outcome<()>,
        failure: &Failure,
    ) -> Self {
        let header = Header { base: reenact_sim::Base::Zero, ..original.tape().header };
        let limit = runner.template.step_limit();
        let most_steps = match failure.kind {
            FailureKind::StepLimit => limit,
            _ => failure.step.saturating_mul(2).saturating_add(1_000).min(limit),
        };
        Bench {
            runner,
            planned,
            config: runner.shrink,
            header,
            wanted: Fingerprint::of(failure),
            most_steps,
            tried: BTreeSet::new(),
            watch: Box::new(crate::env::stopwatch()),
            effort: Effort::default(),
            met: BTreeMap::new(),
        }
    }

    /// The tape of these decisions.
    pub(super) fn tape(&self, decisions: &[Choice]) -> Tape {
        let entries = decisions.iter().map(|choice| (choice.stream, choice.seq, choice.entry));
        Tape::new(Header { digest: 0, steps: 0, ..self.header }, entries)
    }

    /// Whether a run failed in the way that is looked for.
    pub(super) fn is_wanted(&self, outcome: &Outcome<()>) -> bool {
        outcome.result.as_ref().is_err_and(|failure| Fingerprint::of(failure) == self.wanted)
    }

    /// Makes a run of a tape, counted, and with as much written down as asked for.
    pub(super) fn make(&mut self, tape: Tape, record: impl FnOnce(Simulation) -> Simulation) -> Outcome<()> {
        let made = guarded(self.planned, || {
            let simulation = self.runner.template.clone().replay_lenient(tape).max_steps(self.most_steps);
            self.runner.make(record(simulation))
        });
        let outcome = made.unwrap_or_else(|outcome| *outcome);
        self.effort.runs += 1;
        self.effort.steps += outcome.stats().steps;
        self.effort.elapsed = (self.watch)();
        (self.runner.progress)(&self.effort);
        outcome
    }

    fn meet(&mut self, outcome: &Outcome<()>) {
        let Err(failure) = &outcome.result else { return };
        // A run that was cut off because it took too long came to nothing that anybody saw.
        let cut =
            failure.kind == FailureKind::StepLimit && self.most_steps < self.runner.template.step_limit();
        if !cut && self.met.len() < MET {
            let met = || (failure.clone(), outcome.tape().clone());
            self.met.entry(Fingerprint::of(failure)).or_insert_with(met);
        }
    }
}

impl Trials for Bench<'_> {
    fn run(&mut self, decisions: &[Choice]) -> Option<Trial> {
        if self.tried.insert(identity(decisions)) { self.look(decisions) } else { None }
    }

    fn look(&mut self, decisions: &[Choice]) -> Option<Trial> {
        if self.is_spent() {
            return None;
        }
        let tape = self.tape(decisions);
        let mut outcome =
            self.make(tape, |simulation| simulation.record(Record::Digest).backtraces(false).decisions(true));
        let same = self.is_wanted(&outcome);
        if !same {
            self.meet(&outcome);
        }
        Some(Trial { same, steps: outcome.stats().steps, decided: outcome.take_decided() })
    }

    fn is_spent(&mut self) -> bool {
        let Effort { runs, steps, elapsed, .. } = self.effort;
        self.effort.cut_short |= self.config.wall.is_some_and(|limit| elapsed >= limit);
        self.effort.cut_short || runs >= self.config.runs || steps >= self.config.steps
    }
}

/// A hash of what is decided, in whatever order it is listed.
fn identity(decisions: &[Choice]) -> u64 {
    let one = |choice: &Choice| {
        let place = hash_combine(choice.stream.0, u64::from(choice.seq));
        hash_combine(place, choice.entry.value)
    };
    decisions.iter().fold(decisions.len() as u64, |sum, choice| sum.wrapping_add(one(choice)))
}
