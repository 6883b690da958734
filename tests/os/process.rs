//! This test program, run again as a process of its own.

use crate::{programs::PROGRAMS, same::seen};
use std::process::{Command, Output};

/// Set in processes that are made here.
const CHILD: &str = "OS_CHILD";

pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// What a process came to.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) passed: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs one test in a process of its own; what it prints is not held back.
pub(crate) fn run(test: &str, variables: &[(&str, &str)]) -> Finished {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REENACT_")) {
        command.env_remove(name);
    }
    command.args(["--exact", test, "--include-ignored", "--nocapture", "--test-threads", "1"]);
    command.env(CHILD, "1").env_remove("RUST_BACKTRACE").env("REENACT_REGRESSIONS", "skip");
    let Output { status, stdout, stderr } =
        command.envs(variables.iter().copied()).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    let finished = Finished { passed: status.success(), out: text(stdout), err: text(stderr) };
    assert!(!finished.out.contains("running 0 tests"), "there is such a test: {test}");
    finished
}

#[test]
#[ignore = "for the test below, in its own process"]
fn say_what_is_seen() {
    for program in PROGRAMS {
        println!("\n{}", seen(program, 1..4));
    }
}

#[test]
fn three_fresh_processes_see_the_same() {
    let child = || {
        let child = run("process::say_what_is_seen", &[]);
        assert!(child.passed, "{child:?}");
        child
            .out
            .split_once("\nrunning")
            .and_then(|(_, rest)| rest.split_once("test result"))
            .map(|(said, _)| said.to_owned())
    };
    let first = child().expect("it says something");
    for program in PROGRAMS {
        assert!(first.contains(&seen(program, 1..4)), "as in this process: {}", program.name);
    }
    for _ in 0..2 {
        assert_eq!(child().as_deref(), Some(first.as_str()));
    }
}
