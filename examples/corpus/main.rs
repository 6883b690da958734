//! The corpus of planted bugs: how many runs it takes to find each, and how small it becomes.
//!
//! ```text
//! cargo run --release --example corpus
//! cargo run --release --example corpus -- reorder --seeds 1000
//! cargo run --release --example corpus -- --fixed
//! cargo run --release --example corpus -- --compare
//! ```
//!
//! A line a program and size, over ten sweeps of other seeds: how often it was found, and after how many
//! runs (the median); how many decisions are left after shrinking (the least and the most), and how many
//! are needed by hand; the runs and seconds that shrinking took (the medians). `--compare` makes the table of
//! `docs/bug-finding.md` instead. The programs are in
//! `programs`; nothing is known here of how they work.

mod compare;
mod options;
mod programs;
mod sweep;

use options::Options;
use programs::{Program, Version};
use std::{
    io::{self, Write},
    process::ExitCode,
};
use sweep::{Found, Shrunk, Subject, Sweep, median};

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

/// Whether it came as announced: what is found for sure is found, and what is fixed passes.
fn measure(options: &Options, out: &mut impl Write) -> io::Result<bool> {
    if options.help {
        writeln!(out, "{}", options::USAGE)?;
        return Ok(true);
    }
    let wanted: Vec<&Program> =
        programs::all().iter().filter(|program| options.wants(program.name)).collect();
    if options.compare {
        compare::table(&wanted, options.seeds, options.sweeps, out)?;
        return Ok(true);
    }
    let version = if options.fixed { Version::Fixed } else { Version::Buggy };
    let mut as_announced = true;
    writeln!(
        out,
        "{:20} {:>4}  {:>5} {:>6}  {:>8} {:>7}  {:>6} {:>8}  failure",
        "program", "size", "found", "after", "left", "by hand", "runs", "seconds"
    )?;
    for program in wanted {
        for &size in program.sizes {
            let subject =
                Subject { program, version, size, strategy: options.strategy, seeds: options.seeds };
            let sweeps = subject.sweeps(SWEEPS, SWEEPS);
            writeln!(out, "{:20} {size:>4}  {}", program.name, row(&sweeps, program, size))?;
            out.flush()?;
            as_announced &= match version {
                Version::Fixed => sweeps.iter().all(|sweep| sweep.found.is_none()),
                Version::Buggy => {
                    let expected = program.random_finds_it && size == program.default_size();
                    !expected || sweeps.iter().all(|sweep| is_small(sweep, program.minimum + 1))
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

/// Whether the bug was found, and no more than so many decisions are left.
fn is_small(sweep: &Sweep, most: usize) -> bool {
    let shrunk = sweep.found.as_ref().and_then(|found| found.shrunk);
    shrunk.is_some_and(|shrunk| shrunk.left <= most)
}

/// The sweeps of one program in a row.
fn row(sweeps: &[Sweep], program: &Program, size: usize) -> String {
    let found: Vec<&Found> = sweeps.iter().filter_map(|sweep| sweep.found.as_ref()).collect();
    let often = format!("{}/{}", found.len(), sweeps.len());
    let Some(first) = found.first() else { return format!("{often:>5}") };
    let shrunk: Vec<Shrunk> = found.iter().filter_map(|found| found.shrunk).collect();
    let left = shrunk.iter().map(|shrunk| shrunk.left);
    let left = format!("{}-{}", left.clone().min().unwrap_or(0), left.max().unwrap_or(0));
    let by_hand = if size == program.default_size() { program.minimum.to_string() } else { String::new() };
    let seconds = median(shrunk.iter().map(|shrunk| shrunk.time)).unwrap_or_default().as_secs_f64();
    let failure = first.failure.to_string();
    format!(
        "{often:>5} {:>6}  {left:>8} {by_hand:>7}  {:>6} {seconds:>8.3}  {}",
        median(sweeps.iter().map(|sweep| sweep.runs)).unwrap_or(0),
        median(shrunk.iter().map(|shrunk| shrunk.runs)).unwrap_or(0),
        failure.lines().next().unwrap_or_default()
    )
}
