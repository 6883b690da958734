//! The laws of the tape at a size that is too large for the tests: the same seed is the same run, and a
//! run spelled out as decisions is the same run.
//!
//! The laws themselves are where the tests have them (`tests/order`, `tests/determinism`), which look at
//! some thousands of runs. This makes as many as it is asked for, on any number of threads, and compares
//! with another build of itself.
#![expect(clippy::disallowed_methods, reason = "threads and processes are what is compared")]

#[path = "../../tests/order/broken.rs"]
mod broken;
mod five_nodes;
#[path = "../../tests/order/interpreter.rs"]
mod interpreter;
mod options;
#[path = "../../tests/order/program.rs"]
mod program;

use options::Options;
use reenact::{Record, Simulation, Tape};
use std::{
    process::{Command, ExitCode},
    thread,
    time::Instant,
};

fn main() -> ExitCode {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("{sentence}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    if options.help {
        println!("{}", options::USAGE);
        return ExitCode::SUCCESS;
    }
    let kept = [seeds(&options), programs(&options)].into_iter().all(|kept| kept);
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One number for all runs from `0..count`, made on so many threads.
fn folded(count: u64, jobs: u64, each: impl Fn(u64) -> u64 + Sync) -> u64 {
    let part = |job: u64| (job * count / jobs..(job + 1) * count / jobs).map(&each).collect::<Vec<u64>>();
    let all = thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|job| scope.spawn(move || part(job))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect::<Vec<u64>>()
    });
    all.iter().fold(0, |sum: u64, digest| (sum.rotate_left(7) ^ digest).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Runs of five nodes: again, from their tapes, on other threads, in another build, beside other draws.
fn seeds(options: &Options) -> bool {
    let Options { seeds: count, jobs, .. } = *options;
    let digest = |seed| five_nodes::run(Simulation::new(seed).record(Record::Digest), 0).digest();
    let begin = Instant::now();
    let first = folded(count, jobs, digest);
    println!("{count} runs of five nodes on {jobs} threads come to {first:016x} ({:.0?})", begin.elapsed());
    let mut kept = says("on one thread", folded(count, 1, digest) == first);
    kept &= says(
        "repeated from their tapes, strictly",
        folded(count, jobs, |seed| {
            let tape = five_nodes::run(Simulation::new(seed).record(Record::Digest), 0).tape().clone();
            let tape = Tape::parse(&tape.token()).expect("it was written just now");
            let again = five_nodes::run(Simulation::new(!seed).replay(tape), 0);
            if again.result.is_ok() { again.digest() } else { 0 }
        }) == first,
    );
    // The draws themselves are part of the digest, so what the nodes saw is compared.
    let seen = |draws| {
        folded(count, jobs, |seed| {
            let run = five_nodes::run(Simulation::new(seed).record(Record::Digest), draws);
            run.unwrap().into_iter().fold(0, |sum, one| sum.rotate_left(1) ^ one)
        })
    };
    kept &= says("beside a task that draws once more", seen(1) == seen(0));
    if let Some(other) = &options.against {
        let said = Command::new(other)
            .args(["--programs", "0", "--seeds", &count.to_string(), "--jobs", &jobs.to_string()])
            .output();
        let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let alike = said.is_ok_and(|said| said.contains(&format!("come to {first:016x} ")));
        kept &= says(&format!("in {other}"), alike);
    }
    kept
}

fn says(how: &str, same: bool) -> bool {
    println!("  {} {how}", if same { "the same" } else { "NOT THE SAME" });
    same
}

/// Programs of all that tasks and nodes can do to each other: recorded, and repeated from their tapes.
fn programs(options: &Options) -> bool {
    let begin = Instant::now();
    let broken: u64 = thread::scope(|scope| {
        let part = |job| {
            let part = (options.programs * job / options.jobs)..(options.programs * (job + 1) / options.jobs);
            part.filter(|&number| match broken::broken(&program::Program::draw(number), number) {
                Some(how) => !says(&format!("program {number}: {how}"), false),
                None => false,
            })
            .count() as u64
        };
        let threads: Vec<_> = (0..options.jobs).map(|job| scope.spawn(move || part(job))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    println!(
        "{} random programs repeated from their decisions and from their seeds: {broken} differ ({:.0?})",
        options.programs,
        begin.elapsed()
    );
    broken == 0
}
