//! The user's own words in the trace.
//!
//! Rim. Marks are kept when events are kept and never touch the digest.

use crate::{context, core::Core, trace::Event};

/// Writes a name and a value into the trace, at this time, node and task.
///
/// ```
/// # use reenact_sim::{self as trace, Settings, Strategy, Tape};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let run = reenact_sim::run(&settings, |_| (), || async {
/// trace::mark("balance", 42);
/// # });
/// # assert_eq!(run.trace.marks, [("balance".into(), "42".to_owned())]);
/// ```
///
/// The trace of this run has the line `mark balance = 42`; a view shows it at the level `User` and
/// all that show more.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn mark(name: &str, value: impl std::fmt::Display) {
    if context::with("trace::mark", |world| is_kept(&world.core)) {
        // The value's own code runs outside of the machine.
        let value = value.to_string();
        context::with("trace::mark", |world| write(&mut world.core, Event::Mark, name, value));
    }
}

/// Whether what is logged here is kept; `None` outside a run. Ask before putting it into words.
#[doc(hidden)]
pub fn is_logging() -> Option<bool> {
    context::try_with(|world| is_kept(&world.core))
}

/// Writes a line of a log into the trace, if there is one.
#[doc(hidden)]
pub fn log(name: &str, value: String) {
    context::try_with(|world| {
        if is_kept(&world.core) {
            write(&mut world.core, Event::Log, name, value);
        }
    });
}

fn is_kept(core: &Core) -> bool {
    core.recorder.on() && !core.actor.inert
}

fn write(core: &mut Core, event: fn(u32) -> Event, name: &str, value: String) {
    let (now, node, serial) = (core.now, core.actor.node, core.serial());
    let index = core.recorder.words(name, value);
    core.recorder.record(now, node, serial, event(index));
}
