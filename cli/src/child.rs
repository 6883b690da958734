//! One test, run in a process of its own.
//!
//! Rim: it starts and ends processes. What they came to is read in `results`, and judged by the commands.

use crate::{exit::Trouble, package::Test, results::Said};
use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

/// A directory for what processes say, which goes when this does.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// # Errors
    ///
    /// If the system's directory for temporary files cannot be written.
    pub(crate) fn new() -> Result<Self, Trouble> {
        let path = std::env::temp_dir().join(format!("cargo-reenact-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| {
            Trouble::harness(format!(
                "{} cannot be made: {error}; set TMPDIR to a directory that can be written",
                path.display()
            ))
        })?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Set in processes that are made here.
const CHILD: &str = "CARGO_REENACT_CHILD";

/// Refuses to run tests in a test that is run by us, which would run itself without end.
///
/// # Errors
///
/// If this is a process of a test's.
pub(crate) fn assert_outside() -> Result<(), Trouble> {
    match std::env::var_os(CHILD) {
        None => Ok(()),
        Some(_) => Err(Trouble::usage(
            "`cargo reenact` was called by a test that `cargo reenact` runs: that has no end, so leave this test out (by a name before which the others stand, or `#[ignore]`)",
        )),
    }
}

/// A process that runs one test.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    report: PathBuf,
    output: PathBuf,
}

/// What a process came to.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) said: Said,
    pub(crate) status: ExitStatus,
    /// What it printed.
    pub(crate) output: String,
}

/// Starts a test with these variables set. With `shown`, what it prints goes where ours goes.
///
/// # Errors
///
/// If it cannot be started.
pub(crate) fn start(
    scratch: &Scratch,
    number: usize,
    test: &Test,
    variables: &[(&str, String)],
    shown: bool,
) -> Result<Running, Trouble> {
    let (report, output) =
        (scratch.0.join(format!("{number}.jsonl")), scratch.0.join(format!("{number}.txt")));
    let mut command = Command::new(&test.program.path);
    command.args(["--exact", &test.name, "--nocapture", "--test-threads", "1"]);
    command.current_dir(&test.program.directory).stdin(Stdio::null());
    // As cargo does; the test tells from it how it is run again.
    command.env("CARGO_MANIFEST_DIR", &test.program.directory).env("CARGO_PKG_NAME", &test.program.package);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        // What is asked for here goes before what is set around.
        let is_ours = ["SEED", "SEEDS", "REPLAY", "FOR", "SHARD", "TRACE", "REPORT", "REGRESSIONS", "JOBS"];
        if name.strip_prefix("REENACT_").is_some_and(|rest| is_ours.contains(&rest)) {
            command.env_remove(&*name);
        }
    }
    command
        .env(CHILD, "1")
        .env("REENACT_REPORT", &report)
        .env("REENACT_JOBS", "1")
        .envs(variables.iter().cloned());
    let refused = |error| Trouble::harness(format!("{} cannot be run: {error}", test.program.path.display()));
    if !shown {
        let file = File::create(&output).map_err(refused)?;
        let other = file.try_clone().map_err(refused)?;
        command.stdout(file).stderr(other);
    }
    let child = command.spawn().map_err(refused)?;
    Ok(Running { child, report, output })
}

impl Finished {
    /// How it died, in words: in a check that it did not end, or by a failure that no check has found.
    pub(crate) fn death(&self) -> Option<String> {
        let how = match () {
            () if self.said.begun > self.said.ends.len() => "died before it could report",
            () if self.status.success() || self.said.found().next().is_some() => return None,
            () if self.said.begun == 0 => "failed before its checks",
            () => "failed outside its checks",
        };
        let last = self.output.trim_end().lines().last();
        let last = last.map_or_else(String::new, |line| format!(": {}", line.escape_debug()));
        Some(format!("{how}, {}{last}", self.status))
    }

    /// Whether Ctrl-C has ended it.
    pub(crate) fn was_interrupted(&self) -> bool {
        #[cfg(unix)]
        return std::os::unix::process::ExitStatusExt::signal(&self.status) == Some(2);
        #[cfg(not(unix))]
        return false;
    }
}

impl Running {
    /// What it has said so far.
    pub(crate) fn said(&self) -> Said {
        Said::read(&self.report)
    }

    /// What it came to, if it has ended.
    pub(crate) fn finished(&mut self) -> Option<Finished> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(self.with(status))
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// If the system does not tell of it.
    pub(crate) fn wait(mut self) -> Result<Finished, Trouble> {
        let status =
            self.child.wait().map_err(|error| Trouble::harness(format!("a process was lost: {error}")))?;
        Ok(self.with(status))
    }

    /// Ends it.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn with(&self, status: ExitStatus) -> Finished {
        let output = fs::read(&self.output).unwrap_or_default();
        let output = String::from_utf8_lossy(&output).into_owned();
        let _ = fs::remove_file(&self.output);
        Finished { said: self.said(), status, output }
    }
}

impl Drop for Running {
    /// Nobody looks after it any more. Of one that has ended, nothing is left to be done.
    fn drop(&mut self) {
        self.kill();
    }
}
