//! The builder of a sweep.
//!
//! Thin: it keeps settings. Which runs they mean is in `plan`, how they are made in `sweep`, and
//! what `run` does beside is in `run`.
//!
//! Rim.

use super::{
    delay,
    one::{self, Runner},
    report::Report,
    rollup::Seen,
    run,
    seeds::{SeedSet, Seeds},
    settings::Settings,
    shrink::Shrink,
    site::Site,
};
use crate::{faults::Faults, net, os::Os, simulation::Simulation, world::Sim};
use reenact_sim::{MainOutput, Record, Strategy};
use std::{borrow::Cow, panic::Location, sync::OnceLock, time::Duration};

/// A test that is run once for each of many seeds.
///
/// A sweep begins with two runs of its own: `zero`, in which every decision is the simplest one
/// (packets arrive as early as they can, tasks take turns in the order in which they were woken),
/// and `fifo`, in which only the order of tasks is that simple. Then come its seeds, in order. The
/// same sweep makes the same runs on every machine and for every number of threads.
///
/// ```
/// use reenact::{Check, FailureKind, draw};
///
/// let report = Check::new("a die never shows six").seeds(100).report(|_sim| async {
///     assert_ne!(draw::range(1..7), 6, "six");
/// });
/// let finding = &report.findings()[0];
/// assert_eq!(finding.failure.kind, FailureKind::Panic);
/// assert!(finding.failure.message.contains("six"));
/// assert_eq!(report.first_failure(), Some(finding.index()));
/// ```
///
/// The test is a closure from the simulation to a future that returns `()`, `Result<(), E>` with `E:
/// Debug`, or `!`. An `Err` fails its run, as a panic does. The closure is called once for each run,
/// on the thread that makes it; the future stays on that thread, so it need not be `Send`.
#[derive(Clone, Debug)]
#[must_use = "a check does nothing until `run` or `report` is called"]
pub struct Check {
    settings: Settings,
}

impl Check {
    /// A sweep over 256 seeds that are derived from this name, on one thread, up to the first run
    /// that fails; one run in 20 is run twice and compared. Single runs are as in
    /// [`Simulation::new`], but leave no trace unless they fail.
    ///
    /// ```
    /// use reenact::Check;
    ///
    /// let report = Check::new("nothing is wrong").report(|_sim| async {});
    /// assert_eq!(report.runs(), 2 + 256);
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        let template = Simulation::new(0).name(name).record(Record::Digest).strategy(Strategy::Portfolio);
        let seeds = SeedSet::DEFAULT;
        Check {
            settings: Settings {
                template,
                seeds,
                jobs: 1,
                determinism: 20,
                shrink: Shrink::default(),
                keep_going: 1,
                reaches: Vec::new(),
                site: None,
            },
        }
    }

    /// Which seeds to run: a count of seeds that are derived from the name, a range of seeds, or a
    /// list of them.
    ///
    /// ```
    /// use reenact::Check;
    /// let check = Check::new("seeds");
    /// assert_eq!(check.clone().seeds(3).report(|_| async {}).runs(), 2 + 3);
    /// assert_eq!(check.clone().seeds(0..1000).report(|_| async {}).runs(), 2 + 1000);
    /// assert_eq!(check.seeds([7, 0xff]).report(|_| async {}).runs(), 2 + 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn seeds(mut self, seeds: impl Seeds) -> Self {
        self.settings.seeds = seeds.into_set();
        assert!(
            self.settings.seeds.len() > 0,
            "a sweep over no seeds checks nothing: give `seeds` a count of at least 1, a range that is not empty, or a list that is not empty"
        );
        self
    }

    /// On how many threads runs are made, 1 unless set here. The report does not depend on it. With
    /// one, all runs are made on the calling thread, unless they need a new one: see [`Check::os`].
    ///
    /// ```
    /// use reenact::{Check, draw};
    ///
    /// let seed_that_fails = |jobs| {
    ///     let check = Check::new("jobs").jobs(jobs);
    ///     check.report(|_sim| async { assert_ne!(draw::below(20), 7) }).findings()[0].seed
    /// };
    /// assert_eq!(seed_that_fails(1), seed_that_fails(2));
    /// ```
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn jobs(mut self, jobs: usize) -> Self {
        assert!(jobs > 0, "a sweep on no threads makes no run: give `jobs` a number of at least 1");
        self.settings.jobs = jobs;
        self
    }

    /// How the scheduler picks among ready tasks, in the runs of seeds: `zero` and `fifo` have an
    /// order of their own.
    ///
    /// ```
    /// use reenact::{Check, Strategy};
    ///
    /// // Races between tasks are not looked for here, only the network's.
    /// let report = Check::new("in order").strategy(Strategy::Fifo).report(|_sim| async {});
    /// assert!(report.passed());
    /// ```
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.settings.template = self.settings.template.strategy(strategy);
        self
    }

    /// How the network behaves, in all runs.
    ///
    /// ```
    /// use reenact::{Check, net::{Config, TcpStream}};
    /// use std::io::ErrorKind;
    ///
    /// let check = Check::new("bad weather").net(Config::lossy()).seeds(20);
    /// let report = check.report(|sim| async move {
    ///     sim.node("db");
    ///     let refused = TcpStream::connect("db:5432").await.unwrap_err();
    ///     assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "however often it is sent again");
    /// });
    /// assert!(report.passed());
    /// ```
    pub fn net(mut self, config: net::Config) -> Self {
        self.settings.template = self.settings.template.net(config);
        self
    }

    /// What becomes of calls to the operating system that are made below Rust, in all runs:
    /// [`Os::Warn`] unless set here.
    ///
    /// Where such calls are overridden, a run is made on a thread on which nothing was drawn from the
    /// operating system's randomness yet: on a new one, if something was. What a library seeds once a
    /// thread (the keys of hash maps, `rand::rng`) is then drawn from the run's seed.
    ///
    /// ```
    /// use reenact::{Check, Os, trace};
    /// use std::collections::HashSet;
    ///
    /// let check = Check::new("a set in any order").determinism(1).seeds(10);
    /// let report = |os| check.clone().os(os).report(|_sim| async {
    ///     let order: Vec<u32> = (0..100).collect::<HashSet<_>>().into_iter().collect();
    ///     trace::mark("order", format!("{order:?}"));
    ///     reenact::clock::sleep(std::time::Duration::from_millis(order[0].into())).await;
    /// });
    /// assert!(!report(Os::Off).passed(), "two runs of a seed differ");
    /// assert_eq!(report(Os::Warn).passed(), Os::SUPPORTED);
    /// ```
    pub fn os(mut self, os: Os) -> Self {
        self.settings.template = self.settings.template.os(os);
        self
    }

    /// What may go wrong, in all runs, from their beginning on; nothing unless set here.
    ///
    /// ```
    /// use reenact::{Check, FaultKind, Faults, clock};
    /// use std::time::Duration;
    ///
    /// let check = Check::new("it goes on").faults(Faults::swarm().tolerate(1)).seeds(50);
    /// let report = check.report(|sim| async move {
    ///     sim.node("db").start(std::future::pending::<()>);
    ///     clock::sleep(Duration::from_secs(30)).await;
    /// });
    /// assert!(report.passed());
    /// assert!(report.effect(FaultKind::Crash).unwrap().effective > 0);
    /// ```
    pub fn faults(mut self, faults: Faults) -> Self {
        self.settings.template = self.settings.template.faults(faults);
        self
    }

    /// When a run fails as [`StepLimit`](crate::FailureKind::StepLimit); see
    /// [`Simulation::max_steps`].
    pub fn max_steps(mut self, steps: u64) -> Self {
        self.settings.template = self.settings.template.max_steps(steps);
        self
    }

    /// When a run fails as [`TimeLimit`](crate::FailureKind::TimeLimit); see
    /// [`Simulation::max_virtual`].
    pub fn max_virtual(mut self, limit: Duration) -> Self {
        self.settings.template = self.settings.template.max_virtual(limit);
        self
    }

    /// One run in `n` is run twice, both times recorded in full, and the two are compared event by
    /// event; so are the first two runs of the sweep. A difference is a finding of kind
    /// [`Nondeterminism`](crate::FailureKind::Nondeterminism) that names the first event that
    /// differs. With 0 no run that passes is run twice; one that fails always is, to be recorded.
    ///
    /// ```
    /// use reenact::{Check, FailureKind, clock};
    /// use std::{sync::atomic::{AtomicU64, Ordering}, time::Duration};
    ///
    /// // It outlives a run, so the second run of a seed finds another number in it.
    /// static RUNS: AtomicU64 = AtomicU64::new(1);
    /// let report = Check::new("counts its runs").determinism(1).report(|_sim| async {
    ///     let millis = RUNS.fetch_add(1, Ordering::Relaxed);
    ///     clock::sleep(Duration::from_millis(millis)).await;
    /// });
    /// assert_eq!(report.findings()[0].failure.kind, FailureKind::Nondeterminism);
    /// ```
    pub fn determinism(mut self, n: u64) -> Self {
        self.settings.determinism = n;
        self
    }

    /// How hard a run that fails is made small: [`Shrink::default`] unless set here.
    ///
    /// ```
    /// use reenact::{Check, Shrink, draw};
    ///
    /// let check = Check::new("no sevens").shrink(Shrink::default().runs(100));
    /// let report = check.report(|_sim| async { assert_ne!(draw::below(10), 7) });
    /// assert!(report.findings()[0].shrink_runs() < 120, "some are made to explain what is left");
    /// ```
    pub fn shrink(mut self, shrink: Shrink) -> Self {
        self.settings.shrink = shrink;
        self
    }

    /// Goes on after a run that fails, until `findings` distinct failures are found or all runs are
    /// made. Two failures are one finding if they are of one kind, on nodes whose names differ in
    /// their numbers only, and panicked in the same place (else: say the same apart from numbers).
    ///
    /// ```
    /// use reenact::{Check, draw};
    ///
    /// let report = Check::new("two bugs").keep_going(5).report(|_sim| async {
    ///     match draw::below(3) {
    ///         0 => Ok(()),
    ///         1 => Err("the first"),
    ///         _ => Err("the second"),
    ///     }
    /// });
    /// assert_eq!(report.findings().len(), 2);
    /// assert_eq!(report.runs(), 2 + 256);
    /// ```
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn keep_going(mut self, findings: usize) -> Self {
        assert!(
            findings > 0,
            "a sweep that may find nothing checks nothing: give `keep_going` a number of at least 1"
        );
        self.settings.keep_going = findings;
        self
    }

    /// Names of [`sometimes!`](crate::sometimes), [`reachable!`](crate::reachable) and of other
    /// assertions that some run is to come by. Those that none does are in [`Report::never`].
    ///
    /// ```
    /// use reenact::Check;
    ///
    /// let report = Check::new("names").reaches(["a leader is elected twice"]).report(|_sim| async {});
    /// assert_eq!(report.never(), ["reachable `a leader is elected twice`"]);
    /// ```
    pub fn reaches<N: Into<Cow<'static, str>>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.settings.reaches.extend(names.into_iter().map(Into::into));
        self
    }

    /// Makes the runs and returns what they came to. It reads no environment, prints nothing and
    /// writes no files: for tools, and for tests of tests.
    ///
    /// ```
    /// use reenact::{Check, draw};
    ///
    /// let report = Check::new("a coin").report(|_sim| async {
    ///     if draw::bool() { Err("tails") } else { Ok(()) }
    /// });
    /// assert!(report.findings()[0].failure.message.contains("tails"));
    /// ```
    ///
    /// # Panics
    ///
    /// Inside a simulation. What goes wrong in the runs is in the report.
    #[track_caller]
    pub fn report<F, Fut>(self, test: F) -> Report
    where
        F: Fn(Sim) -> Fut + Send + Sync,
        Fut: Future + 'static,
        Fut::Output: MainOutput,
    {
        refuse_inside_a_run("Check::report");
        let Settings { template, .. } = &self.settings;
        let template = template.clone().site(Location::caller());
        let make = |simulation: Simulation| one::make(&test, simulation);
        let Settings { determinism, shrink, .. } = self.settings;
        let progress = &|_: &_| ();
        let runner = Runner {
            template: &template,
            make: &make,
            determinism,
            shrink,
            progress,
            profile: OnceLock::new(),
            seen: Seen::default(),
            goes_on: &|| true,
        };
        delay::runs(&self.settings, &self.settings.plan(), &runner, &|_, _| ())
    }

    /// Makes the runs, and panics with a report if one of them fails.
    ///
    /// Variables of the environment go before what the builder says: `REENACT_SEED` (a seed, a list
    /// such as `1,5-10`, or `fresh`: only these are run), `REENACT_SEEDS` (a count), `REENACT_REPLAY`
    /// (the token of a report, or `@` and a file: only that run is made; `2:` before it means the second
    /// check of a function that runs several), `REENACT_JOBS`,
    /// `REENACT_FOR` (goes on with further seeds for so long: `30s`, `5m`), `REENACT_SHARD` (`2/4`: only the second
    /// quarter of the seeds), `REENACT_TRACE` (a file for the trace of the one run that is asked for,
    /// of one test: each check that runs replaces it),
    /// `REENACT_REPORT` (a file to which results are appended for programs, see `docs/results.md`),
    /// `REENACT_DETERMINISM`, `REENACT_SHRINK` (`off`, or a number of runs), `REENACT_ARTIFACTS` (a
    /// directory for what a failure leaves, else `reenact` in cargo's target directory). While it runs,
    /// it keeps a file `reenact/in-flight/….txt` there that names the runs being made, in case the
    /// process is killed.
    ///
    /// Made by `#[reenact::test]`, it also records a failure in a file beside the test, whose runs are
    /// made first from then on: `REENACT_REGRESSIONS` is `run`, `only` (nothing else), `skip`, or
    /// `update` (records stale ones anew, removes those that pass). Where `CI` is set, nothing is
    /// written into the source tree.
    ///
    /// ```should_panic
    /// reenact::Check::new("sums").seeds(100).run(|_sim| async {
    ///     assert_eq!(reenact::draw::below(100) + 1, 1);
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// If a run fails, with the report; for a variable `REENACT_…` that is unknown or cannot be read;
    /// for a token of another test; inside a simulation.
    #[track_caller]
    pub fn run<F, Fut>(self, test: F)
    where
        F: Fn(Sim) -> Fut + Send + Sync,
        Fut: Future + 'static,
        Fut::Output: MainOutput,
    {
        refuse_inside_a_run("Check::run");
        run::run(&self.settings, &|simulation| one::make(&test, simulation));
    }

    pub(crate) fn at(mut self, site: Site) -> Self {
        self.settings.site = Some(site);
        self
    }
}

#[track_caller]
fn refuse_inside_a_run(what: &str) {
    assert!(
        reenact_sim::try_with(|_| ()).is_none(),
        "`{what}` was called inside a simulation: a run cannot make other runs; call it from an ordinary test or from `main`"
    );
}
