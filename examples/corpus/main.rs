//! The corpus of planted bugs: how many runs it takes to find each.
//!
//! ```text
//! cargo run --release --example corpus
//! cargo run --release --example corpus -- reorder --seeds 1000
//! cargo run --release --example corpus -- --fixed
//! ```
//!
//! A line a program and size. The programs are in `programs`; nothing is known here of how they work.

mod options;
mod programs;

use options::Options;
use programs::{Program, Version};
use reenact::{Check, Failure, Strategy};
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
    writeln!(out, "{:20} {:>4}  {:18} {:>10}  failure", "program", "size", "found", "runs/s")?;
    for program in programs::all().iter().filter(|program| options.wants(program.name)) {
        for &size in program.sizes {
            let sweep = Sweep::new(program, version, size, options.seeds);
            writeln!(out, "{:20} {size:>4}  {sweep}", program.name)?;
            out.flush()?;
            as_announced &= match version {
                Version::Fixed => sweep.failure.is_none(),
                Version::Buggy => {
                    let expected = program.random_finds_it && size == program.default_size();
                    sweep.failure.is_some() || !expected
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

/// What a sweep of one program came to.
struct Sweep {
    runs: u64,
    /// After how many runs the first failed, and how.
    failure: Option<(u64, Failure)>,
    elapsed: Duration,
}

impl Sweep {
    #[expect(clippy::disallowed_methods, reason = "runs a second are counted on the real clock")]
    fn new(program: &Program, version: Version, size: usize, seeds: u64) -> Self {
        let begin = std::time::Instant::now();
        let body = program.body;
        let report = Check::new(format!("{}/{size}", program.name))
            .strategy(Strategy::Random)
            .seeds(seeds)
            .jobs(available_parallelism().map_or(1, usize::from))
            .report(move |sim| body(sim, version, size));
        let elapsed = begin.elapsed();
        let first = report.findings().first();
        let failure = first.map(|finding| (finding.index() + 1, finding.failure.clone()));
        Sweep { runs: report.runs(), failure, elapsed }
    }
}

impl std::fmt::Display for Sweep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rate = (self.runs as f64 / self.elapsed.as_secs_f64().max(1e-9)) as u64;
        let (found, failure) = match &self.failure {
            Some((1, failure)) => ("after 1 run".to_owned(), failure.to_string()),
            Some((runs, failure)) => (format!("after {runs} runs"), failure.to_string()),
            None => (format!("not in {} runs", self.runs), String::new()),
        };
        let line = failure.lines().next().unwrap_or_default();
        write!(f, "{found:18} {rate:>10}  {line}")
    }
}
