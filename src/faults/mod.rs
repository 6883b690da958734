//! Fault plans: what goes wrong, drawn from the tape, and what came of it.
//!
//! `config` is what a test asks for, `streams` and `draws` turn it into decisions, `guard` keeps them
//! within what the system is to survive, `plan` carries them out. The machine calls the plan between
//! steps; the handles below call it from the test.

// Pure.
mod config;
mod streams;
mod guard;
mod shapes;
mod told;
// Rim.
mod plan;
mod weather;
mod apply;
mod handle;
mod calm;

pub use calm::Calm;
pub use config::Faults;
pub use handle::FaultsHandle;
pub(crate) use handle::start;
pub(crate) use told::told;
