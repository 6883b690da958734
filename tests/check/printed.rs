//! What a failing test prints: one panic line, one block, one line that repeats it.

use super::process::{self, command, finish, run};

/// The lines that a test runner takes for a panic.
fn panics(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("thread '") && line.contains("' panicked at ")).collect()
}

/// The replay line: the token, and the arguments of the test program after it.
fn replay_line(text: &str) -> (String, String) {
    let lines: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with("replay ")).collect();
    let [line] = lines[..] else { panic!("one replay line in {text}") };
    let (_, rest) = line.split_once("REENACT_REPLAY=").expect("a token");
    let (token, command) = rest.split_once(' ').expect("a command");
    (token.to_owned(), command.to_owned())
}

#[test]
fn a_panic_is_printed_once_with_its_place_and_what_it_said() {
    let child = run("children::fails_at_times", &[]);
    assert!(!child.passed);
    let panics = panics(&child.err);
    assert_eq!(panics.len(), 1, "{}", child.err);
    assert!(
        panics[0].starts_with("thread 'children::fails_at_times' panicked at tests/check/children.rs:"),
        "{panics:?}"
    );
    let (_, said) = child.err.split_once(panics[0]).expect("it is there");
    let (said, block) = said.split_once("\n\n").expect("an empty line");
    assert_eq!(said.trim(), "the die\nshows 29");
    assert!(block.starts_with("reenact: check::children::fails_at_times failed on seed 0x"), "{block}");
    for label in ["at ", "kind ", "shrunk ", "because ", "without ", "seen ", "last ", "replay "] {
        let count = block.lines().filter(|line| line.trim_start().starts_with(label)).count();
        assert_eq!(count, 1, "{label} in {block}");
    }
    assert!(child.err.lines().count() <= 25, "{}", child.err);
}

#[test]
fn the_replay_line_names_the_test_and_repeats_the_run() {
    let child = run("children::fails_at_times", &[]);
    let (token, command) = replay_line(&child.err);
    assert_eq!(command, "cargo test -p reenact --test check -- --exact children::fails_at_times");
    let (_, test) = command.split_once("--exact ").expect("a test");
    let again = run(test, &[("REENACT_REPLAY", &token)]);
    assert!(!again.passed);
    assert!(again.err.contains("failed on the given tape, of seed 0x"), "{}", again.err);
    assert!(!again.err.contains("note "), "{}", again.err);
    // What is known from the sweep alone: its headline, and how much there was before shrinking.
    let interesting = |text: &str| -> Vec<String> {
        let own = [
            "reenact: ",
            "  shrunk ",
            "  verified ",
            "  without ",
            "  seen ",
            "            a bug that shows in ",
            "            here ",
            "            there ",
        ];
        let lines = text.lines().filter(|line| !own.iter().any(|own| line.starts_with(own)));
        let bare =
            |line: &str| line.trim_end_matches("necessary").trim_end().replacen("  last ", "       ", 1);
        lines.map(bare).collect()
    };
    // With less to say, it shows more of the last events.
    let (again, child) = (interesting(&again.err), interesting(&child.err));
    let mut rest = again.iter();
    assert!(child.iter().all(|line| rest.any(|other| other == line)), "{child:#?} in {again:#?}");
}

#[test]
fn the_test_harness_holds_the_text_back_with_the_test() {
    let child = finish(&mut command("children::prints_and_fails"));
    assert!(!child.passed);
    assert!(panics(&child.err).is_empty(), "{}", child.err);
    assert_eq!(panics(&child.out).len(), 1, "{}", child.out);
    assert!(child.out.contains("printed by the run"), "{}", child.out);
    assert!(child.out.contains("---- children::prints_and_fails stdout ----"), "{}", child.out);
}

#[test]
fn runs_on_other_threads_print_nothing_of_their_own() {
    let child = run("children::fails_at_times", &[("REENACT_JOBS", "4")]);
    let alone = run("children::fails_at_times", &[]);
    assert_eq!(child.err, alone.err);
}

#[test]
fn other_findings_are_named_on_a_line_each() {
    let child = run("children::fails_in_many_ways", &[]);
    let also: Vec<_> = child.err.lines().filter(|line| line.trim_start().starts_with("also ")).collect();
    assert_eq!(also.len(), 2, "{}", child.err);
    assert!(also.iter().all(|line| line.contains("error, run ") && line.contains(" way\"")), "{also:?}");
    assert_eq!(panics(&child.err).len(), 1);
}

#[test]
fn very_many_findings_are_counted() {
    let child = run("children::fails_in_very_many_ways", &[]);
    assert_eq!(child.err.matches(" error, run ").count(), 5, "{}", child.err);
    assert!(child.err.contains("+ 6 more"), "{}", child.err);
    assert!(child.err.lines().count() <= 25, "{}", child.err);
}

#[test]
fn a_deadlock_lists_who_waits_and_counts_the_rest() {
    let child = run("children::fails_without_a_panic", &[]);
    assert_eq!(panics(&child.err).len(), 1, "{}", child.err);
    assert!(child.err.contains("kind      deadlock"), "{}", child.err);
    assert_eq!(child.err.matches(" waits for ").count(), 8, "{}", child.err);
    assert!(child.err.contains("+ 13 more"), "{}", child.err);
    assert!(child.err.contains("in the run `zero`"), "{}", child.err);
    assert!(child.err.lines().count() <= 25, "{}", child.err);
}

#[test]
fn a_check_that_knows_no_place_is_repeated_by_its_program() {
    let test = "children::fails_without_a_site";
    let child = run(test, &[]);
    let (token, command) = replay_line(&child.err);
    assert_eq!(command, "cargo test -p reenact -- --exact children::fails_without_a_site");
    let again = run(test, &[("REENACT_REPLAY", &token)]);
    assert!(again.err.contains("failed on the given tape"), "{}", again.err);
    // As it is started without cargo.
    let child = finish(process::command(test).arg("--nocapture").env_remove("CARGO_PKG_NAME"));
    let (token, command) = replay_line(&child.err);
    let this = std::env::current_exe().expect("this program");
    assert_eq!(command, format!("{} --exact {test}", this.display()));
    assert!(token.starts_with("r1:"), "{token}");
}

#[test]
fn of_several_checks_in_one_function_the_one_that_failed_is_repeated() {
    let child = run("children::makes_two_checks", &[]);
    let (token, _) = replay_line(&child.err);
    assert!(token.starts_with("2:r1:"), "{token}");
    let again = run("children::makes_two_checks", &[("REENACT_REPLAY", &token)]);
    assert!(
        again.err.contains("reenact: a die is not run: REENACT_REPLAY is for another check"),
        "{}",
        again.err
    );
    assert!(again.err.contains("failed on the given tape") && again.err.contains("seven"), "{}", again.err);
    assert!(!again.out.contains("6 sides"), "{}", again.out);
    // A token that does not say for which check it is goes to the first.
    let (_, token) = token.split_once(':').expect("a turn");
    let first = run("children::makes_two_checks", &[("REENACT_REPLAY", token)]);
    assert!(first.out.contains("6 sides") && first.err.contains("kind      diverged"), "{first:?}");
}

#[test]
fn a_test_with_a_raw_name_is_repeated_by_it() {
    let child = run("children::r#match", &[]);
    let (token, command) = replay_line(&child.err);
    assert_eq!(command, "cargo test -p reenact --test check -- --exact 'children::r#match'");
    let again = run("children::r#match", &[("REENACT_REPLAY", &token)]);
    assert!(!again.passed && again.err.contains("failed on the given tape"), "{}", again.err);
}

#[test]
fn a_test_that_is_meant_to_fail_passes_by_its_message() {
    let child = run("children::is_meant_to_fail", &[]);
    assert!(child.passed, "{child:?}");
}

#[test]
fn a_backtrace_is_that_of_the_test() {
    let child = finish(command("children::fails_at_times").arg("--nocapture").env("RUST_BACKTRACE", "1"));
    assert!(child.err.contains("stack backtrace:\n"), "{}", child.err);
    assert!(child.err.contains("children::fails_at_times"), "{}", child.err);
    assert!(!child.err.contains("reenact_sim::run"), "{}", child.err);
}

#[test]
fn a_builder_that_refuses_does_so_at_the_users_line() {
    let child = run("children::asks_for_nothing", &[]);
    let places: Vec<_> = child.err.lines().filter(|line| line.contains("panicked at ")).collect();
    assert_eq!(places.len(), 3, "{}", child.err);
    assert!(places.iter().all(|line| line.contains("panicked at tests/check/children.rs:")), "{places:?}");
}
