//! The first tracing layer of a process: a program of its own, since any other test could be first.

use reenact::{
    Simulation,
    trace::{Level, View},
};
use tracing::{info, subscriber::with_default};
use tracing_subscriber::prelude::*;

#[test]
fn places_that_were_come_by_before_the_first_layer_are_heard_after() {
    let place: fn() = || info!(target: "early", "here");
    place();
    let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
    let run = with_default(subscriber, || Simulation::new(1).run(|_sim| async move { place() }));
    let text = run.trace().text(View::timeline().level(Level::User).kinds(&["log"]));
    assert_eq!(text, "test  log INFO early: here\n");
}
