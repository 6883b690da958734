//! The comparison: every program under every strategy, a row of a Markdown table each.
//!
//! Runs to the first failure are *censored*: a sweep that finds nothing counts with all its runs, and the mean
//! is the runs of all sweeps by the number that found it. What is measured of other tools stands in rows of
//! the same shape (`peers/bug-finding`).

use crate::{
    programs::{Program, Version::Buggy},
    sweep::{Subject, Sweep, median},
};
use reenact::Strategy;
use std::{
    io::{self, Write},
    time::Duration,
};

/// Of how many of them the failure is shrunk.
const SHRUNK: u64 = 5;
const STRATEGIES: [Strategy; 6] = [
    Strategy::Portfolio,
    Strategy::Random,
    Strategy::Grouped,
    Strategy::Pct { depth: 3 },
    Strategy::Pos,
    Strategy::Surw,
];

/// Of each program and strategy, so many sweeps of at most so many seeds.
pub(crate) fn table(
    programs: &[&'static Program],
    seeds: u64,
    sweeps: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let columns = [
        "program",
        "kind",
        "size",
        "strategy",
        "found",
        "mean",
        "median",
        "runs/s",
        "seconds",
        "left",
        "by hand",
        "shrink runs",
        "shrink s",
    ];
    writeln!(out, "| {} |\n|---|{}", columns.join(" | "), "---:|".repeat(columns.len() - 1))?;
    for program in programs {
        for &size in program.sizes {
            for strategy in STRATEGIES {
                let subject = Subject { program, version: Buggy, size, strategy, seeds };
                // What a strategy finds nowhere is not worth 300,000 runs.
                let first = subject.sweeps(6.min(sweeps), 0);
                let hopeless = first.iter().all(|sweep| sweep.found.is_none());
                let sweeps = if hopeless { first } else { subject.sweeps(sweeps, SHRUNK) };
                let row = row(program, &sweeps, size == program.default_size());
                writeln!(out, "| {} | {} | {size} | {strategy} | {row} |", program.name, program.kind())?;
                out.flush()?;
            }
        }
    }
    Ok(())
}

fn row(program: &Program, sweeps: &[Sweep], default: bool) -> String {
    let runs: u64 = sweeps.iter().map(|sweep| sweep.runs).sum();
    let time: Duration = sweeps.iter().map(|sweep| sweep.time).sum();
    let hits = sweeps.iter().filter(|sweep| sweep.found.is_some()).count();
    let rate = runs as f64 / time.as_secs_f64();
    let found = format!("{hits}/{}", sweeps.len());
    if hits == 0 {
        return format!("{found} | – | – | {rate:.0} | – | – | – | – | –");
    }
    let mean = runs as f64 / hits as f64;
    let median_runs = median(sweeps.iter().map(|sweep| sweep.runs)).unwrap_or(0);
    let seconds = time.as_secs_f64() / hits as f64;
    let shrunk: Vec<_> = sweeps.iter().filter_map(|sweep| sweep.found.as_ref()?.shrunk).collect();
    let left = shrunk.iter().map(|shrunk| shrunk.left);
    let left = match (left.clone().min(), left.max()) {
        (Some(least), Some(most)) if least < most => format!("{least}–{most}"),
        (Some(least), _) => least.to_string(),
        _ => "–".to_owned(),
    };
    let by_hand = if default { program.minimum.to_string() } else { String::new() };
    let shrink_runs = median(shrunk.iter().map(|shrunk| shrunk.runs)).unwrap_or(0);
    let shrink_time = median(shrunk.iter().map(|shrunk| shrunk.time)).unwrap_or_default().as_secs_f64();
    format!(
        "{found} | {mean:.1} | {median_runs} | {rate:.0} | {seconds:.4} | {left} | {by_hand} | {shrink_runs} | {shrink_time:.3}"
    )
}
