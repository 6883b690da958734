//! The command that repeats a run, on one line to be copied.
//!
//! Pure but for looking whether a source file exists; called on the way to a report only.

use super::site::Site;
use crate::env::Program;
use std::path::Path;

/// From where a check is run.
pub(crate) enum Origin<'a> {
    /// A test that the attribute made.
    Test(&'a Site),
    /// Any function of a program.
    Program {
        program: Program,
        /// It is the how manieth check of its thread, from 1.
        turn: u32,
    },
}

impl<'a> Origin<'a> {
    pub(crate) fn site(&self) -> Option<&'a Site> {
        match self {
            Origin::Test(site) => Some(site),
            Origin::Program { .. } => None,
        }
    }

    /// The command that repeats the run of a token, or of a file that has one after its `@`.
    pub(crate) fn replay(&self, token: &str) -> String {
        let command = match self {
            Origin::Test(site) => cargo_test(site, |path| path.exists()),
            Origin::Program { program, .. } => again(program),
        };
        format!("REENACT_REPLAY={} {command}", quoted(&self.given(token)))
    }

    /// What `REENACT_REPLAY` is then: which check of several it is, and the token.
    pub(crate) fn given(&self, token: &str) -> String {
        match self {
            Origin::Test(_) | Origin::Program { turn: 1, .. } => token.to_owned(),
            Origin::Program { turn, .. } => format!("{turn}:{token}"),
        }
    }
}

/// The command that starts a program as it was started, or the one test of it that this thread runs.
fn again(program: &Program) -> String {
    let Program { path, arguments, package, test } = program;
    if let (Some(package), Some(test)) = (package, test) {
        return format!("cargo test -p {} -- --exact {}", quoted(package), quoted(test));
    }
    let mut words = vec![quoted(path)];
    match test {
        Some(test) => words.extend(["--exact".to_owned(), quoted(test)]),
        None => words.extend(arguments.iter().map(|argument| quoted(argument))),
    }
    words.join(" ")
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The call of `cargo test` that runs this test alone.
fn cargo_test(site: &Site, exists: impl Fn(&Path) -> bool) -> String {
    let target = target(site, exists);
    let space = if target.is_empty() { "" } else { " " };
    format!("cargo test -p {}{space}{target} -- --exact {}", site.package, quoted(&name(site)))
}

/// The name of the test in its program: its path without the crate.
fn name(site: &Site) -> String {
    match site.module.split_once("::") {
        Some((_, modules)) => format!("{modules}::{}", site.name),
        None => site.name.to_owned(),
    }
}

/// Which of the package's programs has the test. Where that is not certain, nothing is said, and
/// cargo looks through all of them.
fn target(site: &Site, exists: impl Fn(&Path) -> bool) -> String {
    let krate = site.module.split("::").next().unwrap_or_default();
    let manifest_dir = Path::new(site.manifest_dir);
    let file = site.file.replace('\\', "/");
    let under = |dir: &str| file.starts_with(&format!("{dir}/")) || file.contains(&format!("/{dir}/"));
    if site.integration {
        // A crate's name has `_` where its file may have `-`; of two such files neither is guessed.
        let hyphened = krate.replace('_', "-");
        for (dir, flag) in [("tests", "--test"), ("benches", "--bench")] {
            let is_there = |name: &str| {
                exists(&manifest_dir.join(format!("{dir}/{name}.rs")))
                    || exists(&manifest_dir.join(format!("{dir}/{name}/main.rs")))
            };
            if let Some(name) = [krate, &hyphened].into_iter().find(|name| is_there(name)) {
                return format!("{flag} {name}");
            }
        }
        return String::new();
    }
    if file.ends_with("src/main.rs") || under("src/bin") {
        return "--bins".to_owned();
    }
    if under("examples") {
        return "--examples".to_owned();
    }
    let has = |path: &str| exists(&manifest_dir.join(path));
    let only_a_library = has("src/lib.rs") && !has("src/main.rs") && !has("src/bin");
    if only_a_library { "--lib".to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Program, cargo_test, quoted};
    use crate::check::site::Site;

    const SITE: Site = Site {
        package: "raft",
        manifest_dir: "/p",
        module: "raft",
        name: "elects_one_leader",
        file: "tests/raft.rs",
        line: 7,
        integration: true,
        should_panic: false,
    };

    fn command(site: Site, files: &[&str]) -> String {
        cargo_test(&site, |path| files.iter().any(|file| path == std::path::Path::new("/p").join(file)))
    }

    #[test]
    fn a_test_of_the_directory_tests_is_named_by_its_file() {
        let there = ["tests/raft.rs"];
        assert_eq!(command(SITE, &there), "cargo test -p raft --test raft -- --exact elects_one_leader");
        let inner = Site { module: "raft::votes::late", ..SITE };
        assert_eq!(
            command(inner, &there),
            "cargo test -p raft --test raft -- --exact votes::late::elects_one_leader"
        );
        let folder = Site { file: "tests/raft/main.rs", ..SITE };
        assert!(command(folder, &["tests/raft/main.rs"]).contains("--test raft --"));
    }

    #[test]
    fn a_hyphen_in_the_name_of_the_file_is_kept() {
        let site = Site { module: "two_phase", ..SITE };
        assert!(command(site, &["tests/two-phase.rs"]).contains("--test two-phase --"));
        assert!(command(site, &["benches/two_phase.rs"]).contains("--bench two_phase --"));
        assert_eq!(command(site, &[]), "cargo test -p raft -- --exact elects_one_leader");
    }

    #[test]
    fn a_unit_test_is_in_the_library_if_nothing_else_can_have_it() {
        let site = Site { module: "raft::log", file: "src/log.rs", integration: false, ..SITE };
        let lib = "cargo test -p raft --lib -- --exact log::elects_one_leader";
        assert_eq!(command(site, &["src/lib.rs"]), lib);
        assert_eq!(command(site, &["src/lib.rs", "src/main.rs"]), lib.replace(" --lib", ""));
        let main = Site { module: "raft", file: "crates/raft/src/main.rs", ..site };
        assert_eq!(command(main, &[]), "cargo test -p raft --bins -- --exact elects_one_leader");
        let example = Site { module: "kv", file: "examples/kv.rs", ..site };
        assert!(command(example, &["src/lib.rs"]).contains("--examples --"));
    }

    #[test]
    fn the_token_comes_first_so_that_the_line_can_be_pasted() {
        let replay = Origin::Test(&SITE).replay("r1:0:A");
        assert!(replay.starts_with("REENACT_REPLAY=r1:0:A cargo test -p raft"));
        let replay = Origin::Test(&SITE).replay("@target/my files/tape.txt");
        assert!(replay.starts_with("REENACT_REPLAY='@target/my files/tape.txt' cargo test"));
    }

    #[test]
    fn a_program_is_started_again_as_it_was() {
        let program = Program {
            path: "target/release/examples/bank".to_owned(),
            arguments: vec!["--seeds".to_owned(), "5".to_owned(), "it's".to_owned()],
            package: Some("bank".to_owned()),
            test: None,
        };
        assert_eq!(
            Origin::Program { program, turn: 1 }.replay("r1:0:A"),
            r"REENACT_REPLAY=r1:0:A target/release/examples/bank --seeds 5 'it'\''s'"
        );
    }

    #[test]
    fn a_test_is_run_again_alone_and_the_turn_of_its_check_is_told() {
        let program = Program {
            path: "/p/target/debug/deps/raft-1a2b".to_owned(),
            arguments: vec!["--nocapture".to_owned()],
            package: Some("raft".to_owned()),
            test: Some("votes::late".to_owned()),
        };
        let alone = Program { package: None, ..program.clone() };
        assert_eq!(
            Origin::Program { program, turn: 2 }.replay("r1:0:A"),
            "REENACT_REPLAY=2:r1:0:A cargo test -p raft -- --exact votes::late"
        );
        assert_eq!(
            Origin::Program { program: alone, turn: 1 }.replay("r1:0:A"),
            "REENACT_REPLAY=r1:0:A /p/target/debug/deps/raft-1a2b --exact votes::late"
        );
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        for (word, as_one) in [
            ("a-b_c/d.e", "a-b_c/d.e"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$x", "'$x'"),
            ("r#match", "'r#match'"),
        ] {
            assert_eq!(quoted(word), as_one);
        }
    }
}
