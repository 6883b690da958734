//! The file on a disk: what is written, by many at once, and what stands in the way.

use super::{ENDING, Regressions, head, locate};
use crate::check::{
    regressions::format::{self, Case, Loaded, Saved},
    scratch::Directory,
    site::Site,
};
use reenact_sim::{Strategy, Tape};
use std::{fs, path::Path, path::PathBuf};

const SITE: Site = Site {
    package: "raft",
    manifest_dir: "/ws/crates/raft",
    module: "raft",
    name: "elects",
    file: "tests/raft.rs",
    line: 7,
    integration: true,
    should_panic: false,
};
const FILE: &str = "raft.reenact-regressions";

fn case(seed: u64) -> Case {
    let tape = Tape::seed(seed, Strategy::Random);
    Case { line: 0, tape, digest: seed, message: "two leaders".to_owned() }
}

fn regressions(directory: &Directory, name: &str) -> Regressions {
    let path = Some(directory.0.join(FILE));
    let shown = format!("tests/{FILE}");
    Regressions { name: name.to_owned(), path, shown, read_only: false }
}

fn seeds(loaded: &Loaded) -> Vec<u64> {
    loaded.cases.iter().map(|case| case.tape.header.seed).collect()
}

#[test]
fn the_file_lies_beside_the_source_wherever_that_is_seen_from() {
    let found = |file, source: &str| locate(&Site { file, ..SITE }, |path| path == Path::new(source));
    let beside = |path: &str| Some(PathBuf::from(format!("{path}.{ENDING}")));
    assert_eq!(found("tests/raft.rs", "/ws/crates/raft/tests/raft.rs"), beside("/ws/crates/raft/tests/raft"));
    assert_eq!(
        found("crates/raft/src/lib.rs", "/ws/crates/raft/src/lib.rs"),
        beside("/ws/crates/raft/src/lib")
    );
    assert_eq!(found("/elsewhere/t.rs", "/elsewhere/t.rs"), beside("/elsewhere/t"));
    assert_eq!(found("tests/raft.rs", "/other/tests/raft.rs"), None);
}

#[test]
fn what_is_saved_is_loaded_once_and_can_be_updated_and_removed() {
    let directory = Directory::new("saved");
    let file = regressions(&directory, "raft::elects");
    assert_eq!(file.load(), Loaded::default());
    assert_eq!(file.save(&case(1)), Ok(Saved::Added));
    assert_eq!(file.save(&case(1)), Ok(Saved::Already));
    assert_eq!(file.save(&case(2)), Ok(Saved::Added));
    let changed = Case { digest: 9, ..case(1) };
    assert_eq!(file.save(&changed), Ok(Saved::Already));
    assert_eq!(file.update(&changed), Ok(Saved::Updated));
    let text = directory.text(FILE).expect("it is written");
    let lines = [changed, case(2)].map(|case| format::line("raft::elects", &case) + "\n").concat();
    assert_eq!(text, head(&file.shown) + &lines);
    assert!(text.starts_with("# Failures that reenact found in the tests of raft.rs"));
    assert_eq!(regressions(&directory, "raft::other").load(), Loaded::default());
    assert_eq!(file.remove(&[case(1).tape, case(7).tape]), Ok(1));
    assert_eq!(seeds(&file.load()), [2]);
    assert_eq!(file.remove(&[case(1).tape]), Ok(0));
    assert_eq!(directory.names(), [FILE], "no lock and no draft is left");
}

#[test]
fn writers_in_parallel_lose_nothing() {
    const WRITERS: u64 = 6;
    const EACH: u64 = 10;
    let directory = Directory::new("parallel");
    let path = directory.0.join(FILE);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                for i in 0..EACH {
                    let case = case(writer * EACH + i);
                    // Past the mutex, as if they were processes.
                    let edit = |bytes: &[u8]| format::with(bytes, "raft::elects", &case, false, "#\n");
                    assert_eq!(super::change(path, &edit), Ok(Saved::Added));
                }
            });
        }
    });
    let mut seeds = seeds(&regressions(&directory, "raft::elects").load());
    seeds.sort_unstable();
    assert_eq!(seeds, (0..WRITERS * EACH).collect::<Vec<_>>());
    assert_eq!(directory.names(), [FILE]);
}

#[test]
fn nothing_is_written_in_ci_and_the_line_is_told() {
    let directory = Directory::new("ci");
    let mut file = regressions(&directory, "raft::elects");
    file.read_only = true;
    let line = format::line("raft::elects", &case(1));
    let said = format!(
        "the failure is not recorded in tests/{FILE} (CI is set, so nothing is written into the source tree); \
         to do it by hand, add this line: {line}"
    );
    assert_eq!(file.save(&case(1)), Err(said));
    assert!(directory.names().is_empty());
    // What was committed needs no word.
    fs::write(directory.0.join(FILE), line).expect("written");
    assert_eq!(file.save(&case(1)), Ok(Saved::Already));
    assert!(file.remove(&[case(1).tape]).expect_err("it may not").contains(&case(1).tape.token()));
    assert_eq!(seeds(&file.load()), [1]);
}

#[test]
fn a_test_whose_source_is_elsewhere_has_no_file_and_says_so_only_when_it_fails() {
    let file = Regressions::of(&Site { file: "no/such/source.rs", ..SITE }, "raft::elects");
    assert_eq!(file.shown(), "no/such/source.reenact-regressions");
    assert_eq!(file.load(), Loaded::default());
    let error = file.save(&case(1)).expect_err("nowhere");
    assert!(
        error.contains("(the source of the test is not found on this machine); to do it by hand"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_read_is_said_and_never_overwritten() {
    let directory = Directory::new("a-directory");
    fs::create_dir(directory.0.join(FILE)).expect("made");
    let file = regressions(&directory, "raft::elects");
    let loaded = file.load();
    assert!(loaded.cases.is_empty() && loaded.notes.len() == 1);
    assert!(loaded.notes[0].starts_with(&format!("tests/{FILE} cannot be read (")), "{}", loaded.notes[0]);
    let error = file.save(&case(1)).expect_err("it is a directory");
    assert!(error.contains("it cannot be read") && error.contains(&case(1).tape.token()), "{error}");
    assert_eq!(directory.names(), [FILE]);
}

#[test]
fn a_directory_that_is_gone_is_an_error_with_the_line() {
    let directory = Directory::new("gone");
    let mut file = regressions(&directory, "raft::elects");
    file.path = Some(directory.0.join("none").join(FILE));
    let error = file.save(&case(1)).expect_err("nowhere to write");
    assert!(error.ends_with(&format::line("raft::elects", &case(1))), "{error}");
}

#[test]
fn a_read_only_file_stays_as_it_is_and_the_line_is_told() {
    let directory = Directory::new("read-only");
    let path = directory.0.join(FILE);
    fs::write(&path, "# kept\n").expect("written");
    let mut permissions = fs::metadata(&path).expect("it is there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("it is ours");
    let error = regressions(&directory, "raft::elects").save(&case(1)).expect_err("read-only");
    let line = format::line("raft::elects", &case(1));
    assert!(error.contains(&format!("tests/{FILE} (it is read-only)")) && error.ends_with(&line), "{error}");
    assert_eq!(directory.text(FILE).as_deref(), Some("# kept\n"));
    assert_eq!(directory.names(), [FILE]);
}

#[test]
#[cfg(unix)]
fn permissions_and_links_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = Directory::new("links");
    let kept = directory.0.join("kept elsewhere");
    fs::write(&kept, "# kept\n").expect("written");
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o640)).expect("it is ours");
    std::os::unix::fs::symlink(&kept, directory.0.join(FILE)).expect("linked");
    assert_eq!(regressions(&directory, "raft::elects").save(&case(1)), Ok(Saved::Added));
    assert!(directory.0.join(FILE).is_symlink());
    assert!(fs::read_to_string(&kept).expect("it is there").starts_with("# kept\nraft::elects r1:"));
    assert_eq!(fs::metadata(&kept).expect("it is there").permissions().mode() & 0o777, 0o640);
}
