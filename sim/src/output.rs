//! What an async main may return.
//!
//! Pure. One sealed trait, so that a wrong type is a sentence at compile time.

use std::fmt::Debug;

/// What the main of a test or of a node may return: `()`, a `Result<(), E>` whose error is
/// `Debug`, or nothing ever (`!`).
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::MainOutput;
///
/// fn can_be_returned(_: impl MainOutput) {}
/// can_be_returned(());
/// can_be_returned(Err::<(), _>("no leader"));
/// can_be_returned(std::io::Result::Ok(()));
/// ```
#[diagnostic::on_unimplemented(
    message = "the main of a simulation cannot return `{Self}`",
    label = "this future must return `()`, `Result<(), E>` with `E: Debug`, or `!`",
    note = "end the async block with `;` to return `()`, or use `Simulation::run` to get a value out of a run"
)]
pub trait MainOutput: sealed::Sealed {
    #[doc(hidden)]
    fn into_result(self) -> Result<(), String>;
}

impl MainOutput for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Debug> MainOutput for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:?}"))
    }
}

impl MainOutput for Never {
    fn into_result(self) -> Result<(), String> {
        self
    }
}

/// The type `!`, which has no name on stable Rust: what a function that never returns returns.
type Never = <fn() -> ! as sealed::Returns>::Output;

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl<E: std::fmt::Debug> Sealed for Result<(), E> {}
    impl Sealed for super::Never {}

    pub trait Returns {
        type Output;
    }
    impl<T> Returns for fn() -> T {
        type Output = T;
    }
}
