//! What a comparison says of runs of which one knows the answer.

use crate::pairs;
use proptest::prelude::*;
use reenact::{
    Simulation, clock, draw,
    trace::{Diff, Recording, Verdict, mark},
};
use std::time::Duration;

fn two_nodes(seed: u64, words: [&'static str; 2]) -> Recording {
    let run = Simulation::new(seed).run(move |sim| async move {
        let [a, b] = [("a", words[0]), ("b", words[1])].map(|(node, word)| {
            sim.node(node).spawn(async move {
                clock::sleep(Duration::from_micros(draw::below(100))).await;
                mark("says", word)
            })
        });
        let _ = (a.await, b.await);
    });
    run.recording()
}

#[test]
fn a_run_is_the_same_as_itself() {
    let diff = Diff::of(&two_nodes(1, ["x", "y"]), &two_nodes(1, ["x", "y"]));
    assert_eq!((diff.verdict(), diff.parting(), diff.origins().len()), (Verdict::Same, None, 0));
    assert_eq!(diff.to_string(), "the same run, event by event");
}

#[test]
fn another_order_of_independent_events_is_the_same_behaviour() {
    let diff = Diff::of(&two_nodes(1, ["x", "y"]), &two_nodes(2, ["x", "y"]));
    assert_eq!((diff.verdict(), diff.unmatched()), (Verdict::Reordered, [0, 0]));
    let parting = diff.parting().expect("they part");
    let choice = parting.choice().expect("a decision differs");
    assert!(choice.what()[0] != choice.what()[1], "{choice:?}");
    assert!(diff.origins().is_empty());
}

#[test]
fn what_differs_is_told_with_what_led_to_it() {
    let diff = Diff::of(&two_nodes(1, ["x", "y"]), &two_nodes(2, ["x", "z"]).named("other"));
    assert_eq!((diff.verdict(), diff.unmatched()), (Verdict::Different, [1, 1]));
    let words: Vec<(Option<usize>, &str)> =
        diff.origins()[0].chain().iter().map(|step| (step.side, step.words.as_str())).collect();
    assert!(words.len() <= 10 && words.iter().any(|(side, _)| side.is_none()), "{words:?}");
    assert!(
        words.iter().any(|(side, words)| *side == Some(0) && words.ends_with("b/main.1 mark says = y")),
        "{words:?}"
    );
    assert!(
        words.iter().any(|(side, words)| *side == Some(1) && words.ends_with("b/main.1 mark says = z")),
        "{words:?}"
    );
    let text = diff.to_string();
    assert!(
        text.starts_with(
            "test  \"\" | other\nseed  0x0000000000000001 | 0x0000000000000002\ndifferent behaviour\n"
        ),
        "{text}"
    );
}

#[test]
fn programs_read_json() {
    let diff = Diff::of(&two_nodes(1, ["x", "y"]), &two_nodes(2, ["x", "z"]));
    let json: serde_json::Value = serde_json::from_str(&diff.json()).expect("it is JSON");
    assert_eq!(
        (json["format"].as_str(), json["verdict"].as_str()),
        (Some("reenact-diff"), Some("different"))
    );
    assert_eq!(json["origins"][0]["effects"], 2);
    assert_eq!(json["unmatched"], serde_json::json!([1, 1]));
    let document = include_str!("../../docs/diff-json.md");
    for key in json.as_object().expect("an object").keys() {
        assert!(document.contains(&format!("`{key}`")), "`{key}` is not described");
    }
}

/// The whole measurement is `cargo bench --bench diff`.
#[test]
fn the_planted_change_comes_first_and_lines_do_not_tell_it() {
    let (mut found, mut by_lines) = (0, 0);
    for number in 0..60 {
        let pair = pairs::pair(number);
        let sides = [pairs::run(&pair, false), pairs::run(&pair, true)];
        let sides = [&sides[0], &sides[1]];
        let truth = pairs::truth(&pair, sides);
        found += u32::from(pairs::is_found(&Diff::of(sides[0], sides[1]), truth));
        by_lines += u32::from(pairs::is_found_by_lines(sides, truth));
    }
    assert!(found >= 54 && by_lines < found, "{found} of 60, by lines {by_lines}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn sides_change_places(number in any::<u32>()) {
        let pair = pairs::pair(number.into());
        let (left, right) = (pairs::run(&pair, false), pairs::run(&pair, true));
        let (there, back) = (Diff::of(&left, &right), Diff::of(&right, &left));
        prop_assert_eq!(there.verdict(), back.verdict());
        prop_assert_eq!(there.parting().map(|parting| parting.number()), back.parting().map(|parting| parting.number()));
        prop_assert_eq!(Diff::of(&left, &left).verdict(), Verdict::Same);
    }
}
