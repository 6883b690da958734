//! The runs of a sweep, on as many threads as asked for, with the results of one.
//!
//! Rim: threads are started here. Workers take runs in order and make them; what they came to is
//! taken into account strictly in the order of runs, by whichever worker finishes the one that was
//! missing. So a report is the same for every number of threads, and what workers did beyond the
//! last run of the report is thrown away.

use super::{
    failed::Failed,
    finding::Finding,
    fingerprint::Fingerprint,
    one::{Runner, Verdict},
    plan::{Plan, Planned},
    progress::Progress,
    report::{Certificate, Report},
};
use crate::carried::Carried;
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// So many seeds are looked at before a run is made for what it tells their strategies.
const FEW: u64 = 100;

/// Hears which run a worker begins.
pub(crate) type Observer<'a> = &'a (dyn Fn(usize, &Planned) + Sync);

/// Makes the runs of a plan.
pub(crate) fn sweep(
    plan: &Plan,
    runner: &Runner<'_>,
    jobs: usize,
    keep_going: usize,
    observer: Observer<'_>,
) -> Report {
    let sweep = Sweep {
        plan,
        runner,
        keep_going,
        observer,
        next: AtomicU64::new(0),
        last: AtomicU64::new(plan.len().saturating_sub(1)),
        ledger: Mutex::default(),
    };
    if plan.header.strategy.wants_profile() {
        if plan.own == 0 {
            // Of few seeds, none may need it.
            if plan.len() > FEW || (0..plan.len()).any(|index| plan.get(index).wants_profile()) {
                runner.explore(&plan.zero());
            }
        } else {
            // Others wait for what it tells their strategies.
            sweep.take(0);
        }
    }
    let jobs = jobs.min(usize::try_from(plan.len()).unwrap_or(usize::MAX));
    if jobs <= 1 {
        sweep.work(0);
    } else {
        std::thread::scope(|scope| {
            for worker in 1..jobs {
                let (sweep, carried) = (&sweep, Carried::here());
                let thread = std::thread::Builder::new().name(format!("reenact-{worker}"));
                // If there are no more threads to be had, fewer do the same work.
                let _ = thread.spawn_scoped(scope, move || carried.within(|| sweep.work(worker)));
            }
            sweep.work(0);
        });
    }
    let ledger = sweep.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    ledger.report(None)
}

struct Sweep<'a> {
    plan: &'a Plan,
    runner: &'a Runner<'a>,
    keep_going: usize,
    observer: Observer<'a>,
    /// The next run that nobody has taken.
    next: AtomicU64,
    /// The last run that can still matter.
    last: AtomicU64,
    ledger: Mutex<Ledger>,
}

/// What is known, in order.
#[derive(Default)]
pub(crate) struct Ledger {
    /// The first run that is not taken into account.
    pub(crate) next: u64,
    /// What later runs came to.
    early: BTreeMap<u64, Verdict>,
    /// Somebody is taking runs into account, and will see what is put into `early`.
    busy: bool,
    full: bool,
    failed: u64,
    pub(crate) findings: Vec<Finding>,
    progress: Progress,
    known: BTreeMap<Fingerprint, usize>,
}

impl Sweep<'_> {
    fn work(&self, worker: usize) {
        while self.take(worker) {}
    }

    /// Takes the next run and makes it, if there is one.
    fn take(&self, worker: usize) -> bool {
        if !(self.runner.goes_on)() {
            return false;
        }
        let index = self.next.fetch_add(1, Relaxed);
        if index > self.last.load(Relaxed) {
            return false;
        }
        let planned = self.planned(index);
        (self.observer)(worker, &planned);
        let verdict = self.runner.first(&planned);
        if self.keep_going == 1 && !matches!(verdict, Verdict::Passed(_)) {
            self.last.fetch_min(index, Relaxed);
        }
        self.submit(worker, index, verdict);
        true
    }

    fn planned(&self, index: u64) -> Planned {
        self.runner.told(self.plan.get(index))
    }

    /// Takes a run into account, and those that waited for it.
    fn submit(&self, worker: usize, index: u64, verdict: Verdict) {
        let mut ledger = self.ledger();
        ledger.early.insert(index, verdict);
        if ledger.busy {
            return;
        }
        ledger.busy = true;
        while !ledger.full {
            let next = ledger.next;
            let Some(verdict) = ledger.early.remove(&next) else { break };
            if ledger.is_new(&verdict) {
                drop(ledger);
                let finding = self.finding(worker, next, verdict);
                ledger = self.ledger();
                ledger.enter(finding);
                if ledger.findings.len() == self.keep_going {
                    ledger.full = true;
                    self.last.fetch_min(next, Relaxed);
                }
            }
            ledger.next += 1;
            self.runner.seen.settle(ledger.next);
        }
        ledger.busy = false;
    }

    /// Finds out all that is to be known of a failing run.
    fn finding(&self, worker: usize, index: u64, verdict: Verdict) -> Finding {
        let planned = self.planned(index);
        (self.observer)(worker, &planned);
        Finding::of(self.runner, &planned, verdict)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// Counts a run. A failure that is new has to be looked into; of one that is known already the run
    /// need not be repeated.
    pub(crate) fn is_new(&mut self, verdict: &Verdict) -> bool {
        match verdict {
            Verdict::Passed(survey) => {
                self.progress.add(*survey);
                false
            }
            Verdict::Failed(failed) => !self.knows(failed),
            Verdict::Found(_) => true,
        }
    }

    fn knows(&mut self, failed: &Failed) -> bool {
        let known = self.known.get(&Fingerprint::of(&failed.failure));
        if let Some(&known) = known {
            self.failed += 1;
            self.findings[known].occurrences += 1;
        }
        known.is_some()
    }

    pub(crate) fn enter(&mut self, finding: Finding) {
        self.failed += 1;
        let fingerprint = Fingerprint::of(&finding.failure);
        if let Some(&known) = self.known.get(&fingerprint) {
            self.findings[known].occurrences += 1;
            return;
        }
        self.known.insert(fingerprint, self.findings.len());
        self.findings.push(finding);
    }

    pub(crate) fn report(self, certificate: Option<Certificate>) -> Report {
        let Ledger { next, failed, findings, progress, .. } = self;
        Report { runs: next, failed, findings, certificate, progress, ..Report::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::sweep;
    use crate::{
        check::{one::Runner, plan::Plan, report::Report, seeds::SeedSet, shrink::Shrink},
        outcome::Outcome,
        simulation::Simulation,
    };
    use reenact_sim::{Failure, FailureKind, Header, Tape};
    use std::time::Duration;

    fn made(jobs: usize, keep_going: usize, make: impl Fn(u64) -> Outcome<()> + Sync) -> Report {
        let plan = Plan {
            name: String::new(),
            header: Header::default(),
            seeds: SeedSet::Spans(vec![(0, 99)]),
            own: 0,
            shard: crate::env::Shard::WHOLE,
        };
        let make = |simulation: Simulation| make(simulation.header().seed);
        let runner = Runner {
            template: &Simulation::new(0),
            make: &make,
            determinism: 0,
            shrink: Shrink::off(),
            progress: &|_| (),
            profile: Default::default(),
            seen: Default::default(),
            goes_on: &|| true,
        };
        sweep(&plan, &runner, jobs, keep_going, &|_, _| ())
    }

    fn failed(message: &str) -> Outcome<()> {
        Outcome::failed(Tape::zero(), Failure::new(FailureKind::Error, message))
    }

    fn passed() -> Outcome<()> {
        Simulation::new(0).run(|_| async { Ok(()) }).settle()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a run that is slow in real time")]
    fn a_slow_run_is_waited_for_and_faster_ones_behind_it_are_thrown_away() {
        for jobs in [1, 2, 8] {
            let report = made(jobs, 1, |seed| match seed {
                3 => {
                    std::thread::sleep(Duration::from_millis(50));
                    failed("slow")
                }
                4.. => failed("fast"),
                _ => passed(),
            });
            assert_eq!((report.runs(), report.first_failure(), report.failed_runs()), (4, Some(3), 1));
            assert_eq!(report.findings()[0].failure.message, "slow");
        }
    }

    #[test]
    fn a_panic_of_the_harness_is_a_finding_and_no_hang() {
        for jobs in [1, 2, 8] {
            let report = made(jobs, 2, |seed| match seed {
                5 => panic!("a bug of ours"),
                7.. => failed("a bug of the test"),
                _ => passed(),
            });
            let kinds: Vec<_> = report.findings().iter().map(|finding| finding.failure.kind).collect();
            assert_eq!(kinds, [FailureKind::Harness, FailureKind::Error]);
            assert!(report.findings()[0].failure.message.contains("a bug of ours"));
            assert_eq!(report.runs(), 8);
        }
    }

    #[test]
    fn a_known_failure_is_not_repeated() {
        let runs = std::sync::atomic::AtomicU64::new(0);
        let report = made(1, 2, |_| {
            runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            failed("always")
        });
        assert_eq!((report.findings().len(), report.findings()[0].occurrences()), (1, 100));
        assert_eq!(runs.into_inner(), 101);
    }
}
