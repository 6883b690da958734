//! The handle itself: what it tells apart from text.

use crate::made::{Made, SERVER};
use reenact::{
    Record, Simulation, clock,
    trace::{Event, Trace, View},
};
use std::time::Duration;

fn run(record: Record) -> reenact::Outcome<()> {
    Simulation::new(5).record(record).run(|sim| async move {
        sim.node("db").start(|| async { clock::sleep(Duration::from_secs(60)).await });
        clock::sleep(Duration::from_millis(5)).await;
        sim.node("db").crash();
    })
}

#[test]
fn it_is_as_long_as_its_lines() {
    let trace = Made::new().line(0, SERVER, Event::Crash).line(0, SERVER, Event::Stop).trace();
    assert_eq!((trace.len(), trace.is_empty()), (2, false));
    assert_eq!(trace.lines().len(), 2);
    assert_eq!(trace.lines().next_back().map(|line| line.event), Some(Event::Stop));
    assert_eq!(trace.raw().events.len(), 2);
    assert!(Trace::default().is_empty());
}

#[test]
fn it_counts_itself_when_asked_for_its_insides() {
    let trace = Made::new().line(0, SERVER, Event::Crash).trace();
    assert_eq!(format!("{trace:?}"), "Trace { mode: All, first: 0, len: 1, .. }");
}

#[test]
fn equal_runs_have_equal_traces_and_can_be_expected() {
    let first = run(Record::All);
    assert_eq!(first.trace(), run(Record::All).trace());
    let again = Simulation::new(5).expect(first.trace().clone()).run(|sim| async move {
        sim.node("db").start(|| async { clock::sleep(Duration::from_secs(60)).await });
        clock::sleep(Duration::from_millis(5)).await;
        sim.node("db").crash();
    });
    assert!(again.result.is_ok(), "{:?}", again.result);
}

#[test]
fn a_tail_ends_like_the_whole() {
    let (all, tail) = (run(Record::All), run(Record::Tail(4)));
    let view = || View::timeline().level(reenact::trace::Level::All).last(4);
    let (all_text, tail_text) = (all.trace().text(view()), tail.trace().text(view()));
    let body = |text: &str| text.split_once('\n').map(|(_, rest)| rest.to_owned());
    assert_eq!(body(&all_text), body(&tail_text), "\n{all_text}\n{tail_text}");
    let before = all.trace().len() - 4;
    assert!(tail_text.starts_with(&format!("({before} events before the first that was kept)\n")));
}

#[test]
#[should_panic(expected = "this run kept its digest only")]
fn a_digest_has_none() {
    run(Record::Digest).trace();
}
