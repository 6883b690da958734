//! The user's word for which shared object a task is busy with.
//!
//! Rim. A touch is written down with its key's hash and folded into nothing: no run differs by it.

use crate::{context, hash, trace::Event};
use std::hash::{Hash, Hasher};

/// Says that the task which calls this touches the object named by `key`: an account, a lock, a row.
///
/// Where tasks meet only in such objects, strategies need to try the orders of touches alone. The
/// touch is an event of the trace, and changes nothing in the run.
///
/// ```
/// # mod reenact { pub use reenact_sim as task; }
/// # use reenact_sim::{Event, Settings, Strategy, Tape};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let run = reenact_sim::run(&settings, |_| (), || async {
/// use reenact::task;
///
/// task::touch("accounts");
/// task::touch(("account", 7)); // whatever can be hashed
/// # });
/// # let touched = run.trace.events.iter().filter(|line| matches!(line.event, Event::Touch(_)));
/// # assert_eq!(touched.count(), 2);
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn touch(key: impl Hash) {
    if context::with("task::touch", |world| world.core.noted && !world.core.actor.inert) {
        // The key's own code runs outside of the machine.
        let mut hasher = Fixed(0);
        key.hash(&mut hasher);
        let object = hasher.finish();
        context::with("task::touch", |world| {
            world.core.touch(object);
            world.core.record(Event::Touch(object));
        });
    }
}

/// The same hash on every machine.
struct Fixed(u64);

impl Hasher for Fixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(hash::bytes(bytes));
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = hash::combine(self.0, word);
    }

    fn write_u128(&mut self, word: u128) {
        self.write_u64(word as u64);
        self.write_u64((word >> 64) as u64);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}
