//! The command that repeats a run, on one line to be copied.
//!
//! Pure but for looking whether a source file exists; called on the way to a report only.

use super::site::Site;
use std::path::Path;

/// The command that repeats the run of a token. Without a site nobody knows how the program was
/// started.
pub(crate) fn replay(site: Option<&Site>, token: &str) -> String {
    match site {
        Some(site) => format!("REENACT_REPLAY={token} {}", cargo_test(site, |path| path.exists())),
        None => format!("REENACT_REPLAY={token} <the command that ran this>"),
    }
}

/// The call of `cargo test` that runs this test alone.
fn cargo_test(site: &Site, exists: impl Fn(&Path) -> bool) -> String {
    let target = target(site, exists);
    let space = if target.is_empty() { "" } else { " " };
    format!("cargo test -p {}{space}{target} -- --exact {}", site.package, name(site))
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
    use super::{cargo_test, replay};
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
        assert!(replay(Some(&SITE), "r1:0:A").starts_with("REENACT_REPLAY=r1:0:A cargo test -p raft"));
        assert!(replay(None, "r1:0:A").starts_with("REENACT_REPLAY=r1:0:A <"));
    }
}
