//! What is said of calls that a run has no part in, and of overrides that are not in effect.
//!
//! Pure.

use reenact_os::Escape;

/// The node of who made a call, and where its task was spawned, if it was one.
pub(super) type Place = Option<(String, Option<String>)>;

/// What kind of call it was.
pub(super) fn what(escape: Escape) -> &'static str {
    match escape {
        Escape::Sleep(_) => "a sleep",
        Escape::Wait(_) => "a wait",
        Escape::Thread => "a thread",
        Escape::Fork => "a fork",
        _ => "a call",
    }
}

/// What happened, and what to do.
pub(super) fn sentence(escape: Escape, place: &Place) -> String {
    let happened = match escape {
        Escape::Sleep(length) => format!(
            "it slept for {length:?} of real time, in which the whole simulation stood still and no virtual \
             time passed: wait with `reenact::clock::sleep`, not with `std::thread::sleep`"
        ),
        Escape::Wait(length) => format!(
            "it blocked its thread for up to {length:?} of real time (`park_timeout`, `wait_timeout`, \
             `recv_timeout`), in which the whole simulation stood still: wait with `reenact::clock::timeout` \
             for a lock or a channel that is awaited"
        ),
        Escape::Thread => "it started a thread, whose timing cannot follow the seed: do that work in tasks \
                           of the simulation, or start the thread before the run and keep its results out \
                           of it"
            .to_owned(),
        Escape::Fork => "it copied the process (`fork`), and the copy goes on with the same run: start \
                         processes before the run or after it"
            .to_owned(),
        _ => "it made a call that a simulation cannot answer".to_owned(),
    };
    format!("{} left the simulation: {happened}", who(place))
}

/// The same, as a suspect.
pub(super) fn noticed(escape: Escape, place: &Place) -> String {
    let what = what(escape);
    format!("{what} of {}", who(place))
}

/// The same, where the run goes on.
pub(super) fn warning(name: &str, escape: Escape, place: &Place) -> String {
    let name = if name.is_empty() { "a simulation" } else { name };
    format!(
        "reenact: in {name}, {}\n  `Os::Fail` (REENACT_OS=fail) makes a failure of it, `Os::Allow` \
         (REENACT_OS=allow) says nothing",
        sentence(escape, place)
    )
}

fn who(place: &Place) -> String {
    match place {
        Some((node, Some(spawned))) => format!("the task of node {node} that was spawned at {spawned}"),
        Some((node, None)) => format!("code of node {node}"),
        None => "code of the test".to_owned(),
    }
}

/// Some of libc's functions are not the ones that this program calls.
pub(super) fn not_in_effect(missing: &[&str]) -> String {
    format!(
        "reenact: this program does not call reenact's {}, so what asks for time, random bytes or threads \
         there does not follow the seed\n  it happens where another library defines the same function, \
         where the standard library is linked dynamically (`-C prefer-dynamic`), or where a linker option \
         hides symbols of static libraries: undo that, or switch the overrides off (`Os::Off`, REENACT_OS=off, \
         or `default-features = false`)",
        missing.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::{not_in_effect, warning};
    use reenact_os::Escape;
    use std::time::Duration;

    #[test]
    fn a_warning_says_who_did_what_and_what_to_do() {
        let place = Some(("db".to_owned(), Some("tests/db.rs:7:9".to_owned())));
        let text = warning("stores", Escape::Sleep(Duration::from_millis(20)), &place);
        for part in ["in stores", "node db", "tests/db.rs:7:9", "20ms", "reenact::clock::sleep", "REENACT_OS"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        let text = warning("", Escape::Thread, &None);
        assert!(text.starts_with("reenact: in a simulation, code of the test left"), "{text}");
    }

    #[test]
    fn what_is_not_in_effect_is_named() {
        assert!(not_in_effect(&["time", "getrandom"]).contains("reenact's time, getrandom,"));
    }
}
