//! Sweeps of one program, and what they came to.

use crate::programs::{Program, Version};
use reenact::{Check, Failure, Shrink, Strategy};
use std::{thread::available_parallelism, time::Duration};

/// What is swept.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) program: &'static Program,
    pub(crate) version: Version,
    pub(crate) size: usize,
    pub(crate) strategy: Strategy,
    /// At most so many seeds.
    pub(crate) seeds: u64,
}

/// What a sweep of one program came to.
pub(crate) struct Sweep {
    /// How many seeds it ran, the one that failed included: its own two runs, on the empty tape and in
    /// first-in-first-out order, are for what needs no search.
    pub(crate) runs: u64,
    pub(crate) time: Duration,
    pub(crate) found: Option<Found>,
}

pub(crate) struct Found {
    pub(crate) failure: Failure,
    /// How many decisions are left, after how many runs and how long; if it was shrunk.
    pub(crate) shrunk: Option<Shrunk>,
}

#[derive(Clone, Copy)]
pub(crate) struct Shrunk {
    pub(crate) left: usize,
    pub(crate) runs: u64,
    pub(crate) time: Duration,
}

impl Subject {
    /// The sweep of this number: each has other seeds.
    #[expect(clippy::disallowed_methods, reason = "it is measured how long runs take")]
    pub(crate) fn sweep(self, number: u64, shrink: bool) -> Sweep {
        let Subject { program, version, size, strategy, seeds } = self;
        let check = Check::new(format!("{}/{size}/{number}", program.name)).strategy(strategy);
        // A sweep is timed on one thread, so that times can be compared.
        let all = check.clone().seeds(seeds).shrink(Shrink::off()).determinism(0);
        let begin = std::time::Instant::now();
        let report = all.report(move |sim| program.run(sim, version, size));
        let time = begin.elapsed();
        let findings = report.findings();
        let found = findings.first().map(|first| {
            let shrunk = shrink.then(|| {
                let begin = std::time::Instant::now();
                let again = check.seeds([first.seed]).report(move |sim| program.run(sim, version, size));
                let time = begin.elapsed();
                let again = again.findings();
                let shrunk = again.first().unwrap_or(first);
                Shrunk { left: shrunk.tape().len(), runs: shrunk.shrink_runs(), time }
            });
            Found { failure: first.failure.clone(), shrunk }
        });
        Sweep { runs: report.runs().saturating_sub(2), time, found }
    }

    /// So many sweeps, on all cores; the first so many failures are shrunk.
    pub(crate) fn sweeps(self, count: u64, shrunk: u64) -> Vec<Sweep> {
        let cores = available_parallelism().map_or(1, |cores| cores.get() as u64);
        let mut sweeps: Vec<(u64, Sweep)> = std::thread::scope(|scope| {
            let work = |core| {
                move || -> Vec<(u64, Sweep)> {
                    let numbers = (core..count).step_by(cores as usize);
                    numbers.map(|number| (number, self.sweep(number, number < shrunk))).collect()
                }
            };
            let workers: Vec<_> = (0..cores).map(|core| scope.spawn(work(core))).collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("a sweep does not panic")).collect()
        });
        sweeps.sort_by_key(|(number, _)| *number);
        sweeps.into_iter().map(|(_, sweep)| sweep).collect()
    }
}

pub(crate) fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values.get(values.len() / 2).copied()
}
