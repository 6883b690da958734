//! Sweeps: what is run, what is believed, what the exit code says.

use crate::process::{Place, finished, interrupt, until};
use std::{fs, process::Stdio};

#[test]
fn simulations_are_swept_and_the_others_are_told() {
    let place = Place::new("swept");
    let words = ["sweep", "children::", "--seeds", "200", "--jobs", "2", "--results", "results.jsonl"];
    let sweep = place.run(&[&words[..], &["-p", "swept"]].concat());
    assert_eq!(sweep.code, Some(1), "{sweep:?}");
    let line = |name: &str| {
        let path = format!("commands::children::{name} ");
        sweep
            .out
            .lines()
            .find(|line| line.starts_with(&path))
            .unwrap_or_else(|| panic!("{name} in {}", sweep.out))
    };
    assert!(
        line("passes").ends_with("202 runs  ok") || line("passes").ends_with("204 runs  ok"),
        "{}",
        line("passes")
    );
    assert!(line("fails").ends_with("FAILED") && line("leaks").ends_with("STATE LEAK"), "{}", sweep.out);
    assert!(
        line("dies").ends_with("DIED") && line("is_no_simulation").ends_with("not a simulation"),
        "{}",
        sweep.out
    );
    assert!(
        sweep.out.contains("confirmed in a fresh process") && sweep.out.contains(": seven"),
        "{}",
        sweep.out
    );
    assert!(
        sweep.out.contains("in a fresh process, the same run went another way: something outlives a run"),
        "{}",
        sweep.out
    );
    assert!(sweep.out.contains("    replay  REENACT_REPLAY=r1:"), "{}", sweep.out);
    assert!(sweep.out.contains("10 tests, 9 simulations, "), "{}", sweep.out);
    let results = fs::read_to_string(place.path("results.jsonl")).expect("results");
    assert!(results.lines().count() >= 4 && results.contains("\"event\":\"end\""), "{results}");
    assert!(!sweep.out.contains('\u{1b}'), "no colour without a terminal");
}

#[test]
fn what_only_fails_after_other_runs_is_nondeterminism() {
    let sweep = Place::new("leak").run(&["sweep", "children::leaks", "--exact", "--seeds", "60"]);
    assert_eq!(sweep.code, Some(5), "{sweep:?}");
}

#[test]
fn a_program_that_dies_is_no_failure_of_a_test() {
    let sweep = Place::new("dies").run(&["sweep", "children::dies", "--seeds", "60"]);
    assert_eq!(sweep.code, Some(3), "{sweep:?}");
    assert!(sweep.out.contains("died before it could report, signal: 6"), "{}", sweep.out);
}

#[test]
fn a_death_after_a_check_that_passed_is_one() {
    for (name, says) in [
        ("children::dies_in_its_second_check", "    died before it could report, signal: 6"),
        ("children::fails_outside_its_check", "    failed outside its checks, exit status: 101"),
    ] {
        let sweep = Place::new(name).run(&["sweep", name, "--exact", "--seeds", "20"]);
        assert_eq!(sweep.code, Some(3), "{sweep:?}");
        assert!(sweep.out.contains("DIED\n") && sweep.out.contains(says), "{}", sweep.out);
    }
}

#[test]
fn a_test_that_is_meant_to_fail_is_clean_if_it_does() {
    let place = Place::new("meant");
    let sweep = place.run(&["sweep", "children::fails_as_it_should", "--results", "results.jsonl"]);
    assert_eq!(sweep.code, Some(0), "{sweep:?}");
    let results = fs::read_to_string(place.path("results.jsonl")).expect("results");
    assert!(results.contains("it is meant to fail, and does: panic: as it should"), "{results}");
}

#[test]
fn a_failure_in_the_second_check_of_a_function_is_confirmed() {
    let place = Place::new("second");
    let sweep = place.run(&["sweep", "children::fails_in_its_second_check", "--seeds", "200"]);
    assert_eq!(sweep.code, Some(1), "{sweep:?}");
    assert!(sweep.out.contains("confirmed in a fresh process"), "{}", sweep.out);
}

#[test]
fn clean_sweeps_shares_and_times() {
    let place = Place::new("clean");
    let sweep = place.run(&["sweep", "children::passes", "--seeds", "100", "--shard", "2/4", "--jobs", "1"]);
    assert_eq!(sweep.code, Some(0), "{sweep:?}");
    assert!(sweep.out.contains(" 27 runs  ok"), "25 and its own two: {}", sweep.out);
    let sweep = place.run(&["sweep", "children::passes", "--for", "300ms", "--fresh", "--color", "always"]);
    assert_eq!(sweep.code, Some(0), "{sweep:?}");
    assert!(sweep.out.contains("\u{1b}[32mok\u{1b}[0m"), "{}", sweep.out);
}

#[test]
fn what_makes_no_sense_is_said() {
    let place = Place::new("senseless");
    let nothing = place.run(&["sweep", "no_such_test"]);
    assert_eq!((nothing.code, nothing.err.as_str()), (Some(4), "error: no test is called `no_such_test`\n"));
    let only_others = place.run(&["sweep", "children::is_no_simulation"]);
    assert_eq!(only_others.code, Some(4), "{only_others:?}");
    assert!(only_others.out.contains("\n1 test, 0 simulations, 0 runs in "), "{}", only_others.out);
    assert!(only_others.out.contains("none of these tests is a simulation: "), "{}", only_others.out);
    for words in
        [&["sweep", "--shard", "5/4"][..], &["sweep", "--for", "soon"], &["sweep", "--seeds", "0"], &["swep"]]
    {
        let refused = place.run(words);
        assert_eq!(refused.code, Some(2), "{words:?}: {refused:?}");
    }
    let unwritable =
        place.run(&["sweep", "children::passes", "--seeds", "10", "--results", "/nowhere/at/all"]);
    assert_eq!(unwritable.code, Some(3), "{unwritable:?}");
    assert!(unwritable.err.contains("/nowhere/at/all cannot be written"), "{}", unwritable.err);
    assert_eq!(unwritable.out, "", "before anything is run");
}

#[test]
fn a_directory_for_artifacts_that_cannot_be_written_is_a_remark() {
    let place = Place::new("read-only");
    let sweep = place.command(&["sweep", "children::fails"]).env("REENACT_ARTIFACTS", "/proc/none").output();
    let sweep = finished(sweep.expect("it can be run"));
    assert_eq!(sweep.code, Some(1), "{sweep:?}");
    assert!(sweep.out.contains("replay  REENACT_REPLAY=r1:"), "{}", sweep.out);
}

#[test]
fn an_interrupted_sweep_says_what_it_has() {
    let place = Place::new("interrupted");
    let mut command = place.command(&["sweep", "children::takes_its_time", "--for", "600s", "--jobs", "1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be run");
    let report = place.path(&format!("cargo-reenact-{}/0.jsonl", child.id()));
    until(|| fs::read_to_string(&report).is_ok_and(|lines| lines.contains("\"progress\"")));
    interrupt(&child.id().to_string());
    let sweep = finished(child.wait_with_output().expect("it ends"));
    assert_eq!(sweep.code, Some(130), "{sweep:?}");
    let last = sweep.out.lines().last().expect("a summary");
    assert!(last.ends_with("0 failing; interrupted") && !last.contains(" 0 runs "), "{}", sweep.out);
}

#[test]
fn a_test_that_is_swept_sweeps_nothing() {
    let place = Place::new("nested");
    let token = reenact::Tape::seed(1, reenact::Strategy::Random).token();
    for words in [&["sweep"][..], &["replay", &token]] {
        let nested = place.command(words).env("CARGO_REENACT_CHILD", "1").output();
        let nested = finished(nested.expect("it can be run"));
        assert_eq!((nested.code, nested.out.as_str()), (Some(2), ""), "{nested:?}");
        assert!(nested.err.contains("was called by a test that `cargo reenact` runs"), "{}", nested.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_no_success() {
    let place = Place::new("full");
    let full = fs::File::options().write(true).open("/dev/full").expect("a device");
    let sweep = place.command(&["sweep", "children::passes", "--seeds", "10"]).stdout(full).output();
    let sweep = finished(sweep.expect("it can be run"));
    assert_eq!(sweep.code, Some(3), "{sweep:?}");
    assert!(sweep.err.contains("error: what was to be printed cannot be written: "), "{}", sweep.err);
}
