//! What code asks below Rust follows the seed of the run on its thread.
//!
//! Each program of `programs` uses something that differs from process to process: the order of a hash
//! map, a clock, a generator that seeds itself. Here it must not.
#![cfg(all(feature = "os", any(all(target_os = "linux", target_env = "gnu"), target_os = "macos")))]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what is tried is what code outside does"
)]

#[path = "os/clocks.rs"]
mod clocks;
#[path = "os/escapes.rs"]
mod escapes;
#[path = "os/process.rs"]
mod process;
#[path = "os/programs.rs"]
mod programs;
#[path = "os/same.rs"]
mod same;
