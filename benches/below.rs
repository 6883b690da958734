//! What the overrides below Rust cost: reading the clock, what a process begins with, and runs that
//! need a thread of their own.
//!
//! ```text
//! cargo bench --bench below
//! ```
//!
//! Prints nanoseconds, the best of ten rounds each, in turn. It judges nothing.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "it is what is measured")]

use reenact::{Check, Os, Sim, Simulation, clock};
use std::{
    collections::{BTreeMap, HashMap},
    hint::black_box,
    time::{Duration, Instant},
};

const READS: u32 = 1_000_000;
const RUNS: u64 = 500;

/// Nanoseconds for each of `READS` readings of the clock, by a watch that is read outside.
fn readings() -> f64 {
    let watch = Instant::now();
    for _ in 0..READS {
        black_box(Instant::now());
    }
    watch.elapsed().as_nanos() as f64 / f64::from(READS)
}

fn readings_in_a_run(os: Os) -> f64 {
    let watch = Instant::now();
    Simulation::new(1)
        .os(os)
        .run(|_sim| async {
            for _ in 0..READS {
                black_box(Instant::now());
            }
        })
        .unwrap();
    watch.elapsed().as_nanos() as f64 / f64::from(READS)
}

async fn nodes(sim: Sim) {
    for name in ["a", "b", "c"] {
        sim.node(name).start(|| clock::sleep(Duration::from_secs(1)));
    }
    clock::sleep(Duration::from_secs(2)).await;
}

async fn with_a_hash_map(sim: Sim) {
    let map: HashMap<u32, u32> = (0..10).map(|key| (key, key)).collect();
    black_box(map);
    nodes(sim).await;
}

async fn with_a_sorted_map(sim: Sim) {
    let map: BTreeMap<u32, u32> = (0..10).map(|key| (key, key)).collect();
    black_box(map);
    nodes(sim).await;
}

/// Nanoseconds a run, in a sweep on one thread.
fn sweep<F: Future<Output = ()> + 'static>(os: Os, test: fn(Sim) -> F) -> f64 {
    // On a new thread: this one may have drawn something.
    let thread = std::thread::spawn(move || {
        let watch = Instant::now();
        let report = Check::new("sweep").os(os).determinism(0).seeds(0..RUNS).report(test);
        assert!(report.passed());
        watch.elapsed().as_nanos() as f64 / RUNS as f64
    });
    thread.join().expect("no panic")
}

/// Microseconds that the first sweep of this process takes beyond a further one, and what of that a first
/// run takes.
fn beginnings() -> [f64; 2] {
    let micros = |run: &dyn Fn()| {
        let watch = Instant::now();
        run();
        watch.elapsed().as_nanos() as f64 / 1e3
    };
    let simulation = || Simulation::new(1).run(|_sim| async {}).unwrap();
    let first_run = micros(&simulation) - micros(&simulation);
    let check = || assert!(Check::new("first").determinism(0).seeds(0..1).report(|_sim| async {}).passed());
    [first_run, micros(&check) - micros(&check)]
}

fn main() {
    let [run, sweep_of_one] = beginnings();
    println!("{run:>10.1} µs  the first run of a process, beyond the next");
    println!("{sweep_of_one:>10.1} µs  the first sweep after that, beyond the next");
    let measured: [(&str, &dyn Fn() -> f64); 7] = [
        ("Instant::now, outside of a run", &readings),
        ("Instant::now in a run, overridden", &|| readings_in_a_run(Os::Allow)),
        ("Instant::now in a run, Os::Off", &|| readings_in_a_run(Os::Off)),
        ("a run that draws nothing", &|| sweep(Os::Allow, with_a_sorted_map)),
        ("a run that draws nothing, Os::Off", &|| sweep(Os::Off, with_a_sorted_map)),
        ("a run with a hash map, on its own thread", &|| sweep(Os::Allow, with_a_hash_map)),
        ("a run with a hash map, Os::Off", &|| sweep(Os::Off, with_a_hash_map)),
    ];
    let mut best = [f64::MAX; 7];
    for _ in 0..10 {
        for (best, (_, measure)) in best.iter_mut().zip(measured) {
            *best = best.min(measure());
        }
    }
    for (best, (name, _)) in best.iter().zip(measured) {
        println!("{best:>10.1} ns  {name}");
    }
}
