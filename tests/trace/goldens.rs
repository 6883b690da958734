//! Real runs, frozen: what a person sees.
//!
//! The files are in `snapshots/`; a change there is to be read, not waved through.

use crate::common::snapshots;
use reenact::{
    Outcome, Simulation,
    clock::{self, call_later, sleep},
    task::Builder,
    trace::{Level, View, mark},
};
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

/// A worker with a heartbeat, one that is cancelled, and a callback.
fn workshop() -> Outcome<()> {
    Simulation::new(11).run(|_| async {
        let worker = Builder::new().name("worker").spawn(async {
            for _ in 0..3 {
                sleep(5 * MILLI).await;
                mark("beat", "");
            }
        });
        let idle = Builder::new().name("idle").spawn(std::future::pending::<()>());
        call_later(7 * MILLI, move || idle.abort());
        let outcome = clock::timeout(12 * MILLI, worker).await;
        mark("in time", outcome.is_ok());
        reenact::spawn(async { sleep(2500 * Duration::from_micros(1)).await }).await.unwrap();
    })
}

/// A node that loses power, comes back, and ends in order.
fn power_cut() -> Outcome<()> {
    Simulation::new(3).run(|sim| async move {
        let db = sim.node("db");
        db.start(|| async {
            let flusher = Builder::new().name("flusher").spawn(async {
                loop {
                    sleep(40 * MILLI).await;
                    mark("flush", "");
                }
            });
            mark("state", "recovering");
            sleep(30 * MILLI).await;
            mark("state", "serving");
            sleep(120 * MILLI).await;
            flusher.abort();
        });
        sleep(100 * MILLI).await;
        db.crash();
        sleep(50 * MILLI).await;
        db.restart();
        sleep(200 * MILLI).await;
        mark("db", format!("{:?}", db.state()));
    })
}

#[test]
fn tasks_and_timers() {
    let (_files, run) = (snapshots(), workshop());
    let trace = run.trace();
    insta::assert_snapshot!("trace-tasks-per-node", trace.text(View::per_node().level(Level::Task)));
    let timeline = View::timeline().level(Level::Sched).times(true);
    insta::assert_snapshot!("trace-tasks-timeline", trace.text(timeline));
}

#[test]
fn a_crash_and_a_restart() {
    let (_files, run) = (snapshots(), power_cut());
    let trace = run.trace();
    insta::assert_snapshot!("trace-restart-faults", trace.text(View::per_node().level(Level::Fault)));
    insta::assert_snapshot!("trace-restart-per-node", trace.text(View::per_node().level(Level::User)));
    insta::assert_snapshot!("trace-restart-tasks", trace.text(View::per_node().level(Level::Task)));
    let timeline = View::timeline().level(Level::User).times(true);
    insta::assert_snapshot!("trace-restart-timeline", trace.text(timeline));
}

/// What a failure report shows of the end of a run.
#[test]
fn the_last_lines() {
    let (_files, run) = (snapshots(), power_cut());
    let view = View::timeline().times(true).level(Level::All).last(8);
    insta::assert_snapshot!("trace-last-lines", run.trace().text(view));
}

/// All that happens is in the run, so the seed alone decides the text.
#[test]
fn again_is_the_same() {
    let view = || View::timeline().times(true).level(Level::All);
    assert_eq!(power_cut().trace().text(view()), power_cut().trace().text(view()));
    assert_eq!(workshop().trace().text(view()), workshop().trace().text(view()));
}
