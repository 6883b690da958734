//! The variables that docs/guide.md sets are understood. (What follows `cargo reenact` is tried by that
//! command's own tests.)

use super::guide::blocks;
use std::{collections::BTreeSet, process::Command};

/// `REENACT_NAME=value` in shell, `REENACT_NAME: value` in YAML.
fn settings() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for block in ["sh", "yaml"].into_iter().flat_map(blocks) {
        for part in block.split("REENACT_").skip(1) {
            let (name, rest) = part.split_once(['=', ':']).expect("a name and a value");
            let rest = rest.trim_start().replace("${{ matrix.shard }}", "2");
            let value = rest.split_whitespace().next().expect("a value");
            found.insert((format!("REENACT_{name}"), value.to_owned()));
        }
    }
    found
}

#[test]
fn all_variables_of_the_guide_are_understood() {
    let settings = settings();
    assert!(settings.len() >= 6, "{settings:?}");
    for (name, value) in settings {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "mended::the_last_word_wins_on_a_bad_network"]);
        // A token is of a run, and this test of another.
        if value.contains('…') {
            continue;
        }
        let directory = std::env::temp_dir().join(format!("reenact-guide-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        command.env("REENACT_ARTIFACTS", &directory).current_dir(&directory);
        // A trace is that of one run.
        if name == "REENACT_TRACE" {
            command.env("REENACT_SEED", "7");
        }
        let output = command.env(&name, &value).output().expect("it can be run");
        assert!(output.status.success(), "{name}={value}: {}", String::from_utf8_lossy(&output.stdout));
        std::fs::remove_dir_all(directory).expect("removed");
    }
}
