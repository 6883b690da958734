//! What is said of the programs, and what the example understands.

use crate::{options, programs};
use std::collections::BTreeSet;

#[test]
fn every_program_says_what_it_is() {
    let names: BTreeSet<&str> = programs::all().iter().map(|program| program.name).collect();
    assert_eq!(names.len(), programs::all().len(), "names are unique");
    for program in programs::all() {
        assert!(program.about.ends_with('.'), "{}: a sentence about the mistake", program.name);
        assert!(program.minimum_in_words.ends_with('.'), "{}: what the least is", program.name);
        assert!(["nodes", "faults", "tasks", "lopsided"].contains(&program.kind()));
        assert!(program.minimum > 0, "{}: the empty tape passes", program.name);
        assert!(program.sizes.is_sorted(), "{}: the default size is the smallest", program.name);
    }
}

#[test]
fn arguments_are_understood_or_refused_in_a_sentence() {
    let parse = |line: &str| options::parse(line.split_whitespace().map(str::to_owned));
    let options = parse("reorder --seeds 7 --sweeps 9 --fixed").expect("arguments of the usage");
    assert_eq!((options.program.as_deref(), options.seeds, options.sweeps), (Some("reorder"), 7, 9));
    assert!(options.fixed && !options.help);
    assert!(options.wants("reorder") && !options.wants("lost_update"));
    assert!(parse("").expect("no argument is needed").wants("lost_update"));
    assert!(parse("--help").expect("help is there").help);
    assert!(options::USAGE.contains("--seeds N"));
    for (line, sentence) in [
        ("--seeds", "`--seeds` needs a number behind it"),
        ("--seeds 0", "`--seeds 0` would try nothing: give it at least 1"),
        ("--sweeps 0", "`--sweeps 0` would try nothing: give it at least 1"),
        ("--seeds many", "`--seeds` needs a whole number, not `many`"),
        ("--quick", "`--quick` is no argument of this program"),
        ("reorder lost_update", "`lost_update` cannot be asked for beside `reorder`: name one program"),
    ] {
        assert_eq!(parse(line), Err(sentence.to_owned()), "{line}");
    }
    let refused = parse("recorder").expect_err("no program has that name");
    assert!(
        refused.starts_with("`recorder` is no program of the corpus: there are lost_update_tasks, "),
        "{refused}"
    );
}
