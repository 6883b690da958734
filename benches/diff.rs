//! How often a comparison puts the true origin first, and what large traces cost.
//!
//! ```text
//! cargo bench --bench diff
//! ```
//!
//! Prints, for 1,000 pairs of runs with one planted change, how often the first origin of
//! `trace::Diff` is that change, and how often the first line of a plain difference of the two timelines
//! is; then seconds for writing, reading and comparing traces of a million events. It judges nothing.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

#[path = "../tests/diff/pairs.rs"]
mod pairs;

use reenact::{
    Simulation,
    net::UdpSocket,
    trace::{Diff, Recording},
};
use std::{io, time::Instant};

/// How many pairs.
const PAIRS: u64 = 1_000;
/// How many datagrams go to and fro in a large trace: with polls, wakes and sends, eight events each.
const ROUNDS: usize = 125_000;

fn origins() {
    let (mut found, mut by_lines, mut made) = ([0; 2], [0; 2], [0; 2]);
    for number in 0..PAIRS {
        let pair = pairs::pair(number);
        let sides = [pairs::run(&pair, false), pairs::run(&pair, true)];
        let sides = [&sides[0], &sides[1]];
        let truth = pairs::truth(&pair, sides);
        let half = (number % 2) as usize;
        made[half] += 1;
        let is_found = pairs::is_found(&Diff::of(sides[0], sides[1]), truth);
        if !is_found && std::env::args().any(|argument| argument == "--missed") {
            println!("pair {number}: {truth:?}\n{}\n", Diff::of(sides[0], sides[1]));
        }
        found[half] += u32::from(is_found);
        by_lines[half] += u32::from(pairs::is_found_by_lines(sides, truth));
    }
    for (half, name) in ["one seed", "two seeds"].iter().enumerate() {
        let (found, by_lines, made) = (found[half], by_lines[half], made[half]);
        println!("true origin first, {name:9}: {found} of {made}; by lines {by_lines} of {made}");
    }
}

fn large(seed: u64) -> Recording {
    let run = Simulation::new(seed).run(|sim| async move {
        sim.node("pong").start(|| async {
            let socket = UdpSocket::bind("0.0.0.0:7").await?;
            let mut word = [0; 16];
            loop {
                let (_, from) = socket.recv_from(&mut word).await?;
                socket.send_to(&word, from).await?;
            }
            #[expect(unreachable_code, reason = "it says what the block returns")]
            io::Result::Ok(())
        });
        let socket = UdpSocket::bind("0.0.0.0:0").await?;
        for round in 0..ROUNDS {
            let word = if round == ROUNDS / 2 { sim.seed() as u8 } else { 0 };
            socket.send_to(&[word; 16], "pong:7").await?;
            socket.recv(&mut [0; 16]).await?;
        }
        io::Result::Ok(())
    });
    run.recording()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = work();
    println!("{what}: {:.2} s", begin.elapsed().as_secs_f64());
    result
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    origins();
    let (left, right) = (large(1), large(2));
    println!("{} and {} events", left.trace().len(), right.trace().len());
    let path = std::env::temp_dir().join(format!("reenact-bench-{}.jsonl", std::process::id()));
    timed("written to a file", || left.write(io::BufWriter::new(std::fs::File::create(&path)?)))?;
    println!("{} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    let file = io::BufReader::new(std::fs::File::open(&path)?);
    let read = timed("read", || Recording::read(file));
    std::fs::remove_file(&path)?;
    assert_eq!(read?, left);
    let diff = timed("compared", || Diff::of(&left, &right));
    println!("{diff}");
    Ok(())
}
