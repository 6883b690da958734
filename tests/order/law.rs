//! Thousands of programs, each run once at random and repeated twice from tapes.

use super::{broken::broken, interpreter, program::Program, reduce::reduce};

/// How many programs are looked at.
const PROGRAMS: u64 = if cfg!(debug_assertions) { 8_000 } else { 20_000 };

#[test]
fn a_run_is_repeated_from_its_decisions_and_from_its_seed() {
    for number in 0..PROGRAMS {
        let program = Program::draw(number);
        if let Some(how) = broken(&program, number) {
            let least = reduce(program, |smaller| broken(smaller, number).is_some());
            let shown = broken(&least, number);
            panic!("program {number}, {how}\n\nless of it, {shown:?}:\n{least:#?}");
        }
    }
}

/// A law about programs in which nothing happens would say nothing.
#[test]
fn the_programs_do_what_they_are_for() {
    let mut seen = std::collections::BTreeMap::<String, u64>::new();
    let mut count = |what: String| *seen.entry(what).or_default() += 1;
    for number in 0..400 {
        let program = Program::draw(number);
        let run = interpreter::run(&program, interpreter::simulation(&program, number));
        for line in run.trace().lines() {
            let event = format!("{:?}", line.event);
            let word = event.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
            count(word);
        }
        let decisions = run.decisions().expect("everything was recorded");
        decisions.entries().for_each(|(_, _, entry)| count(format!("decided {:?}", entry.kind)));
        match &run.result {
            Ok(log) => log.iter().for_each(|(_, what, ..)| count(format!("did {what}"))),
            Err(failure) => count(format!("failed by {}", failure.kind)),
        }
    }
    let expected = [
        "Spawn",
        "Poll",
        "Wake",
        "Finish",
        "Cancel",
        "Panic",
        "TimerSet",
        "TimerFire",
        "CallbackSet",
        "Callback",
        "Start",
        "Stop",
        "Kill",
        "Crash",
        "Bind",
        "Connect",
        "Connected",
        "Accept",
        "Send",
        "Deliver",
        "Lost",
        "Retransmit",
        "Broken",
        "Cut",
        "Mend",
        "Mark",
        "End",
        "decided Schedule",
        "decided Latency",
        "decided Loss",
        "decided Duplicate",
        "decided Select",
        "decided User",
        "did hear",
        "did await",
        "did lock",
        "did echo",
        "did datagram",
        "did datagram served",
        "did stream served",
        "did spawned by a callback",
        "did done",
        "did timeout",
        "did abort",
        "failed by panic",
        "failed by step limit",
    ];
    let missing: Vec<_> = expected.iter().filter(|what| !seen.contains_key(**what)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}; seen: {seen:#?}");
}
