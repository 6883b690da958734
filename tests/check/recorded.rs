//! A failure is recorded beside its test, and run first from then on.

use super::process::{Finished, command, finish};
use std::{fs, path::PathBuf};

const TEST: &str = "recorded_child::has_a_bug";
const NAME: &str = "check::recorded_child::has_a_bug";

/// The file of recorded cases, and the directory for artifacts; both go at the end.
struct Files {
    cases: PathBuf,
    artifacts: PathBuf,
}

impl Files {
    fn new() -> Self {
        let cases =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/check/recorded_child.reenact-regressions");
        let artifacts = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("artifacts of recorded");
        let files = Files { cases, artifacts };
        files.remove();
        files
    }

    fn remove(&self) {
        let _ = fs::remove_file(&self.cases);
        let _ = fs::remove_dir_all(&self.artifacts);
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.cases).expect("it was written")
    }

    fn run(&self, variables: &[(&str, &str)]) -> Finished {
        let mut command = command(TEST);
        command.arg("--nocapture").env_remove("CI").env("REENACT_REGRESSIONS", "run");
        command.env("REENACT_ARTIFACTS", &self.artifacts);
        finish(command.envs(variables.iter().copied()))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.remove();
    }
}

/// One test, since there is one file.
#[test]
fn a_failure_is_recorded_run_first_told_when_stale_and_updated() {
    let files = Files::new();

    let ci = files.run(&[("CI", "true")]);
    assert!(!files.cases.exists(), "nothing is written into the tree there");
    assert!(ci.err.contains("CI is set") && ci.err.contains("add this line: check::recorded"), "{}", ci.err);

    let first = files.run(&[]);
    assert!(!first.passed);
    assert!(first.err.contains("saved     ") && first.err.contains("(+1 line: commit it)"), "{}", first.err);
    let case: Vec<String> =
        files.text().lines().filter(|line| line.starts_with(NAME)).map(str::to_owned).collect();
    let [case] = &case[..] else { panic!("one case in {}", files.text()) };
    assert!(case.contains(" r1:") && case.contains("# assertion"), "{case}");
    let recorded = files.text();

    let again = files.run(&[]);
    assert!(
        again.err.contains("failed on the case recorded in line 4 of its regressions file"),
        "{}",
        again.err
    );
    assert!(again.err.contains("because   test/main draw 1 gives 7 of 0..40"), "{}", again.err);
    assert!(!again.err.contains("stale"), "{}", again.err);
    assert_eq!(files.text(), recorded, "it is recorded once");

    let skipped = files.run(&[("REENACT_REGRESSIONS", "skip")]);
    assert!(skipped.err.contains("failed on seed"), "{}", skipped.err);

    let stale = files.run(&[("CHECK_EDITED", "slower")]);
    assert!(!stale.passed && stale.err.contains("note      stale: line 4 of"), "{}", stale.err);
    let updated = files.run(&[("CHECK_EDITED", "slower"), ("REENACT_REGRESSIONS", "update")]);
    assert!(!updated.passed);
    assert_ne!(files.text(), recorded);
    let fresh = files.run(&[("CHECK_EDITED", "slower")]);
    assert!(!fresh.passed && !fresh.err.contains("stale"), "{}", fresh.err);

    let conflict =
        files.text().replace(NAME, &format!("<<<<<<< ours\nsome::deleted_test r1:0 1\n=======\n{NAME}"));
    fs::write(&files.cases, &conflict).expect("written");
    let merged = files.run(&[("CHECK_EDITED", "slower")]);
    assert!(merged.err.contains("has conflict markers of git"), "{}", merged.err);
    assert!(merged.err.contains("failed on the case recorded in line 7"), "{}", merged.err);
    assert_eq!(files.text(), conflict, "nothing is lost");

    let fixed = files.run(&[("CHECK_EDITED", "fixed")]);
    assert!(fixed.passed, "{}", fixed.err);
    let pruned = files.run(&[("CHECK_EDITED", "fixed"), ("REENACT_REGRESSIONS", "update")]);
    assert!(pruned.passed && pruned.err.contains("1 recorded cases pass and were removed"), "{}", pruned.err);
    assert!(!files.text().contains(NAME) && files.text().contains("some::deleted_test"), "{}", files.text());

    let only = files.run(&[("REENACT_REGRESSIONS", "only")]);
    assert!(only.passed, "nothing is recorded any more, and no seed is run: {}", only.err);

    // What the first failure left besides.
    let found = files.artifacts.join("reenact").join("check.recorded_child.has_a_bug");
    let seeds: Vec<_> = fs::read_dir(&found).expect("artifacts").flatten().collect();
    let [seed] = &seeds[..] else { panic!("one seed in {}", found.display()) };
    let read = |name: &str| fs::read_to_string(seed.path().join(name)).expect("it was written");
    assert!(read("trace.txt").contains("panic"), "{}", read("trace.txt"));
    let recording = reenact::trace::Recording::read(read("trace.jsonl").as_bytes()).expect("it reads back");
    assert!(recording.failure.is_some() && recording.test.ends_with("has_a_bug"), "{recording:?}");
    assert!(read("tape.txt").contains("test/main draw 1  draws 7 of 40"), "{}", read("tape.txt"));
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).expect("JSON");
    assert_eq!(report["test"], NAME);
    // Every key is described where the file is, and every key that is described is there.
    let described = include_str!("../../docs/report-json.md").lines().filter(|line| line.starts_with("| `"));
    let mut described: Vec<&str> = described.filter_map(|line| line.split('`').nth(1)).collect();
    described.sort_unstable();
    let mut written: Vec<&String> = report.as_object().expect("an object").keys().collect();
    written.sort_unstable();
    assert_eq!(written, described);
    assert_eq!(report["kind"], "panic");
    assert_eq!(report["because"][0]["words"], "test/main draw 1 gives 7 of 0..40");
    let seen = &report["seen"];
    assert!(seen["orders"].as_u64() <= seen["runs"].as_u64(), "{seen}");
    assert_eq!(seen["missed_one_in"].is_null(), seen["runs"] == 0, "{seen}");
    for key in seen.as_object().expect("an object").keys() {
        assert!(
            include_str!("../../docs/report-json.md").contains(&format!("`{key}`")),
            "{key} is described"
        );
    }
    assert!(report["replay"].as_str().expect("text").starts_with("REENACT_REPLAY="));
}
