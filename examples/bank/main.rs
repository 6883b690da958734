//! A bank with a bug of the kind people ship, and how a sweep over seeds finds it.
//!
//! ```text
//! cargo run --release --example bank
//! cargo run --release --example bank -- --fixed
//! ```
//!
//! `protocol`, `store`, `server` and `client` are the service, written as for real sockets: only
//! their `use` lines and their marks know of a simulation. `scenario` is the test: what is
//! simulated, and what must hold. The rest is this program: it sweeps seeds, replays the first run
//! that fails, and shows the part that matters.

mod protocol;
mod store;
mod server;
mod client;

mod scenario;

mod options;
mod progress;
mod story;

use indicatif::HumanCount;
use options::Options;
use progress::{Progress, rate};
use reenact::{Check, Finding, Report, Simulation, Tape};
use server::Remember;
use std::{
    io::{self, Write},
    process::ExitCode,
    thread::available_parallelism,
};
use story::Story;

fn main() -> ExitCode {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("bank: {sentence}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    match demonstrate(&options, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bank: cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether it came as announced: the bug is found, or the bank without it passes.
fn demonstrate(options: &Options, out: &mut impl Write) -> io::Result<bool> {
    if options.help {
        writeln!(out, "{}", options::USAGE)?;
        return Ok(true);
    }
    let remember = if options.fixed { Remember::BeforeTheEffect } else { Remember::AfterTheEffect };
    let when = if options.fixed { "before it begins" } else { "when it is done" };
    writeln!(out, "Three customers send money through a bank, over TCP and a network with hiccups.")?;
    writeln!(out, "Who hears nothing for 200 ms sends the transfer again, under the same id; the bank")?;
    writeln!(out, "answers an id that it remembers without moving money. It remembers an id {when}.\n")?;

    let report = sweep(options, remember, out)?;
    let findings = report.findings();
    let Some(finding) = findings.first() else {
        writeln!(out, "  every balance was what the customers were told")?;
        if !options.fixed {
            writeln!(out, "  the bug was not found: try more seeds")?;
        }
        return Ok(options.fixed);
    };
    let replayed = show(finding, remember, out)?;
    if !options.fixed {
        writeln!(out, "\nThe fix, in server.rs, is to remember an id before the effect: try --fixed.")?;
    }
    Ok(replayed && !options.fixed)
}

/// Runs the scenario once for each seed, up to the first that fails.
fn sweep(options: &Options, remember: Remember, out: &mut impl Write) -> io::Result<Report> {
    let (first, count) = options.seeds;
    let progress = Progress::new(count);
    let report = Check::new(scenario::NAME)
        .seeds(first..=first + (count - 1))
        .jobs(available_parallelism().map_or(1, usize::from))
        .report(|sim| {
            progress.reached(sim.seed().saturating_sub(first) + 1);
            scenario::run(sim, remember)
        });
    let elapsed = progress.end();
    let (runs, rate) = (report.runs(), HumanCount(rate(report.runs(), elapsed)));
    writeln!(out, "  {} runs in {:.2} s, {rate} a second", HumanCount(runs), elapsed.as_secs_f64())?;
    Ok(report)
}

/// Shows a run that failed; whether its token led to the very same run again.
fn show(finding: &Finding, remember: Remember, out: &mut impl Write) -> io::Result<bool> {
    let Finding { seed, failure, .. } = finding;
    let which = match finding.index() {
        0 => "With every decision the simplest, it fails".to_owned(),
        1 => format!("Seed {seed} fails, with tasks in the order of their wake-ups"),
        _ => format!("Seed {seed} fails"),
    };
    writeln!(out, "\n{which}\n  {failure}")?;

    let before = finding.original().decisions().map_or(0, Tape::len);
    let (after, runs) = (finding.tape().len(), finding.shrink_runs());
    writeln!(out, "\nShrunk in {runs} runs, from {before} decisions to {after}:")?;
    if let Some(explanation) = finding.explanation() {
        explanation.to_string().lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    }

    let token = finding.token();
    let tape = Tape::parse(&token).map_err(io::Error::other)?;
    let again =
        Simulation::new(*seed).name(scenario::NAME).replay(tape).run(|sim| scenario::run(sim, remember));
    let same = again.digest() == finding.shrunk().digest() && again.result == finding.shrunk().result;
    let verdict = if same { "the same failure, the same digest" } else { "ANOTHER RUN" };
    writeln!(out, "\nReplayed from its token: {verdict}, {:016x}\n  {token}", again.digest())?;

    let trace = again.trace();
    if let Some(story) = Story::of_the_wrong_one(trace) {
        let scene = story.scene(trace);
        writeln!(out, "\nThe part that matters ({} of {} events)", scene.events, trace.len())?;
        scene.text.lines().try_for_each(|line| writeln!(out, "  {line}"))?;
        writeln!(out, "\nWhat happened")?;
        story.tell().iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    Ok(same)
}
