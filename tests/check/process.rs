//! This test program, run again as a process of its own.
#![expect(clippy::disallowed_methods, reason = "processes talk by variables")]

use std::process::{Command, Output};

/// Set in processes that are made here, so that the tests of `children` know.
const CHILD: &str = "CHECK_CHILD";

/// Whether this process was made here.
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

/// A process for one test, to be run; without the variables of this one.
pub(crate) fn command(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test, "--test-threads", "1"]).env(CHILD, "1").env_remove("RUST_BACKTRACE");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REENACT_") {
            command.env_remove(name);
        }
    }
    // Failures that are meant are not recorded in this tree.
    command.env("REENACT_REGRESSIONS", "skip");
    command
}

/// Runs one test with these variables set; what it prints is not held back.
pub(crate) fn run(test: &str, variables: &[(&str, &str)]) -> Finished {
    finish(command(test).arg("--nocapture").envs(variables.iter().copied()))
}

pub(crate) fn finish(command: &mut Command) -> Finished {
    let Output { status, stdout, stderr } = command.output().expect("it can be run");
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    let finished = Finished { passed: status.success(), out: text(stdout), err: text(stderr) };
    assert!(!finished.out.contains("running 0 tests"), "there is such a test: {command:?}");
    finished
}
