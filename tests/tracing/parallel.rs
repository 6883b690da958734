//! Tests in parallel, of which some have a subscriber and some do not.
//!
//! `tracing` remembers for the whole process which places in the code somebody cares for. So each round
//! here comes by places that nobody came by before, on all threads at once, while subscribers come and go.

use reenact::{
    Simulation,
    trace::{Event, Level, View},
    yield_now,
};
use std::{sync::Barrier, thread};
use tracing::{info, info_span, subscriber::with_default};
use tracing_subscriber::prelude::*;

const THREADS: usize = 8;

/// Functions, each with a place in the code of its own.
macro_rules! places {
    ($($number:literal)*) => {
        const PLACES: &[fn()] = &[$(|| {
            let _in = info_span!("span", place = $number).entered();
            info!(place = $number);
        }),*];
    };
}

places! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
}

/// How many lines came into the trace of a run that comes by these places.
fn said(places: &'static [fn()]) -> usize {
    let run = Simulation::new(1).run(|_sim| async move {
        for place in places {
            place();
            yield_now().await;
        }
    });
    assert!(run.result.is_ok());
    run.trace().lines().filter(|line| matches!(line.event, Event::Log(_))).count()
}

/// What each thread found in its traces, round by round.
fn chorus() -> Vec<Vec<usize>> {
    let barrier = Barrier::new(THREADS);
    let sing = |number: usize| {
        let mut heard = Vec::new();
        for places in PLACES.chunks(4) {
            barrier.wait();
            heard.push(if number.is_multiple_of(2) {
                said(places)
            } else {
                let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
                with_default(subscriber, || said(places))
            });
        }
        heard
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || sing(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
    })
}

#[test]
fn nothing_is_lost_when_others_have_no_subscriber() {
    for (number, heard) in chorus().into_iter().enumerate() {
        // The span's beginning and end, and the event.
        let expected = if number.is_multiple_of(2) { 0 } else { 3 * 4 };
        assert_eq!(heard, vec![expected; PLACES.len() / 4], "thread {number}");
    }
}

#[test]
fn nothing_is_lost_when_one_without_a_subscriber_comes_first() {
    let place: fn() = || info!(target: "first", "here");
    let barrier = Barrier::new(2);
    let text = thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            place();
            barrier.wait();
        });
        let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
        with_default(subscriber, || {
            barrier.wait();
            barrier.wait();
            let run = Simulation::new(1).run(|_sim| async move { place() });
            run.trace().text(View::timeline().level(Level::User).kinds(&["log"]))
        })
    });
    assert_eq!(text, "test  log INFO first: here\n");
}
