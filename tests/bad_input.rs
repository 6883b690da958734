//! What users get wrong is answered with a sentence that says what to do.

#[path = "bad_input/builders.rs"]
mod builders;
#[path = "bad_input/names.rs"]
mod names;
#[path = "bad_input/other_runs.rs"]
mod other_runs;
#[path = "bad_input/outputs.rs"]
mod outputs;
#[path = "bad_input/outside.rs"]
mod outside;
#[path = "bad_input/tokens.rs"]
mod tokens;

/// What a call that must panic says.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).err().expect("a panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().expect("a text").to_string(),
    }
}
