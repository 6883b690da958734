//! `cargo reenact`, run as a program. The tests that it sweeps are in this very program; what cargo would say
//! of it is said by a script, so nothing is built here.
#![allow(clippy::disallowed_methods, reason = "programs are run here")]

#[path = "commands/children.rs"]
mod children;

#[path = "commands/stubborn.rs"]
mod stubborn;

#[path = "commands/process.rs"]
mod process;

#[path = "commands/files.rs"]
mod files;

#[path = "commands/sweeps.rs"]
mod sweeps;

#[path = "commands/ends.rs"]
mod ends;
