//! The corpus of planted bugs: how many runs it takes to find each, and how small it becomes.
//!
//! ```text
//! cargo run --release --example corpus
//! cargo run --release --example corpus -- reorder --seeds 1000
//! cargo run --release --example corpus -- --fixed
//! ```
//!
//! A line a program and size, over ten sweeps of other seeds: how often it was found, and after how many
//! runs (the median); how many decisions are left after shrinking (the least and the most), and how many
//! are needed by hand; the runs and seconds that shrinking took (the medians). The programs are in
//! `programs`; nothing is known here of how they work.

mod options;
mod programs;

use options::Options;
use programs::{Program, Version};
use reenact::{Check, Failure, Shrink, Strategy};
use std::{
    io::{self, Write},
    process::ExitCode,
    thread::available_parallelism,
    time::Duration,
};

fn main() -> ExitCode {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("corpus: {sentence}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    match measure(&options, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("corpus: cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether it came as announced: what random finds is found, and what is fixed passes.
fn measure(options: &Options, out: &mut impl Write) -> io::Result<bool> {
    if options.help {
        writeln!(out, "{}", options::USAGE)?;
        return Ok(true);
    }
    let version = if options.fixed { Version::Fixed } else { Version::Buggy };
    let mut as_announced = true;
    writeln!(
        out,
        "{:20} {:>4}  {:>5} {:>6}  {:>8} {:>7}  {:>6} {:>8}  failure",
        "program", "size", "found", "after", "left", "by hand", "runs", "seconds"
    )?;
    for program in programs::all().iter().filter(|program| options.wants(program.name)) {
        for &size in program.sizes {
            let sweeps: Vec<Sweep> =
                (0..SWEEPS).map(|sweep| Sweep::new(program, version, size, options.seeds, sweep)).collect();
            writeln!(out, "{:20} {size:>4}  {}", program.name, row(&sweeps, program, size))?;
            out.flush()?;
            as_announced &= match version {
                Version::Fixed => sweeps.iter().all(|sweep| sweep.found.is_none()),
                Version::Buggy => {
                    let expected = program.random_finds_it && size == program.default_size();
                    !expected || sweeps.iter().all(|sweep| sweep.is_small(program.minimum + 1))
                }
            };
        }
        if options.program.is_some() {
            writeln!(out, "\n{}", program.about)?;
            let (minimum, words) = (program.minimum, program.minimum_in_words);
            writeln!(out, "Decisions at least, at size {}: {minimum}. {words}", program.default_size())?;
        }
    }
    Ok(as_announced)
}

/// How many sweeps are made of each program.
const SWEEPS: u64 = 10;

/// What a sweep of one program came to.
struct Sweep {
    found: Option<Found>,
}

struct Found {
    /// After how many runs.
    runs: u64,
    failure: Failure,
    /// How many decisions are left, after how many runs and how long.
    left: usize,
    shrink_runs: u64,
    shrink_time: Duration,
}

impl Sweep {
    #[expect(clippy::disallowed_methods, reason = "it is measured how long shrinking takes")]
    fn new(program: &Program, version: Version, size: usize, seeds: u64, sweep: u64) -> Self {
        let body = program.body;
        let name = format!("{}/{size}/{sweep}", program.name);
        let check = Check::new(name).strategy(Strategy::Random);
        let jobs = available_parallelism().map_or(1, usize::from);
        let all = check.clone().seeds(seeds).jobs(jobs).shrink(Shrink::off());
        let report = all.report(move |sim| body(sim, version, size));
        let findings = report.findings();
        let Some(first) = findings.first() else { return Sweep { found: None } };
        let begin = std::time::Instant::now();
        let again = check.seeds([first.seed]).report(move |sim| body(sim, version, size));
        let shrink_time = begin.elapsed();
        let again = again.findings();
        let shrunk = again.first().unwrap_or(first);
        let found = Found {
            runs: first.index() + 1,
            failure: first.failure.clone(),
            left: shrunk.tape().len(),
            shrink_runs: shrunk.shrink_runs(),
            shrink_time,
        };
        Sweep { found: Some(found) }
    }

    /// Whether the bug was found, and no more than so many decisions are left.
    fn is_small(&self, most: usize) -> bool {
        self.found.as_ref().is_some_and(|found| found.left <= most)
    }
}

/// The sweeps of one program in a row.
fn row(sweeps: &[Sweep], program: &Program, size: usize) -> String {
    let found: Vec<&Found> = sweeps.iter().filter_map(|sweep| sweep.found.as_ref()).collect();
    let often = format!("{}/{}", found.len(), sweeps.len());
    let Some(first) = found.first() else { return format!("{often:>5}") };
    let left = found.iter().map(|found| found.left);
    let left = format!("{}-{}", left.clone().min().unwrap_or(0), left.max().unwrap_or(0));
    let by_hand = if size == program.default_size() { program.minimum.to_string() } else { String::new() };
    let seconds = median(found.iter().map(|found| found.shrink_time)).unwrap_or_default().as_secs_f64();
    let failure = first.failure.to_string();
    format!(
        "{often:>5} {:>6}  {left:>8} {by_hand:>7}  {:>6} {seconds:>8.3}  {}",
        median(found.iter().map(|found| found.runs)).unwrap_or(0),
        median(found.iter().map(|found| found.shrink_runs)).unwrap_or(0),
        failure.lines().next().unwrap_or_default()
    )
}

fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values.get(values.len() / 2).copied()
}
