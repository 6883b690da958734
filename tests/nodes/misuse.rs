//! What cannot be done to a node is refused with a sentence.

use crate::common::failure;
use reenact::{FailureKind, Node, Sim};
use std::future::pending;

#[track_caller]
fn refused(what: &str, act: impl FnOnce(&Sim) + 'static) {
    let failure = failure(move |sim| async move { act(&sim) });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.message.contains(what), "{failure}");
    let place = failure.location.expect("a place");
    assert!(place.starts_with(file!()), "the place is the caller's: {place}");
}

#[test]
fn a_running_node_cannot_be_started() {
    refused("`Node::start` was called on `a`, which is running", |sim| {
        sim.node("a").start(pending::<()>);
        sim.node("a").start(pending::<()>);
    });
}

#[test]
fn the_node_of_the_test_cannot_be_started_or_ended() {
    refused("called on the node `test`", |sim| sim.node("test").start(pending::<()>));
    let ends: [fn(&Node); 3] = [|node| node.stop(), |node| node.kill(), |node| node.crash()];
    for end in ends {
        refused("the node `test` cannot be stopped, killed or crashed", move |sim| end(&sim.node("test")));
    }
    refused("`Node::restart` was called on `test`", |sim| sim.node("test").restart());
}

#[test]
fn a_node_that_was_never_started_cannot_be_restarted() {
    refused("`Node::restart` was called on `a`, which was never started", |sim| sim.node("a").restart());
    refused("which was never started", |sim| {
        sim.node("a").crash();
        sim.node("a").restart();
    });
}
