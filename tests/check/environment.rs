//! The environment goes before what code says, and what it says wrongly is an error.

use super::process::{Finished, run};
use reenact::Tape;

/// The seeds that `children::passes` ran under, by what it printed.
fn seeds_in(out: &str) -> Vec<String> {
    let lines = out.lines().filter_map(|line| line.split_once("seed ").map(|(_, seed)| seed.to_owned()));
    let mut seeds: Vec<String> = lines.collect();
    // A run that was chosen to be compared printed twice.
    seeds.dedup();
    seeds
}

/// The seeds that `children::passes` runs under these variables.
pub(crate) fn seeds(variables: &[(&str, &str)]) -> Vec<String> {
    let child = run("children::passes", variables);
    assert!(child.passed, "{child:?}");
    seeds_in(&child.out)
}

fn refused(variables: &[(&str, &str)], says: &str) {
    let Finished { passed, err, .. } = run("children::passes", variables);
    assert!(!passed, "{variables:?}");
    assert!(err.contains(says), "{says} in {err}");
    assert!(err.contains("panicked at tests/check/children.rs:"), "{err}");
}

#[test]
fn without_variables_the_runs_are_the_same_every_time() {
    let first = seeds(&[]);
    // `zero` has seed 0, and `fifo` that of the first seed.
    assert_eq!(first.len(), 1 + 10);
    assert_eq!(seeds(&[]), first);
}

#[test]
fn a_seed_runs_alone_and_the_sweeps_own_runs_are_left_out() {
    // But for `zero`, if a strategy is to be told of the program.
    let seeds = |list| {
        let seeds = seeds(&[("REENACT_SEED", list)]).into_iter();
        seeds.skip_while(|seed| seed == "0x0").collect::<Vec<_>>()
    };
    assert_eq!(seeds("0xff"), ["0xff"]);
    assert_eq!(seeds("1,5-7"), ["0x1", "0x5", "0x6", "0x7"]);
}

#[test]
fn a_count_of_seeds_begins_with_the_same_ones() {
    let (ten, three) = (seeds(&[]), seeds(&[("REENACT_SEEDS", "3")]));
    assert_eq!(three, ten[..4]);
}

#[test]
fn fresh_seeds_are_new_each_time_and_said() {
    let child = run("children::passes", &[("REENACT_SEED", "fresh"), ("REENACT_SEEDS", "2")]);
    let other = run("children::passes", &[("REENACT_SEED", "fresh"), ("REENACT_SEEDS", "2")]);
    // But for `zero`, if a strategy is to be told of the program.
    let fresh = |seeds: Vec<String>| seeds.into_iter().filter(|seed| seed != "0x0").collect::<Vec<_>>();
    let ran = fresh(seeds_in(&child.out));
    assert_eq!(ran.len(), 2);
    assert_ne!(fresh(seeds_in(&other.out)), ran);
    let (_, said) = child.err.split_once("REENACT_SEED=").expect("the seeds are printed");
    let said = said.lines().next().expect("a line");
    assert_eq!(fresh(seeds(&[("REENACT_SEED", said)])), ran);
}

#[test]
fn determinism_off_makes_each_run_once() {
    let count = |determinism| {
        let child = run("children::passes", &[("REENACT_DETERMINISM", determinism)]);
        child.out.matches("seed 0x").count()
    };
    assert_eq!(count("0"), 12);
    assert_eq!(count("1"), 24);
    assert_eq!(count("5"), 12 + 2 + 2);
}

#[test]
fn a_token_that_passes_says_so() {
    let mut tape = Tape::seed(9, reenact::Strategy::Random);
    tape.header.test = reenact_sim::hash_bytes(b"check::children::passes");
    let child = run("children::passes", &[("REENACT_REPLAY", &tape.token())]);
    assert!(
        child.passed && child.err.contains("check::children::passes: the tape of REENACT_REPLAY passes"),
        "{child:?}"
    );
    assert!(child.out.contains("seed 0x9"));
}

#[test]
fn a_token_of_another_digest_diverges() {
    let mut tape = Tape::seed(9, reenact::Strategy::Random);
    tape.header.digest = 1;
    let child = run("children::passes", &[("REENACT_REPLAY", &tape.token())]);
    assert!(!child.passed && child.err.contains("kind      diverged"), "{child:?}");
}

#[test]
fn a_token_may_be_in_a_file() {
    let path = std::env::temp_dir().join(format!("reenact-token-{}", std::process::id()));
    std::fs::write(&path, format!("{}\n", Tape::seed(77, reenact::Strategy::Fifo).token()))
        .expect("it can be written");
    let child = run("children::passes", &[("REENACT_REPLAY", &format!("@{}", path.display()))]);
    std::fs::remove_file(path).expect("it was written");
    assert!(child.passed && child.out.contains("seed 0x4d"), "{child:?}");
}

fn another_tests() -> String {
    let mut tape = Tape::seed(9, reenact::Strategy::Random);
    tape.header.test = 1;
    tape.token()
}

#[test]
fn a_token_of_another_test_is_refused() {
    refused(
        &[("REENACT_REPLAY", &another_tests())],
        "belongs to another test than check::children::passes: run that one alone, with `-- --exact`",
    );
}

#[test]
fn unknown_variables_and_bad_values_are_refused_by_name() {
    refused(
        &[("REENACT_SEDES", "1")],
        "REENACT_SEDES is set, which reenact does not know: did you mean REENACT_SEEDS?",
    );
    refused(
        &[("REENACT_SEED", "first")],
        "REENACT_SEED=first cannot be read: `first` is no number; it accepts",
    );
    refused(&[("REENACT_SEEDS", "0")], "REENACT_SEEDS=0 cannot be read: 0 is too few");
    refused(&[("REENACT_JOBS", "-1")], "REENACT_JOBS=-1 cannot be read");
    refused(&[("REENACT_DETERMINISM", "")], "REENACT_DETERMINISM= cannot be read");
    refused(&[("REENACT_REPLAY", "r1:1")], "this token is damaged");
    refused(&[("REENACT_REPLAY", "@/no/such/file")], "/no/such/file: ");
    refused(&[("REENACT_SEED", "1"), ("REENACT_SEEDS", "2")], "are both set");
}

#[test]
fn what_is_refused_is_not_the_panic_that_a_test_is_meant_to_come_to() {
    for (name, value, says) in [
        ("REENACT_SEDES", "1", "did you mean REENACT_SEEDS?"),
        ("REENACT_REPLAY", "r1:1", "this token is damaged"),
        (
            "REENACT_REPLAY",
            &another_tests(),
            "belongs to another test than check::children::may_panic_anyhow",
        ),
    ] {
        let child = run("children::may_panic_anyhow", &[(name, value)]);
        assert!(!child.passed && child.err.contains(says), "{child:?}");
    }
    assert!(run("children::may_panic_anyhow", &[]).passed);
}
