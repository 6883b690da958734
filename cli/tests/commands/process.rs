//! Runs the command, with a script in the place of cargo.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// A directory of its own for each test.
pub(crate) struct Place(pub(crate) PathBuf);

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        // A test that is swept by another must not sweep in turn.
        assert!(std::env::var_os("COMMANDS_CHILD").is_none(), "a command that is tested runs no commands");
        let path = std::env::temp_dir().join(format!("reenact-commands-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("package/tests")).expect("a directory");
        let place = Place(path);
        place.write_cargo();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What cargo says when it has built this program, and of its one package.
    fn write_cargo(&self) {
        let manifest = self.0.join("package/Cargo.toml");
        let artifact = serde_json::json!({
            "reason": "compiler-artifact",
            "package_id": "path+file:///p#swept@0.1.0",
            "manifest_path": manifest,
            "target": { "name": "commands" },
            "profile": { "test": true },
            "executable": std::env::current_exe().expect("this program"),
        });
        let metadata = serde_json::json!({ "packages": [{ "name": "swept", "manifest_path": manifest }] });
        let script = format!(
            "#!/bin/sh\ncase \"$1\" in\ntest) cat <<'END'\n{artifact}\nEND\n;;\nmetadata) cat <<'END'\n{metadata}\nEND\n;;\nesac\n"
        );
        let path = self.0.join("cargo");
        fs::write(&path, script).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("made executable");
    }

    /// The command, to be run with these words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-reenact"));
        command.arg("reenact").args(words).stdin(Stdio::null()).current_dir(&self.0);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REENACT_") {
                command.env_remove(name);
            }
        }
        command.env_remove("CLICOLOR_FORCE").env_remove("CARGO_TERM_COLOR").env_remove("RUST_BACKTRACE");
        // Nothing is to be recorded in this tree.
        command.env("CARGO", self.0.join("cargo")).env("CI", "true").env("COMMANDS_CHILD", "1");
        command.env("REENACT_ARTIFACTS", self.0.join("artifacts")).env("TMPDIR", &self.0);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Finished {
        finished(self.command(words).output().expect("it can be run"))
    }

    /// The directory that the only failure left.
    pub(crate) fn left(&self) -> PathBuf {
        fn find(directory: &Path) -> Option<PathBuf> {
            if directory.join("trace.jsonl").exists() {
                return Some(directory.to_owned());
            }
            fs::read_dir(directory).ok()?.flatten().find_map(|entry| find(&entry.path()))
        }
        find(&self.0.join("artifacts")).expect("a failure left something")
    }
}

pub(crate) fn finished(output: Output) -> Finished {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    Finished { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Waits for something to be so.
#[track_caller]
pub(crate) fn until(mut is: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < Duration::from_secs(120), "it does not come to that");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ctrl-C, for a process, or for a group of them with `-` before its number.
pub(crate) fn interrupt(whom: &str) {
    let interrupt = Command::new("kill").args(["-INT", "--", whom]).status();
    assert!(interrupt.expect("there is such a command").success());
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
