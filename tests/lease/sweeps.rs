//! Both storages under many seeds.

use crate::{
    message::{Message, NotUnderstood},
    scenario,
    storage::Fence,
};
use reenact::{FailureKind, Faults};

#[test]
fn a_pause_of_the_leader_brings_the_bug_to_light_and_is_all_that_is_left() {
    let report = scenario::check(2_000).report(|sim| scenario::run(sim, Fence::Open));
    let findings = report.findings();
    let finding = findings.first().expect("a failing run among 2,000 seeds");
    assert_eq!(finding.failure.kind, FailureKind::Invariant);
    assert!(finding.failure.message.starts_with("`who was replaced writes no more` does not hold"));
    let reasons = finding.explanation().expect("it is shrunk").reasons();
    let words: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    assert!(reasons.len() <= 4, "{words:#?}");
    assert!(words.iter().any(|words| words.contains("stands still")), "{words:#?}");
}

#[test]
fn with_a_fence_it_is_safe_and_makes_progress_after_any_faults() {
    let report = scenario::check(60).report(|sim| scenario::run(sim, Fence::Terms));
    assert!(report.passed(), "{report}");
    assert!(report.vacuous().is_empty(), "{report}");
}

#[test]
fn without_faults_the_bug_does_not_show() {
    let report = scenario::check(20).faults(Faults::none()).report(|sim| scenario::run(sim, Fence::Open));
    assert!(report.passed(), "{report}");
}

#[test]
fn messages_are_read_as_they_were_written() {
    use Message::{Append, Ask, Done, Promise, Refuse, TooOld};
    for message in [Ask(1), Promise(2), Refuse(u64::MAX), Append(0), Done, TooOld] {
        assert_eq!(Message::read(message.to_string().as_bytes()), Ok(message));
    }
    for text in ["", "ask", "ask -1", "lead 4"] {
        assert_eq!(Message::read(text.as_bytes()), Err(NotUnderstood));
    }
}
