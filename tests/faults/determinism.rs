//! With all faults on, one seed is one run, byte for byte: what a plan does, on a network that does by itself
//! all that it can, with a test that cuts, jams, holds and rules besides.

use crate::{common::SECOND, workload::greeters};
use reenact::{
    FaultKind, Faults, Outcome, Sim, Simulation, Tape, clock,
    net::{Config, Flavour, Latency, Shape, Verdict},
};
use std::{
    hash::{DefaultHasher, Hasher},
    process::Command,
    thread,
    time::Duration,
};

/// All that a network does by itself.
fn everything() -> Config {
    let ms = Duration::from_millis;
    Config::default()
        .latency(Latency::log_normal(ms(4), ms(40)))
        .loss(1, 20)
        .duplicate(1, 10)
        .corrupt(1, 20)
        .reorder(1, 10, ms(30))
        .bandwidth(200_000, 8 << 10)
        .window(64)
        .fragment(1, 4)
        .reset(1, 50)
        .unreachable(1, 2)
        .lookup_failure(1, 20)
        .mtu(1_500)
}

async fn main(sim: Sim) -> u32 {
    let heard = greeters(&sim, 5);
    let net = sim.net();
    net.link("n1", "n2").latency(Latency::exponential(Duration::from_millis(20))).loss(1, 5);
    net.node("n3").bandwidth(5_000, 2_000);
    let names = ["n1", "n2", "n3", "n4", "n5"];
    let rule = net.rule(|packet| match packet.payload().len() % 7 {
        3 => Verdict::Drop,
        4 => Verdict::Duplicate,
        _ => Verdict::Pass,
    });
    for (shape, flavour) in Shape::ALL.into_iter().zip([
        Flavour::Drop,
        Flavour::Jam,
        Flavour::Slow(SECOND / 3),
        Flavour::Drop,
        Flavour::Jam,
        Flavour::Slow(SECOND),
    ]) {
        clock::sleep(SECOND).await;
        net.hold("n4", "n5");
        net.link("n2", "n3").clog(SECOND);
        let cut = net.flavour(flavour).shape(shape, &names);
        clock::sleep(SECOND).await;
        net.release("n4", "n5");
        let one_way = net.one_way(&["n1"], &["n5"]);
        clock::sleep(SECOND / 2).await;
        drop((cut, one_way));
    }
    drop(rule);
    sim.calm().within(60 * SECOND).until(|| Ok(())).await;
    clock::sleep(5 * SECOND).await;
    heard.get()
}

fn simulation(seed: u64) -> Simulation {
    Simulation::new(seed).net(everything()).faults(Faults::only(FaultKind::ALL))
}

fn run(seed: u64) -> Outcome<u32> {
    simulation(seed).run(main)
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
fn everything_happens_in_these_runs() {
    let (mut all, mut kinds) = ([0; 9], std::collections::BTreeSet::new());
    for seed in 0..3 {
        let run = simulation(seed).run(|sim| async move {
            main(sim.clone()).await;
            sim.net().stats()
        });
        kinds.extend(
            run.stats().faults.iter().filter(|(_, effect)| effect.effective > 0).map(|(kind, _)| kind),
        );
        let stats = run.unwrap();
        let counts = [
            stats.duplicated,
            stats.corrupted,
            stats.reordered,
            stats.queued,
            stats.slowed,
            stats.held,
            stats.ruled,
            stats.fragmented,
            stats.broken,
        ];
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    assert!(all.iter().all(|count| *count > 0), "{all:?}");
    assert!(kinds.len() > 12, "{kinds:?}");
}

#[test]
fn a_replay_of_what_was_decided_is_the_same_run() {
    for seed in 0..4 {
        let first = run(seed);
        let tape: Tape = first.decisions().unwrap().clone();
        let again = simulation(0).replay(tape).run(main);
        assert_eq!((again.digest(), &again.result), (first.digest(), &first.result), "seed {seed}");
    }
}

const CHILD: &str = "FAULTS_CHILD";

/// A line that differs where any byte of what is known of a run does.
fn line() -> String {
    // `DefaultHasher::new` has fixed keys.
    let mut hasher = DefaultHasher::new();
    hasher.write(written(7).as_bytes());
    format!("run {:016x}", hasher.finish())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it tells the child from its parent")]
fn a_seed_gives_the_same_bytes_in_a_fresh_process() {
    if std::env::var(CHILD).is_ok() {
        println!("{}", line());
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "determinism::a_seed_gives_the_same_bytes_in_a_fresh_process", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(&line()), "{said}");
}
