//! Sweeps that are interrupted, or cannot go on: nothing false is said, and no process is left.
#![cfg(unix)]

use crate::process::{Finished, Place, finished, interrupt, until};
use std::{
    fs,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
};

/// Sweeps until a test stays, and then presses Ctrl-C in the terminal of both.
fn interrupted(name: &str, more: &[&str]) -> Finished {
    let place = Place::new(name);
    let mark = place.path("mark");
    let mut command = place.command(&[&["sweep", name, "--exact"], more].concat());
    command.env("COMMANDS_MARK", &mark).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn().expect("it can be run");
    until(|| fs::read_to_string(&mark).is_ok_and(|text| !text.is_empty()));
    interrupt(&format!("-{}", child.id()));
    finished(child.wait_with_output().expect("it ends"))
}

#[test]
fn a_failure_whose_confirmation_is_interrupted_was_not_tried_again() {
    let sweep = interrupted("stubborn::stays_when_it_is_replayed", &["--seeds", "20"]);
    assert!(sweep.out.contains("FAILED") && !sweep.out.contains("in a fresh process"), "{sweep:?}");
    assert_eq!(sweep.code, Some(1), "it failed: {sweep:?}");
}

#[test]
fn a_simulation_stays_one_if_its_last_process_is_interrupted_before_it_begins() {
    let sweep = interrupted("stubborn::stays_in_its_later_shares", &["--for", "600s", "--jobs", "2"]);
    assert_eq!(sweep.code, Some(130), "{sweep:?}");
    assert!(sweep.out.contains("1 test, 1 simulation, "), "{}", sweep.out);
}

#[test]
fn a_sweep_that_cannot_go_on_leaves_no_process() {
    let place = Place::new("orphans");
    let mark = place.path("mark");
    let mut command = place.command(&["sweep", "stubborn::takes_", "--seeds", "20", "--jobs", "2"]);
    let sweep = finished(command.env("COMMANDS_MARK", &mark).output().expect("it can be run"));
    assert_eq!((sweep.code, sweep.out.as_str()), (Some(3), ""), "{sweep:?}");
    let process = fs::read_to_string(mark).expect("it stayed");
    let lives = Command::new("kill").args(["-0", &process]).stderr(Stdio::null()).status();
    assert!(!lives.expect("there is such a command").success(), "process {process} is left");
}
