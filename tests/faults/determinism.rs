//! With all faults on, one seed is one run, byte for byte.

use crate::{common::SECOND, workload::greeters};
use reenact::{Faults, Outcome, Simulation, clock};
use std::{process::Command, thread};

fn run(seed: u64) -> Outcome<u32> {
    Simulation::new(seed).faults(Faults::swarm()).run(|sim| async move {
        let heard = greeters(&sim, 5);
        clock::sleep(15 * SECOND).await;
        sim.calm().within(60 * SECOND).until(|| Ok(())).await;
        clock::sleep(5 * SECOND).await;
        heard.get()
    })
}

/// All that is known of a run, as text.
fn written(seed: u64) -> String {
    let run = run(seed);
    format!("{:016x} {:?} {:?}\n{:?}", run.digest(), run.result, run.stats(), run.trace())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whole runs, each on a thread of its own")]
fn a_seed_gives_the_same_bytes_twice_and_in_parallel() {
    for seed in 0..3 {
        let first = written(seed);
        assert!(first == written(seed), "seed {seed}");
        let parallel: Vec<_> = (0..2).map(|_| thread::spawn(move || written(seed))).collect();
        for other in parallel {
            assert!(first == other.join().unwrap(), "seed {seed}");
        }
    }
}

#[test]
fn a_replay_of_what_was_decided_is_the_same_run() {
    for seed in 0..4 {
        let first = run(seed);
        let tape = first.decisions().unwrap().clone();
        let again = Simulation::new(0).faults(Faults::swarm()).replay(tape).run(|sim| async move {
            let heard = greeters(&sim, 5);
            clock::sleep(15 * SECOND).await;
            sim.calm().within(60 * SECOND).until(|| Ok(())).await;
            clock::sleep(5 * SECOND).await;
            heard.get()
        });
        assert_eq!((again.digest(), &again.result), (first.digest(), &first.result), "seed {seed}");
    }
}

const CHILD: &str = "FAULTS_CHILD";

#[test]
#[expect(clippy::disallowed_methods, reason = "it tells the child from its parent")]
fn a_seed_gives_the_same_bytes_in_a_fresh_process() {
    if std::env::var(CHILD).is_ok() {
        println!("digest {:016x}", run(7).digest());
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "determinism::a_seed_gives_the_same_bytes_in_a_fresh_process", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(&format!("digest {:016x}", run(7).digest())), "{said}");
}
