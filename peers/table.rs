//! Rows of the comparison's table, for a tool that can make a sweep.

use crate::among_tasks::{RACES, Version};
use futures::future::BoxFuture;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

const MOST_RUNS: u64 = 10_000;

struct Sweep {
    runs: u64,
    found: bool,
    time: Duration,
}

/// A program and a size, and what runs it.
pub(crate) struct Subject<R> {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) size: usize,
    pub(crate) run: R,
}

/// What makes one run's main future, and of which size.
pub(crate) type Run = (fn(Version, usize) -> BoxFuture<'static, ()>, usize);

/// The races of tasks.
pub(crate) fn races() -> Vec<Subject<Run>> {
    let sized = |race: &'static crate::among_tasks::Race| {
        let kind = if race.lopsided { "lopsided" } else { "tasks" };
        let subject = move |&size| Subject { name: race.name, kind, size, run: (race.body, size) };
        race.sizes.iter().map(subject)
    };
    RACES.iter().flat_map(sized).collect()
}

/// Which twins are asked for: those with the mistake, unless it is said that a tool finds none in the others.
pub(crate) fn version() -> Version {
    if std::env::args().any(|argument| argument == "--fixed") { Version::Fixed } else { Version::Buggy }
}

/// What is asked for: a program, if only one, and how many sweeps.
fn arguments() -> (Option<String>, u64) {
    let (mut only, mut sweeps) = (None, 30);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--sweeps" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                sweeps = number.expect("`--sweeps` needs a whole number behind it");
            }
            "--fixed" => {}
            _ => only = Some(argument),
        }
    }
    (only, sweeps)
}

/// Whether a call panics.
pub(crate) fn panics(call: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(call)).is_err()
}

/// Prints a row for each subject. `sweep` makes a sweep from a seed, of at most so many runs, and stops at the
/// first failing one; it tells how many runs it made, and whether the last one failed.
pub(crate) fn rows<R: Clone>(
    tool: &str,
    subjects: Vec<Subject<R>>,
    sweep: impl Fn(u64, u64, R) -> (u64, bool),
) {
    std::panic::set_hook(Box::new(|_| ()));
    let (only, count) = arguments();
    for subject in subjects.iter().filter(|subject| only.as_deref().is_none_or(|only| only == subject.name)) {
        // What is found nowhere is not worth 300,000 runs.
        let first = sweeps(subject, &sweep, count.min(6));
        let hopeless = first.iter().all(|sweep| !sweep.found);
        let sweeps = if hopeless { first } else { sweeps(subject, &sweep, count) };
        println!("{}", row(subject, tool, &sweeps));
    }
}

fn sweeps<R: Clone>(
    subject: &Subject<R>,
    sweep: &impl Fn(u64, u64, R) -> (u64, bool),
    count: u64,
) -> Vec<Sweep> {
    let make = |number: u64| {
        let begin = Instant::now();
        // Sweeps do not share seeds.
        let (runs, found) = sweep(number * 1_000_003, MOST_RUNS, subject.run.clone());
        Sweep { runs, found, time: begin.elapsed() }
    };
    (0..count).map(make).collect()
}

fn row<R>(subject: &Subject<R>, tool: &str, sweeps: &[Sweep]) -> String {
    let runs: u64 = sweeps.iter().map(|sweep| sweep.runs).sum();
    let time: Duration = sweeps.iter().map(|sweep| sweep.time).sum();
    let hits = sweeps.iter().filter(|sweep| sweep.found).count();
    let Subject { name, kind, size, .. } = subject;
    let rate = runs as f64 / time.as_secs_f64();
    let head = format!("| {name} | {kind} | {size} | {tool} | {hits}/{}", sweeps.len());
    if hits == 0 {
        return format!("{head} | – | – | {rate:.0} | – | – | – | – | – |");
    }
    let mut ordered: Vec<u64> = sweeps.iter().map(|sweep| sweep.runs).collect();
    ordered.sort_unstable();
    let median = ordered[ordered.len() / 2];
    let (mean, seconds) = (runs as f64 / hits as f64, time.as_secs_f64() / hits as f64);
    format!("{head} | {mean:.1} | {median} | {rate:.0} | {seconds:.4} | – | – | – | – |")
}
