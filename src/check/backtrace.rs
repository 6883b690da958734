//! Cuts a backtrace down to the frames of the test.
//!
//! Pure. Frames above are those of the panic itself, frames below those of the machine, which differ
//! with the thread and the reason for which a run is made; a report must not. Where there are no
//! symbols to tell them apart, nothing is left: such a backtrace would say nothing.

/// Where the frames of the machine begin: the name of the function, which has its path only where it
/// is not inlined, and its file.
const MACHINE: (&str, &str) = ("user_code", "context.rs:");
/// The same, where that function is inlined and there is nothing but names.
const MACHINE_BY_NAME: &str = "reenact_sim::run::";
/// Names and places of calls between the machine and the first frame of the test.
const OURS: [&str; 4] = ["reenact_sim::", "reenact::check::", "__rust_try", "catch_unwind"];
const PLACES: [&str; 4] = ["/rustc/", "sim/src/run.rs:", "sim/src/task/object.rs:", "src/check/one.rs:"];
/// The last frames of the panic itself: what comes before is how it was noted.
const PANIC: [&str; 2] = ["rust_begin_unwind", "core::panicking::panic"];

/// A frame: the line of its name, and those of its place.
type Frame<'a> = Vec<&'a str>;

/// The frames between a panic and the machine, numbered anew.
pub(crate) fn of_the_test(backtrace: &str) -> Option<String> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for line in backtrace.lines() {
        match (frames.last_mut(), name(line)) {
            (_, Some(name)) => frames.push(vec![name]),
            (Some(frame), None) => frame.push(line),
            (None, None) => return None,
        }
    }
    frames.truncate(frames.iter().position(is_machine)?);
    // What led to the first frame of the test is ours, or the library's.
    while frames.last().is_some_and(is_between) {
        frames.pop();
    }
    let panic = |frame: &Frame<'_>| PANIC.iter().any(|panic| frame[0].contains(panic));
    let start = frames.iter().rposition(panic).map_or(0, |last| last + 1);
    let mut text = String::new();
    for (number, frame) in frames[start..].iter().enumerate() {
        text.push_str(&format!("{number:>4}: {}\n", frame.join("\n")));
    }
    Some(text)
}

fn is_machine(frame: &Frame<'_>) -> bool {
    let (name, file) = MACHINE;
    let in_file = frame.get(1).is_none_or(|place| place.contains(file));
    frame[0].contains(name) && in_file || frame[0].contains(MACHINE_BY_NAME)
}

fn is_between(frame: &Frame<'_>) -> bool {
    let by_place = |place: &&str| PLACES.iter().any(|ours| place.contains(ours));
    OURS.iter().any(|ours| frame[0].contains(ours)) || frame.get(1).is_some_and(by_place)
}

/// The name of a frame, if this line begins one: `  12: name`.
fn name(line: &str) -> Option<&str> {
    let (number, name) = line.trim_start().split_once(": ")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::of_the_test;

    /// As a debug build prints it.
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
             at /home/me/reenact/sim/src/task/object.rs:42:63
  15: {closure#1}<raft>
             at /home/me/reenact/sim/src/run.rs:42:63
  16: __rust_try
  17: std::panic::catch_unwind
             at /rustc/1/library/std/src/panic.rs:359:14
  18: reenact_sim::context::user_code
             at ./sim/src/context.rs:168:18
  19: reenact_sim::run::drive
";

    const OWN: &str = "   0: raft::vote
             at ./tests/raft.rs:30:30
   1: raft::main::{{closure}}
             at ./tests/raft.rs:9:9
";

    #[test]
    fn the_frames_of_the_test_stay() {
        assert_eq!(of_the_test(WHOLE).as_deref(), Some(OWN));
    }

    #[test]
    fn frames_that_are_inlined_lose_their_paths_only() {
        let inlined =
            WHOLE.replace("reenact_sim::context::user_code", "user_code<(), {closure_env#2}>").replace(
                "<reenact_sim::task::object::Job<F> as reenact_sim::task::object::TaskObject>::poll",
                "poll<raft>",
            );
        assert_eq!(of_the_test(&inlined).as_deref(), Some(OWN));
    }

    #[test]
    fn without_places_names_will_do() {
        let names: String =
            WHOLE.lines().filter(|line| !line.contains(" at ")).map(|line| format!("{line}\n")).collect();
        assert!(!names.contains(" at "));
        let inlined = names.replace("  18: reenact_sim::context::user_code\n", "");
        for text in [names, inlined] {
            let own = of_the_test(&text).expect("the machine has a name");
            assert!(own.starts_with("   0: raft::vote\n   1: raft::main::{{closure}}\n"), "{own}");
        }
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        for text in ["", "no frames", "   0: <unknown>\n   1: <unknown>\n"] {
            assert_eq!(of_the_test(text), None);
        }
    }
}
