//! What a program that watches a sweep asks of it: results, a share of the seeds, a time, a trace.

use super::{
    environment::seeds,
    process::{Finished, run},
};
use reenact::trace::Recording;
use std::{fs, path::PathBuf};

/// A file that is not there, and goes when this does.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("reenact-watched-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&path);
        Scratch(path)
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("a plain name")
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(&self.0).expect("it was written");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn results_are_lines_of_json() {
    let file = Scratch::new("results");
    assert!(run("children::passes", &[("REENACT_REPORT", file.name())]).passed);
    let failed = run("children::fails_at_times", &[("REENACT_REPORT", file.name())]);
    assert!(!failed.passed);
    let lines = file.lines();
    let said: Vec<(&str, &str)> = lines
        .iter()
        .filter(|line| line["event"] != "progress")
        .map(|line| (line["event"].as_str().expect("an event"), line["test"].as_str().expect("a test")))
        .collect();
    let tests = ["check::children::passes", "check::children::fails_at_times"];
    assert_eq!(said, [("begin", tests[0]), ("end", tests[0]), ("begin", tests[1]), ("end", tests[1])]);
    let passed = lines.iter().find(|line| line["event"] == "end").expect("an end");
    assert_eq!((passed["runs"].as_u64(), passed["failed"].as_u64()), (Some(12), Some(0)));
    let end = lines.last().expect("an end");
    let finding = &end["findings"][0];
    assert_eq!((finding["kind"].as_str(), end["failed"].as_u64()), (Some("panic"), Some(1)));
    let replay = end["replay"].as_str().expect("a command");
    assert!(
        replay.contains(finding["token"].as_str().expect("a token")) && failed.err.contains(replay),
        "{replay}"
    );
    let document = include_str!("../../docs/results.md");
    for key in
        end.as_object().expect("an object").keys().chain(finding.as_object().expect("an object").keys())
    {
        assert!(document.contains(&format!("`{key}`")), "`{key}` is not described");
    }
}

#[test]
fn a_finding_in_a_later_check_says_which_it_is() {
    let file = Scratch::new("turns");
    assert!(!run("children::makes_two_checks", &[("REENACT_REPORT", file.name())]).passed);
    let end = file.lines().pop().expect("an end");
    let given = end["findings"][0]["given"].as_str().expect("what repeats it").to_owned();
    assert!(given.starts_with("2:r1:"), "{given}");
    assert!(end["replay"].as_str().expect("a command").starts_with(&format!("REENACT_REPLAY={given} ")));
    let again =
        run("children::makes_two_checks", &[("REENACT_REPLAY", &given), ("REENACT_REPORT", file.name())]);
    assert!(!again.passed && again.out.contains("7 sides") && !again.out.contains("6 sides"), "{again:?}");
    assert_eq!(file.lines().pop().expect("an end")["findings"][0]["kind"].as_str(), Some("panic"));
}

#[test]
fn what_is_meant_to_fail_has_no_finding() {
    let file = Scratch::new("meant");
    assert!(run("children::is_meant_to_fail", &[("REENACT_REPORT", file.name())]).passed);
    let end = file.lines().pop().expect("an end");
    assert_eq!((end["failed"].as_u64(), end["findings"].as_array().map(Vec::len)), (Some(1), Some(0)));
    assert!(end["replay"].is_null());
    let remark = end["notes"].as_array().and_then(|notes| notes.last()?.as_str()).expect("a remark");
    assert_eq!(remark, "it is meant to fail, and does: panic: the die");
}

#[test]
fn a_file_for_results_that_cannot_be_written_is_a_remark() {
    let Finished { passed, err, .. } = run("children::passes", &[("REENACT_REPORT", "/nowhere/at/all")]);
    assert!(passed && err.contains("/nowhere/at/all, named in REENACT_REPORT, cannot be written"), "{err}");
}

#[test]
fn shares_make_the_whole() {
    let whole = seeds(&[]);
    let own = 1;
    let mut shares: Vec<String> = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        // Its own runs are the first seed's, too.
        let share = seeds(&[("REENACT_SHARD", shard), ("REENACT_DETERMINISM", "0")]);
        shares.extend(share.into_iter().filter(|seed| seed != "0x0"));
    }
    shares.sort();
    shares.dedup();
    let mut all = whole[own..].to_vec();
    all.sort();
    assert_eq!(shares, all);
}

#[test]
fn a_sweep_goes_on_for_as_long_as_it_is_told() {
    let file = Scratch::new("time");
    let child = run("children::passes", &[("REENACT_FOR", "1s"), ("REENACT_REPORT", file.name())]);
    assert!(child.passed, "{child:?}");
    let lines = file.lines();
    let runs = lines.last().expect("an end")["runs"].as_u64().expect("a number");
    assert!(runs > 12, "{runs}");
    let both = seeds(&[("REENACT_FOR", "1h"), ("REENACT_SEEDS", "3")]);
    assert_eq!(both, seeds(&[("REENACT_SEEDS", "3")]), "whichever comes first");
}

#[test]
fn a_single_run_leaves_its_trace() {
    let file = Scratch::new("trace");
    let child = run("children::passes", &[("REENACT_SEED", "7"), ("REENACT_TRACE", file.name())]);
    assert!(child.passed, "{child:?}");
    let read = || Recording::read(&fs::read(&file.0).expect("it was written")[..]).expect("a trace");
    let recording = read();
    assert_eq!((recording.seed, recording.test.as_str()), (7, "check::children::passes"));
    let (kept, bytes) = (Scratch::new("trace-kept"), fs::read(&file.0).expect("it was written"));
    fs::hard_link(&file.0, &kept.0).expect("a second name");
    assert!(run("children::passes", &[("REENACT_SEED", "8"), ("REENACT_TRACE", file.name())]).passed);
    assert_eq!(read().seed, 8);
    assert!(fs::read(&kept.0).expect("it was not written") == bytes, "it is replaced whole");
    let child =
        run("children::passes", &[("REENACT_REPLAY", &recording.token), ("REENACT_TRACE", file.name())]);
    assert!(child.passed, "{child:?}");
    assert_eq!(read().digest, recording.digest);
    let device = run("children::passes", &[("REENACT_SEED", "7"), ("REENACT_TRACE", "/dev/null")]);
    assert!(device.passed && device.err.is_empty(), "{device:?}");
    assert!(!std::path::Path::new("/dev/null").is_file());
    let refused = run("children::passes", &[("REENACT_SEED", "1-2"), ("REENACT_TRACE", file.name())]);
    assert!(
        !refused.passed && refused.err.contains("a trace is of one run: set REENACT_REPLAY"),
        "{}",
        refused.err
    );
}
