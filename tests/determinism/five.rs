//! Five nodes, a thousand times: again, on other threads, from their tapes, beside other draws. The
//! example `laws` does the same a hundred thousand times, and between builds.
#![expect(clippy::disallowed_methods, reason = "runs on other threads are compared")]

use crate::{common::snapshots, five_nodes::run};
use reenact::{Record, Simulation, Tape};

const SEEDS: u64 = if cfg!(debug_assertions) { 300 } else { 10_000 };

fn simulation(seed: u64) -> Simulation {
    Simulation::new(seed).record(Record::Digest)
}

#[test]
fn they_are_the_same_again_and_on_other_threads() {
    let digests =
        |from| (from..SEEDS).step_by(4).map(|seed| run(simulation(seed), 0).digest()).collect::<Vec<_>>();
    let threads: Vec<_> = (0..4).map(|from| std::thread::spawn(move || digests(from))).collect();
    let alone: Vec<_> = (0..4).map(digests).collect();
    let beside: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    assert!(alone == beside);
    let mut all: Vec<u64> = alone.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len() as u64, SEEDS, "each seed is another run");
}

#[test]
fn they_are_the_same_from_their_tokens() {
    for seed in 0..SEEDS {
        let first = run(simulation(seed), 0);
        let tape = Tape::parse(&first.tape().token()).expect("it was written just now");
        let again = run(Simulation::new(!seed).replay(tape), 0);
        assert_eq!((again.digest(), again.result), (first.digest(), first.result), "seed {seed}");
    }
}

#[test]
fn another_task_that_draws_more_moves_nothing_in_them() {
    for seed in 0..SEEDS {
        let (none, one) = (run(simulation(seed), 0), run(simulation(seed), 1));
        assert_eq!(none.result, one.result, "seed {seed}");
        assert_ne!(none.digest(), one.digest(), "but it drew");
    }
}

/// In debug and in release.
#[test]
fn they_are_the_same_in_every_build() {
    let fold = |sum: u64, seed| sum.rotate_left(1) ^ run(simulation(seed), 0).digest();
    let _bound = snapshots();
    insta::assert_snapshot!("determinism-five-nodes", format!("{:016x}", (0..300).fold(0, fold)));
}
