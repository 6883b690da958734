//! A test that fails at times, whose cases are recorded beside this file while `recorded` looks at it.

use super::process::is_child;
use reenact::{Sim, clock, draw};
use std::time::Duration;

#[reenact::test(seeds = 200)]
async fn has_a_bug(_sim: Sim) {
    if !is_child() {
        return;
    }
    let die = draw::below(40);
    // The variable stands for an edit of the program.
    #[expect(clippy::disallowed_methods, reason = "processes talk by variables")]
    let edited = std::env::var_os("CHECK_EDITED").map(|edit| edit.into_string().expect("text"));
    match edited.as_deref() {
        Some("slower") => clock::sleep(Duration::from_secs(1)).await,
        Some("fixed") => return,
        _ => {}
    }
    assert_ne!(die, 7, "the die shows seven");
}
