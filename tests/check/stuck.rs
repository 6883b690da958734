//! A poll that does not return is told of while it does not.

use super::process::{command, finish};

#[test]
fn a_stuck_poll_is_said_once_past_the_test_harness() {
    let child = finish(&mut command("children::is_stuck"));
    assert!(child.passed, "{child:?}");
    assert_eq!(child.err.matches("has not returned").count(), 1, "{}", child.err);
    for part in [
        "more than 0.1 s of real time",
        "test      is stuck",
        "seed      0x0000000000000002",
        "node      busy",
        "spawned at tests/check/children.rs:",
        "std::thread::sleep",
    ] {
        assert!(child.err.contains(part), "{part} in {}", child.err);
    }
}

/// What waits for another thread without an end has no length to be told of before.
#[test]
fn a_poll_that_is_blocked_is_told_of_whatever_it_waits_for() {
    let child = finish(&mut command("children::is_blocked"));
    assert!(child.passed, "{child:?}");
    for what in ["message", "thread", "lock"] {
        let told =
            format!("has not returned\n  test      {what}\n  seed      0x0000000000000007\n  node      busy");
        assert_eq!(child.err.matches(&told).count(), 1, "{told} in {}", child.err);
    }
    assert!(child.err.contains("a call that blocks the thread"), "{}", child.err);
}
