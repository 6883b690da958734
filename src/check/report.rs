//! What a sweep came to, as data.
//!
//! Pure. How it is printed when it failed is in `block`.

use super::{
    finding::Finding,
    numbers::grouped,
    plan::Role,
    progress::Progress,
    rollup::{self, Assertion, Fault},
};
use reenact_sim::{Effect, FaultKind};
use std::fmt;

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
#[derive(Debug, Default)]
pub struct Report {
    pub(crate) runs: u64,
    pub(crate) failed: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) progress: Progress,
    pub(crate) assertions: Vec<Assertion>,
    pub(crate) faults: Vec<Fault>,
}

/// What a search of orders under [`Strategy::Delay`](crate::Strategy::Delay) can say it has seen.
///
/// ```
/// use reenact::{Check, Strategy, clock, yield_now};
/// use std::time::Duration;
///
/// // Two tasks of two turns each: six orders.
/// let check = Check::new("two chains").strategy(Strategy::Delay { budget: 100 });
/// let report = check.report(|_sim| async {
///     for _ in 0..2 {
///         reenact::spawn(yield_now());
///     }
///     clock::sleep(Duration::from_secs(1)).await;
/// });
/// let certificate = report.certificate().unwrap();
/// assert!(certificate.is_complete());
/// assert_eq!(certificate.to_string(), "complete: all orders of tasks, 6 runs");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    pub(crate) up_to: Option<u64>,
    pub(crate) runs: u64,
    pub(crate) all: bool,
}

impl Certificate {
    /// All orders with at most so many delays were run; `None` if not even the one without was.
    pub fn up_to(&self) -> Option<u64> {
        self.up_to
    }

    /// Whether there is no order that was not run, of whatever number of delays.
    pub fn is_complete(&self) -> bool {
        self.all
    }

    /// How many orders were run.
    pub fn runs(&self) -> u64 {
        self.runs
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = match self.runs {
            1 => "1 run".to_owned(),
            runs => format!("{} runs", grouped(runs)),
        };
        match self.up_to {
            _ if self.all => write!(f, "complete: all orders of tasks, {runs}"),
            Some(1) => write!(f, "complete up to 1 deviation, {runs}"),
            Some(deviations) => write!(f, "complete up to {deviations} deviations, {runs}"),
            None => write!(f, "not complete, {runs}"),
        }
    }
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

    /// The distinct failures, in the order of their first runs. They share what is large, so that
    /// asking again costs little.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }

    /// What the search has seen, under [`Strategy::Delay`](crate::Strategy::Delay).
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// How much of the program the runs have seen that passed.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The assertions and invariants that the runs came by, and those of
    /// [`Check::reaches`](crate::Check::reaches) that they did not.
    pub fn assertions(&self) -> &[Assertion] {
        &self.assertions
    }

    /// What was to hold at least once, or a place that was to be reached, and never did or was, in words.
    /// It is also said by the report's text, and by a [`Check::run`](crate::Check::run) that passes.
    pub fn never(&self) -> Vec<String> {
        rollup::never(&self.assertions)
    }

    /// The kinds of faults that were on, in how many runs, and what they came to.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What a kind of fault came to in all runs, if it was on in one.
    pub fn effect(&self, kind: FaultKind) -> Option<Effect> {
        self.faults.iter().find(|fault| fault.kind() == kind).map(Fault::effect)
    }

    /// Kinds of faults that were on and had no effect in the whole sweep, with what may be the reason, in
    /// words. It is also said by the report's text, and by a [`Check::run`](crate::Check::run) that passes.
    pub fn vacuous(&self) -> Vec<String> {
        rollup::vain(&self.faults)
    }

    /// What the sweep did not come to, in sentences.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut missing = self.vacuous();
        let never = self.never();
        if !never.is_empty() {
            missing.insert(0, format!("never in {} runs: {}", grouped(self.runs), never.join(", ")));
        }
        missing
    }

    /// Whether no run failed.
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome(f)?;
        self.missing().iter().try_for_each(|missing| write!(f, "; {missing}"))
    }
}

impl Report {
    /// How many runs, and whether they passed.
    fn outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { runs, failed, findings, certificate, .. } = self;
        let s = |n: u64| if n == 1 { "" } else { "s" };
        write!(f, "{runs} run{}, ", s(*runs))?;
        let Some(first) = findings.first() else {
            f.write_str("all passed")?;
            return certificate.as_ref().map_or(Ok(()), |certificate| write!(f, " ({certificate})"));
        };
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
