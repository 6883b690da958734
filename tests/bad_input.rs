//! What users get wrong is answered with a sentence that says what to do.

#[path = "bad_input/builders.rs"]
mod builders;
#[path = "bad_input/names.rs"]
mod names;
#[path = "bad_input/network.rs"]
mod network;
#[path = "bad_input/other_runs.rs"]
mod other_runs;
#[path = "bad_input/outputs.rs"]
mod outputs;
#[path = "bad_input/outside.rs"]
mod outside;
#[path = "bad_input/tokens.rs"]
mod tokens;
#[path = "bad_input/world.rs"]
mod world;

use std::{cell::RefCell, sync::Once};

/// What a call that must panic says.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).err().expect("a panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().expect("a text").to_string(),
    }
}

thread_local! {
    /// The file of the last panic that was seen on this thread.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What a call outside of all runs that must panic says, and the file that it names.
fn place_of<R>(f: impl FnOnce() -> R) -> (String, String) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map_or_else(String::new, |place| place.file().to_owned());
            PLACE.set(file);
            former(info);
        }));
    });
    let said = panic_of(f);
    (said, PLACE.take())
}
