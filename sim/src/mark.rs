//! The user's own words in the trace.
//!
//! Rim. Marks are kept when events are kept and never touch the digest.

use crate::context;

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
    let wanted = context::with("trace::mark", |world| world.core.recorder.on() && !world.core.actor.inert);
    if wanted {
        // The value's own code runs outside of the machine.
        let value = value.to_string();
        context::with("trace::mark", |world| {
            let core = &mut world.core;
            let (now, node, serial) = (core.now, core.actor.node, core.serial());
            core.recorder.mark(now, node, serial, name, value);
        });
    }
}
