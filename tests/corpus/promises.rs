//! What every program of the corpus promises, whatever its bug is.

use crate::programs::{
    self, Program,
    Version::{self, Buggy, Fixed},
};
use reenact::{Outcome, Simulation, Tape};

fn run(simulation: Simulation, program: &Program, version: Version, size: usize) -> Outcome<()> {
    simulation.run(|sim| program.run(sim, version, size))
}

#[test]
fn the_empty_tape_passes_in_all_versions_and_sizes() {
    for program in programs::all() {
        for &size in program.sizes {
            for version in [Buggy, Fixed] {
                let empty = Simulation::new(0).replay_lenient(Tape::zero());
                let outcome = run(empty, program, version, size);
                let name = program.name;
                assert!(outcome.result.is_ok(), "{name}, {version:?}, size {size}: {:?}", outcome.result);
            }
        }
    }
}

#[test]
fn two_runs_of_a_seed_agree() {
    for program in programs::all() {
        let size = program.default_size();
        for (seed, version) in (0..20).flat_map(|seed| [(seed, Buggy), (seed, Fixed)]) {
            let [first, second] = [(); 2].map(|()| run(Simulation::new(seed), program, version, size));
            assert_eq!(first.digest(), second.digest(), "{}, seed {seed}", program.name);
            assert_eq!(first.result, second.result, "{}, seed {seed}", program.name);
            assert!(first.trace().lines().eq(second.trace().lines()), "{}, seed {seed}", program.name);
        }
    }
}

#[test]
fn the_decisions_of_a_failing_run_lead_to_the_same_failure() {
    for program in programs::all().iter().filter(|program| program.random_finds_it) {
        let size = program.default_size();
        let failing = (0..10_000)
            .map(|seed| run(Simulation::new(seed), program, Buggy, size))
            .find(|outcome| outcome.result.is_err())
            .unwrap_or_else(|| panic!("{}: no failing run", program.name));
        let decisions = failing.decisions().expect("everything was recorded");
        assert!(decisions.len() >= program.minimum, "{}: fewer decisions than the least", program.name);
        let replay = Simulation::new(0).replay_lenient(decisions.clone());
        let again = run(replay, program, Buggy, size);
        let (failure, same) = (failing.result.unwrap_err(), again.result.unwrap_err());
        assert_eq!((failure.kind, &failure.message), (same.kind, &same.message), "{}", program.name);
    }
}
