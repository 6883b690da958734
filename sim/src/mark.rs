//! The user's own words in the trace.
//!
//! Rim. Marks are kept when events are kept and never touch the digest.

use crate::context;

/// Writes a name and a value into the trace, at this time, node and task.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn mark(name: &str, value: impl std::fmt::Display) {
    let wanted = context::with("trace::mark", |world| world.core.recorder.on());
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
