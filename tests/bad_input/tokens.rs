//! Tokens that do not parse, of another version, or of another program.

use reenact::{Check, FailureKind, Sim, Simulation, Strategy, Tape, clock, draw};
use std::time::Duration;

#[test]
fn each_refusal_says_what_to_do() {
    let token = Tape::seed(1, Strategy::Random).token();
    let cut = &token[..token.len() - 3];
    for (text, says) in [
        ("", "copy the whole replay line"),
        ("42", "this is no token"),
        ("REENACT_REPLAY=r1:0000000000000001:AA", "this is no token"),
        ("r2:0000000000000001:AA", "this token has format `r2`, this version of reenact reads `r1`"),
        ("r1", "damaged (no seed)"),
        ("r1:1:AA", "16 hexadecimal digits"),
        ("r1:0000000000000001:?", "not base64url"),
        ("r1:0000000000000001:AA", "cut short"),
        (cut, "copy it again"),
    ] {
        let error = Tape::parse(text).expect_err(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert!(Tape::parse(&format!("  {token}\n")).is_ok(), "white space around it does no harm");
}

#[test]
fn a_tape_of_another_program_diverges_and_says_so() {
    let rolls = |n: u64| {
        move |_: Sim| async move {
            for _ in 0..n {
                clock::sleep(Duration::from_millis(draw::below(6))).await;
            }
        }
    };
    let run = Simulation::new(1).run(rolls(3));
    let decisions = run.decisions().expect("it was recorded").clone();
    assert!(Simulation::new(0).replay(decisions.clone()).run(rolls(3)).result.is_ok());
    let failure =
        Simulation::new(0).replay(decisions).run(rolls(1)).result.expect_err("it is another program");
    assert_eq!(failure.kind, FailureKind::Diverged);
    assert!(failure.message.contains("has changed since it was recorded"), "{failure}");
    let seed = Simulation::new(0)
        .replay(run.tape().clone())
        .run(rolls(2))
        .result
        .expect_err("it is another program");
    assert_eq!(seed.kind, FailureKind::Diverged);
}

#[test]
fn a_finding_of_another_test_is_told_by_its_header() {
    let token = |name: &str| {
        let report = Check::new(name).seeds(1).report(|_| async { panic!("always") });
        Tape::parse(&report.findings()[0].token()).expect("a token").header.test
    };
    assert_ne!(token("one"), token("another"));
}
