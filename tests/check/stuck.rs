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
