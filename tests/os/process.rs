//! This test program, run again as a process of its own.

use crate::{programs::PROGRAMS, same::seen};
use std::{
    path::Path,
    process::{Command, Output},
};

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
    run_program(&std::env::current_exe().expect("this program"), test, variables)
}

fn run_program(program: &Path, test: &str, variables: &[(&str, &str)]) -> Finished {
    let mut command = Command::new(program);
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
    for &program in PROGRAMS {
        println!("\n{}", seen(program, 1..4));
    }
}

/// What a process that is made by this program says.
fn said_by(program: &Path) -> String {
    let child = run_program(program, "process::say_what_is_seen", &[]);
    assert!(child.passed, "{child:?}");
    let said = child.out.split_once("\nrunning").and_then(|(_, rest)| rest.split_once("test result"));
    said.map(|(said, _)| said.to_owned()).expect("it says something")
}

#[test]
fn three_fresh_processes_see_the_same() {
    let this = std::env::current_exe().expect("this program");
    let first = said_by(&this);
    for &program in PROGRAMS {
        assert!(first.contains(&seen(program, 1..4)), "as in this process: {}", program.name);
    }
    for _ in 0..2 {
        assert_eq!(said_by(&this), first);
    }
}

/// `.ci/overrides` builds this program once more, in release, and says where that is.
#[test]
#[ignore = "needs another build of this program: OS_OTHER_BUILD"]
fn another_build_sees_the_same() {
    let other = std::env::var_os("OS_OTHER_BUILD").expect("the path of another build of this program");
    let said = said_by(Path::new(&other));
    for &program in PROGRAMS {
        assert!(said.contains(&seen(program, 1..4)), "as in this build: {}", program.name);
    }
}
