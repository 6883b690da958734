//! docs/guide.md: its code is the code of this program, its report is what this program prints.

use std::{fs, path::Path, process::Command};

pub(crate) const GUIDE: &str = include_str!("../../docs/guide.md");

/// What stands in the guide between fences of this kind.
pub(crate) fn blocks(kind: &str) -> Vec<&'static str> {
    let fence = format!("```{kind}\n");
    let blocks: Vec<_> = GUIDE.split(&fence).skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "the guide has something in {kind}");
    blocks
}

#[test]
fn all_code_of_the_guide_is_run_here() {
    let run = [
        include_str!("../words.rs"),
        include_str!("mended.rs"),
        include_str!("snapshots.rs"),
        include_str!("logs.rs"),
    ];
    let run = run.map(|text| text.replace("#[ignore = \"it fails, as the guide says\"]\n", ""));
    for block in blocks("rust") {
        assert!(run.iter().any(|text| text.contains(block)), "this is run nowhere:\n{block}");
    }
}

#[test]
fn the_snapshot_of_the_guide_is_the_one_that_is_compared() {
    let path = "tests/words/snapshots/words__snapshots__the_database_recovers.snap";
    let snapshot = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a snapshot");
    let body = snapshot.split("---\n").nth(2).expect("a snapshot");
    assert!(blocks("text").iter().any(|block| block.trim_end() == body.trim_end()), "{body}");
}

/// The report without what differs between packages (names, lines of files) or versions (tokens).
fn neutral(report: &str) -> String {
    let mut lines = Vec::new();
    for line in report.lines() {
        let words = line.split_whitespace().next().unwrap_or_default();
        match words {
            "thread" | "open" => lines.push(words.to_owned()),
            "replay" => lines.push(line.rsplit_once(':').map_or(line, |(seed, _token)| seed).to_owned()),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

#[test]
fn the_report_of_the_guide_is_what_is_printed() {
    let artifacts = std::env::temp_dir().join(format!("reenact-guide-{}", std::process::id()));
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "the_last_word_wins", "--ignored", "--nocapture", "--test-threads", "1"]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REENACT_") {
            command.env_remove(name);
        }
    }
    // Nothing is recorded beside this file.
    command.env("REENACT_REGRESSIONS", "skip").env("REENACT_ARTIFACTS", &artifacts);
    let output = command.env("RUST_BACKTRACE", "0").output().expect("it can be run");
    let printed = String::from_utf8(output.stderr).expect("text");
    assert!(!output.status.success());
    let begin = printed.find("thread 'the_last_word_wins'").expect("a report");
    let printed = neutral(printed[begin..].trim_end());
    let shown = blocks("text").into_iter().find(|block| block.starts_with("thread ")).expect("a report");
    let shown = neutral(shown.trim_end());
    // In the guide it is also recorded.
    let shown = shown.lines().filter(|line| !line.starts_with("  saved "));
    assert_eq!(shown.collect::<Vec<_>>().join("\n"), printed);
    left(&artifacts);
}

#[test]
fn the_token_of_the_guide_is_one() {
    let token =
        GUIDE.split("REENACT_REPLAY=").nth(1).and_then(|rest| rest.split(' ').next()).expect("a token");
    assert!(reenact::Tape::parse(token).is_ok(), "{token}");
}

/// A failure leaves the files that the guide names.
fn left(artifacts: &Path) {
    let mut found = Vec::new();
    let mut directories = vec![artifacts.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else {
                found.push(path.file_name().expect("a name").to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    fs::remove_dir_all(artifacts).expect("removed");
    assert_eq!(found, ["explanation.txt", "report.json", "tape.txt", "trace.jsonl", "trace.txt"]);
    for name in found {
        assert!(GUIDE.contains(&format!("`{name}`")), "{name} is explained");
    }
}
