//! What a task says of itself to those who plan runs: what it touches, and what may be cancelled.

use crate::common::{MILLI, run};
use reenact::{
    Simulation, clock, task,
    trace::{Level, View},
};

/// A touch of each of these, and the run's digest.
fn touches(keys: &'static [&'static str]) -> (Vec<String>, u64) {
    let run = Simulation::new(1).run(move |_| async move {
        for key in keys {
            task::touch(key);
        }
    });
    let text = run.trace().text(View::timeline().level(Level::User));
    let lines = text.lines().filter_map(|line| line.split_once("touch ").map(|(_, key)| key.to_owned()));
    (lines.collect(), run.digest())
}

#[test]
fn a_touch_is_an_event_that_tells_its_key_from_others_and_changes_nothing() {
    let (lines, digest) = touches(&["a", "b", "a"]);
    assert_eq!(lines.len(), 3);
    assert!(lines[0] == lines[2] && lines[0] != lines[1], "{lines:?}");
    assert_eq!(touches(&[]), (vec![], digest));
}

#[test]
fn whatever_can_be_hashed_is_a_key() {
    run(|_| async {
        task::touch(7);
        let name = String::from("account");
        task::touch(&name);
        task::touch(name);
        task::touch(("account", 7_i128));
        task::touch([1_u8, 2]);
    });
}

#[test]
fn what_may_be_cancelled_is_not_where_no_plan_cancels() {
    run(|_| async {
        let slow = task::cancellable(async {
            clock::sleep(MILLI).await;
            42
        });
        assert_eq!(slow.await.expect("nobody cancels"), 42);
        let handle = reenact::spawn(async { 6 });
        assert_eq!(task::cancellable(handle).await.expect("nobody cancels").expect("no panic"), 6);
    });
}
