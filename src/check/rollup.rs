//! What the runs of a sweep have seen, added up: assertions, invariants, faults.
//!
//! Pure, behind one lock: runs are made in any order, and those that the report does not count are
//! thrown away, so each is kept until it is known to count.

use reenact_sim::{Claim, Claims, Effect, Effects, FaultKind, Stats, Tally};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What became of one claim in the runs of a sweep.
///
/// ```
/// use reenact::{Check, Claim, draw};
///
/// let report = Check::new("dice").seeds(100).report(|_sim| async {
///     reenact::always!(draw::range(1..=6) < 7, "a die has six sides");
/// });
/// let seen = &report.assertions()[0];
/// assert_eq!((seen.claim(), seen.name()), (Claim::Always, "a die has six sides"));
/// assert_eq!((seen.runs(), seen.held(), seen.failed()), (102, 102, 0));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assertion {
    claim: Claim,
    name: String,
    runs: u64,
    tally: Tally,
}

impl Assertion {
    /// What kind of claim it is.
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many runs came by.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How often it held.
    pub fn held(&self) -> u64 {
        self.tally.held
    }

    /// How often it did not.
    pub fn failed(&self) -> u64 {
        self.tally.failed
    }

    /// Whether it was to hold at least once and never did.
    fn never_held(&self) -> bool {
        matches!(self.claim, Claim::Sometimes | Claim::Reachable) && self.tally.held == 0
    }
}

/// What became of one kind of fault in the runs of a sweep.
///
/// ```
/// use reenact::{Check, FaultKind, Faults, clock};
/// use std::time::Duration;
///
/// // One node of one: by default none may be down, since that is no minority.
/// let check = Check::new("alone").faults(Faults::only([FaultKind::Crash])).seeds(30);
/// let report = check.report(|sim| async move {
///     sim.node("db").start(std::future::pending::<()>);
///     clock::sleep(Duration::from_secs(60)).await;
/// });
/// let seen = &report.faults()[0];
/// assert!(seen.runs() > 5 && seen.effect().scheduled > 0);
/// assert_eq!(seen.effect().applied, 0);
/// assert!(report.to_string().contains("crash faults: on in "), "{report}");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    kind: FaultKind,
    runs: u64,
    effect: Effect,
}

impl Fault {
    /// The kind of fault.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// In how many runs it was on.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// What it came to in all of them.
    pub fn effect(&self) -> Effect {
        self.effect
    }
}

/// What so many runs have seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rollup {
    claims: BTreeMap<(Claim, String), (u64, Tally)>,
    faults: BTreeMap<FaultKind, (u64, Effect)>,
}

impl Rollup {
    fn add(&mut self, (claims, faults): &Noted) {
        for (kind, seen) in faults.iter() {
            let (runs, effect) = self.faults.entry(kind).or_default();
            *runs += 1;
            effect.scheduled += seen.scheduled;
            effect.applied += seen.applied;
            effect.effective += seen.effective;
        }
        for (claim, name, seen) in claims.iter() {
            let (runs, tally) = self.claims.entry((claim, name.to_owned())).or_default();
            *runs += 1;
            tally.held += seen.held;
            tally.failed += seen.failed;
        }
    }

    /// The kinds of faults that were on.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        self.faults.iter().map(|(&kind, &(runs, effect))| Fault { kind, runs, effect }).collect()
    }

    /// The claims, with those places that were to be reached and are not known.
    pub(crate) fn assertions(&self, reaches: &[Cow<'static, str>]) -> Vec<Assertion> {
        let known = self.claims.iter().map(|((claim, name), &(runs, tally))| Assertion {
            claim: *claim,
            name: name.clone(),
            runs,
            tally,
        });
        let mut assertions: Vec<Assertion> = known.collect();
        for name in reaches {
            if !assertions.iter().any(|known| known.name == **name) {
                let (claim, name, tally) = (Claim::Reachable, name.to_string(), Tally::default());
                assertions.push(Assertion { claim, name, runs: 0, tally });
            }
        }
        assertions
    }
}

/// Those that were to hold at least once and never did, in words.
pub(crate) fn never(assertions: &[Assertion]) -> Vec<String> {
    let never = assertions.iter().filter(|assertion| assertion.never_held());
    never.map(|assertion| format!("{} `{}`", assertion.claim, assertion.name)).collect()
}

/// Kinds of faults that were on and had no effect, in words.
pub(crate) fn vain(faults: &[Fault]) -> Vec<String> {
    let vain = faults.iter().filter(|fault| fault.effect.effective == 0);
    vain.map(|&Fault { kind, runs, effect: Effect { scheduled, applied, .. } }| {
        let s = if runs == 1 { "" } else { "s" };
        let why = match (scheduled, applied) {
            (0, _) => "and none came: make the runs longer, or more of them".to_owned(),
            (n, 0) => format!("{n} came, and none was possible or within `Faults::tolerate`"),
            (_, n) => format!("{n} were done, and nobody could notice"),
        };
        format!("{kind} faults: on in {runs} run{s}, {why}")
    })
    .collect()
}

/// What is kept of a run.
type Noted = (Claims, Effects);

/// What the runs have seen, while they are being made.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<(Rollup, BTreeMap<u64, Noted>)>);

impl Seen {
    /// Keeps what a run has seen.
    pub(crate) fn note(&self, index: u64, stats: &Stats) {
        if !(stats.claims.is_empty() && stats.faults.is_empty()) {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.1.insert(index, (stats.claims.clone(), stats.faults.clone()));
        }
    }

    /// All runs below `index` count.
    pub(crate) fn settle(&self, index: u64) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (rollup, waiting) = &mut *seen;
        while let Some(first) = waiting.first_entry().filter(|first| *first.key() < index) {
            rollup.add(&first.remove());
        }
    }

    /// What the runs have seen that count.
    pub(crate) fn rolled_up(&self) -> Rollup {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}
