//! Replays, and what is done with traces.

use crate::process::Place;
use reenact::trace::Recording;
use std::fs;

#[test]
fn a_failure_is_replayed_shown_and_compared() {
    let place = Place::new("files");
    assert_eq!(place.run(&["sweep", "children::fails", "--exact", "--seeds", "100"]).code, Some(1));
    let left = place.left();
    let left = left.to_str().expect("a plain name");

    let replay = place.run(&["replay", left, "--trace", "again.jsonl"]);
    assert_eq!(replay.code, Some(1), "{replay:?}");
    assert!(replay.err.contains("failed on the given tape"), "{}", replay.err);
    let token = Recording::read(&fs::read(format!("{left}/trace.jsonl")).expect("a trace")[..])
        .expect("a trace")
        .token;
    assert_eq!(place.run(&["replay", &token]).code, Some(1));

    let same = place.run(&["diff", left, "again.jsonl"]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), "the same run, event by event\n"));

    let shown = place.run(&["show", left, "--level", "user", "--view", "causal", "--label", "mark"]);
    assert_eq!((shown.code, shown.out.as_str()), (Some(0), "test\n  main\n    mark number = 7\n"));
    let shown = place.run(&[
        "show", left, "--kinds", "end,mark", "--level", "all", "--view", "timeline", "--times", "--last",
        "1", "--from", "0",
    ]);
    assert!(shown.out.contains("(1 earlier event)\n0.000s  test"), "{}", shown.out);

    assert_eq!(place.run(&["show", left, "--chrome", "chrome.json"]).code, Some(0));
    let chrome = fs::read_to_string(place.path("chrome.json")).expect("written");
    assert!(serde_json::from_str::<serde_json::Value>(&chrome).expect("JSON")["traceEvents"].is_array());
}

#[test]
fn two_runs_that_differ_are_told_apart() {
    let place = Place::new("differ");
    let run = |word: &'static str| {
        let run = reenact::Simulation::new(3).run(move |sim| async move {
            let _ = sim.node("a").spawn(async move { reenact::trace::mark("says", word) }).await;
        });
        let file = place.path(word);
        run.recording().write(fs::File::create(&file).expect("a file")).expect("written");
    };
    run("yes");
    run("no");
    let diff = place.run(&["diff", "yes", "no"]);
    assert_eq!(diff.code, Some(1), "{diff:?}");
    assert!(
        diff.out.contains("  -  t=0.000s a/main.1 mark says = yes\n  +  t=0.000s a/main.1 mark says = no"),
        "{}",
        diff.out
    );
    let coloured = place.run(&["diff", "yes", "no", "--color", "always"]);
    assert!(coloured.out.contains("\u{1b}[32m  +  t=0.000s a/main.1 mark says = no"), "{}", coloured.out);
    let json = place.run(&["diff", "yes", "no", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((json.code, value["verdict"].as_str()), (Some(1), Some("different")));
}

#[test]
fn files_that_are_no_traces_are_refused_in_words() {
    let place = Place::new("refused");
    fs::write(place.path("text"), "hello\n").expect("written");
    let mut whole = Vec::new();
    reenact::Simulation::new(1).run(|_| async {}).recording().write(&mut whole).expect("written");
    fs::write(place.path("cut"), &whole[..whole.len() - 9]).expect("written");
    for (file, says) in
        [("text", "this is no trace of reenact"), ("cut", "it was cut off"), ("none", "No such file")]
    {
        for words in [&["show", file][..], &["diff", file, file]] {
            let refused = place.run(words);
            assert_eq!(refused.code, Some(2), "{refused:?}");
            assert!(refused.err.starts_with("error: ") && refused.err.contains(says), "{}", refused.err);
        }
    }
    let token = place.run(&["replay", "r1:nonsense"]);
    assert_eq!(token.code, Some(2), "{token:?}");
    let nothing_like_it = place.run(&["replay", "nonsense"]);
    assert!(
        nothing_like_it.err.starts_with("error: this is no token: a token looks like "),
        "{nothing_like_it:?}"
    );
    let mut tape = reenact::Tape::seed(1, reenact::Strategy::Random);
    tape.header.test = 0xbad;
    let other = place.run(&["replay", &tape.token()]);
    assert_eq!(other.code, Some(4), "{other:?}");
}

#[test]
fn a_check_of_any_name_is_replayed_in_the_test_that_is_named() {
    let place = Place::new("named");
    let name = "children::fails_in_its_second_check";
    assert_eq!(place.run(&["sweep", name, "--seeds", "200"]).code, Some(1));
    let left = place.left();
    let token = fs::read_to_string(left.join("tape.txt")).expect("a tape");
    let token = reenact::Tape::parse(&token).expect("a tape").token();
    for said in [format!("2:{token}"), format!("2:@{}", left.display()), format!("2:{}", left.display())] {
        let replay = place.run(&["replay", &said, name, "--exact"]);
        assert_eq!(replay.code, Some(1), "{replay:?}");
        assert!(replay.err.contains("seven again"), "{}", replay.err);
    }
    let other = place.run(&["replay", &token, "children::passes", "--exact"]);
    assert_eq!(other.code, Some(3), "{other:?}");
    assert!(other.err.contains("belongs to another test than"), "{}", other.err);
}

#[test]
fn a_process_that_fails_though_its_check_passes_does_not_pass() {
    let place = Place::new("outside");
    let token = reenact::Tape::seed(1, reenact::Strategy::Random).token();
    let replay = place.run(&["replay", &token, "children::fails_outside_its_check", "--exact"]);
    assert_eq!((replay.code, replay.out.contains("passes\n")), (Some(3), false), "{replay:?}");
    let says =
        "error: commands::children::fails_outside_its_check failed outside its checks, exit status: 101\n";
    assert!(replay.err.ends_with(says), "{}", replay.err);
    let line = format!("commands::children::fails_outside_its_check {token} 0000000000000000\n");
    fs::write(place.path("package/tests/x.reenact-regressions"), line).expect("written");
    let cases = place.run(&["regressions"]);
    assert_eq!(cases.code, Some(3), "{cases:?}");
    let says = "1 recorded  died\n    failed outside its checks, exit status: 101: ";
    assert!(cases.out.contains(says), "{}", cases.out);
}

#[test]
fn cases_of_tests_that_are_not_selected_are_not_stale() {
    let place = Place::new("unselected");
    let token = reenact::Tape::seed(1, reenact::Strategy::Random).token();
    let lines: String = ["commands::children::passes", "elsewhere::passes", "commands::children::passes_not"]
        .map(|test| format!("{test} {token} 0000000000000000\n"))
        .concat();
    fs::write(place.path("package/tests/x.reenact-regressions"), lines).expect("written");
    let exact = place.run(&["regressions", "--list", "children::passes", "--exact"]);
    assert_eq!((exact.code, exact.out.lines().count()), (Some(0), 1), "{exact:?}");
    let elsewhere = place.run(&["regressions", "elsewhere::"]);
    assert_eq!(elsewhere.code, Some(4), "{elsewhere:?}");
    let all = place.run(&["regressions"]);
    assert_eq!(all.code, Some(6), "{all:?}");
    assert!(all.out.contains("1 recorded case belongs to no test"), "{}", all.out);
    assert!(all.out.contains("1 recorded case was not run: its test is not selected"), "{}", all.out);
}

#[test]
fn recorded_cases_are_listed() {
    let place = Place::new("recorded");
    let none = place.run(&["regressions"]);
    assert_eq!(none.code, Some(4), "{none:?}");
    let line = "commands::children::gone r1:0000000000000001:AA 0000000000000000 # it failed\n";
    fs::write(place.path("package/tests/x.reenact-regressions"), line).expect("written");
    let listed = place.run(&["regressions", "--list"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert!(listed.out.ends_with(&format!("x.reenact-regressions:1: {line}")), "{}", listed.out);
    let stale = place.run(&["regressions"]);
    assert_eq!(stale.code, Some(6), "{stale:?}");
    assert!(stale.out.contains("1 recorded case belongs to no test"), "{}", stale.out);
}
