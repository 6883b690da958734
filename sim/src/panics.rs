//! The one panic hook, and what to do with what a panic leaves behind.
//!
//! Rim. The hook is installed once, around the one that was there. On a thread that is in the
//! middle of a run's user code it keeps message, place and backtrace for the failure and prints
//! nothing; elsewhere the former hook does what it always did.

use crate::{
    context::{self, PanicNote},
    core::Core,
    failure::FailureKind,
    task::Payload,
};
use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    panic::PanicHookInfo,
    sync::{Once, PoisonError},
};

/// Installs the hook, once a process.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !context::note_panic(|| note(info)) {
                former(info);
            }
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) -> PanicNote {
    PanicNote {
        message: message(info.payload()),
        location: info.location().map(|place| place.to_string()),
        backtrace: Backtrace::capture(),
    }
}

/// What a panic's payload says.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic whose payload is not text".to_owned()
    }
}

/// What to add for a crate that looked for a runtime which is not there.
fn advice(said: &str) -> &'static str {
    if said.contains("must be called from the context of a Tokio") {
        "\nthere is no tokio runtime in a simulation: a crate that calls `tokio::spawn`, `tokio::time` or `tokio::net` itself must be given tasks, time and sockets of reenact instead; `docs/services.md` says for which crates there is an adapter, and what to do for the others"
    } else {
        ""
    }
}

/// What a kept payload says.
pub(crate) fn message_of(payload: &Payload) -> String {
    message(&**payload.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What user code left when it panicked.
pub(crate) type Panicked = (Box<dyn Any + Send>, Option<PanicNote>);

impl Core {
    /// Lets the run fail with a panic of whoever is acting; `how` goes before its message.
    pub(crate) fn fail_with_panic(&mut self, how: &str, panicked: &Panicked) {
        if self.failure.is_some() {
            return;
        }
        let (payload, note) = panicked;
        let said = message(&**payload);
        self.fail(FailureKind::Panic, format!("{how}{said}{}", advice(&said)));
        // A payload that was thrown again passes no hook: a note of another panic is not its own.
        let note = note.as_ref().filter(|note| note.message == said);
        let wanted = self.backtraces;
        if let (Some(failure), Some(note)) = (&mut self.failure, note) {
            failure.location.clone_from(&note.location);
            let captured = wanted && note.backtrace.status() == BacktraceStatus::Captured;
            failure.backtrace = captured.then(|| note.backtrace.to_string());
        }
    }
}

/// Drops a value of the user's as whoever is acting; a panic fails the run and says what it was.
pub(crate) fn drop_quietly<T>(what: &str, value: T) {
    if let Err(panicked) = context::user_code(|| drop(value)) {
        context::try_with(|world| {
            world.core.fail_with_panic(&format!("{what} panicked while it was dropped: "), &panicked)
        });
        discard(panicked.0);
    }
}

/// What a payload is called that panicked when it was dropped.
pub(crate) const A_PAYLOAD: &str = "the payload of a panic";

/// Drops the payload of a panic that has failed the run; it may itself panic, and then nobody wants
/// to hear of it.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err((second, _)) = context::user_code(|| drop(payload)) {
        // A payload that panics when dropped, twice over: leaking it ends the game.
        std::mem::forget(second);
    }
}
