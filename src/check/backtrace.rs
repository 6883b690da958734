//! Cuts a backtrace down to the frames of the test.
//!
//! Pure. Frames above are those of the panic itself, frames below those of the machine, which differ
//! with the thread and the reason for which a run is made; a report must not. Where symbols are
//! missing, everything stays.

/// Where the frames of the machine begin.
const MACHINE: &str = "reenact_sim::context::user_code";
/// Our names, and places of calls in between that have names of their own.
const OURS: [&str; 3] = ["reenact_sim::", "reenact::check::", "reenact::simulation::"];
const PLACES: [&str; 2] = ["/rustc/", "sim/src/run.rs:"];
/// The last frames of the panic itself: what comes before is how it was noted.
const PANIC: [&str; 2] = ["rust_begin_unwind", "core::panicking::panic"];

/// The frames between a panic and the machine, without their numbers.
pub(crate) fn of_the_test(backtrace: &str) -> String {
    let mut frames: Vec<Vec<&str>> = Vec::new();
    for line in backtrace.lines() {
        match (frames.last_mut(), name(line)) {
            (_, Some(name)) => frames.push(vec![name]),
            (Some(frame), None) => frame.push(line),
            (None, None) => return backtrace.to_owned(),
        }
    }
    let has = |frame: &Vec<&str>, name: &str| frame[0].contains(name);
    let Some(end) = frames.iter().position(|frame| has(frame, MACHINE)) else { return backtrace.to_owned() };
    frames.truncate(end);
    // What led to the first frame of the test is ours, or the library's.
    let ours = |frame: &Vec<&str>| {
        let place = frame.get(1).copied().unwrap_or_default();
        OURS.iter().any(|ours| has(frame, ours))
            || PLACES.iter().any(|ours| place.contains(ours))
            || place.is_empty()
    };
    while frames.last().is_some_and(ours) {
        frames.pop();
    }
    let start = frames
        .iter()
        .rposition(|frame| PANIC.iter().any(|panic| has(frame, panic)))
        .map_or(0, |last| last + 1);
    let mut text = String::new();
    for (number, frame) in frames[start..].iter().enumerate() {
        text.push_str(&format!("{number:>4}: {}\n", frame.join("\n")));
    }
    text
}

/// The name of a frame, if this line begins one: `  12: name`.
fn name(line: &str) -> Option<&str> {
    let (number, name) = line.trim_start().split_once(": ")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::of_the_test;

    const WHOLE: &str = "   0: reenact_sim::panics::note
             at ./sim/src/panics.rs:34:21
   9: std::panicking::begin_panic_handler
             at /rustc/1/library/std/src/panicking.rs:1:1
  10: __rustc::rust_begin_unwind
             at /rustc/1/library/std/src/panicking.rs:689:5
  11: core::panicking::panic_fmt
             at /rustc/1/library/core/src/panicking.rs:80:14
  12: raft::vote
             at ./tests/raft.rs:30:30
  13: raft::main::{{closure}}
             at ./tests/raft.rs:9:9
  14: <reenact_sim::task::object::Job<F> as reenact_sim::task::object::TaskObject>::poll
             at /work/main/sim/src/task/object.rs:42:63
  14: {closure#1}<raft>
             at /work/main/sim/src/run.rs:42:63
  14: __rust_try
  14: std::panic::catch_unwind
             at /rustc/1/library/std/src/panic.rs:359:14
  15: reenact_sim::context::user_code
             at ./sim/src/context.rs:168:18
  16: reenact_sim::run::drive
";

    #[test]
    fn the_frames_of_the_test_stay() {
        let own = "   0: raft::vote\n             at ./tests/raft.rs:30:30\n   1: raft::main::{{closure}}\n             at ./tests/raft.rs:9:9\n";
        assert_eq!(of_the_test(WHOLE), own);
    }

    #[test]
    fn what_is_not_understood_stays_whole() {
        for text in ["", "no frames", "   0: <unknown>\n   1: <unknown>\n"] {
            assert_eq!(of_the_test(text), text);
        }
    }
}
