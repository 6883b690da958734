//! What must be caught below Rust, so that code which was not written for a simulation follows one.
//!
//! A program that is linked with this crate asks it, and not the C library, for the time, for random
//! bytes, for a sleep and for a thread: it defines these functions of libc itself, and the linker
//! prefers what a program defines. While a simulation runs on a thread ([`during`]), the answers there
//! come from the simulation ([`Simulated`]), or a call is noticed ([`Escape`]) and passed on. Everywhere
//! else, calls are passed on: the C library's function is called through a pointer that was looked up
//! before `main`, so the clock is still read without a system call.
//!
//! | function | while a simulation runs on the thread |
//! |---|---|
//! | `clock_gettime`, `gettimeofday`, `time` | its clock; the clocks of used processor time are the real ones |
//! | `getrandom`, `getentropy` (macOS: `CCRandomGenerateBytes`, `arc4random…`) | its random bytes |
//! | `syscall` (Linux) | the same, for those that ask the kernel so |
//! | `nanosleep`, `clock_nanosleep`, `sleep`, `usleep`, a timed wait on a futex | noticed, and really waited for |
//! | `pthread_create`, `fork` | noticed, and done |
//!
//! Generators that are seeded from a count of the process ask nobody. One that is kept in a thread-local can
//! be found by watching it ([`Generator`]), and then be given a state.
//!
//! So `Instant::now`, the keys of `HashMap`, `rand::rng`, `uuid` and C libraries follow the simulation.
//! What asks the processor itself (`rdtsc`, `rdrand`, a `syscall` instruction of its own) does not.
//!
//! It is in effect on Linux with glibc and on macOS, on 64-bit x86 and ARM; not under Miri and the
//! sanitizers, which define the same functions, and not in a program that is linked statically. Where it
//! is not ([`SUPPORTED`]), all of this compiles and does nothing.
//!
//! Rules of an override: it does not panic, allocate, lock or wait; it borrows nothing, for it may be
//! called from anywhere, an allocator too; and it passes on whatever it does not understand. This is
//! the only crate of reenact with `unsafe` code, and each use says why it is right.
#![deny(missing_docs)]

// Pure: what is asked, and what is noticed.
mod simulated;
// The thread-local, and the way to the C library.
mod here;
#[cfg(overrides)]
mod real;
// The overrides.
#[cfg(overrides)]
mod clocks;
#[cfg(overrides)]
mod wait;
#[cfg(overrides)]
mod randomness;
#[cfg(overrides)]
mod escapes;
#[cfg(all(overrides, target_os = "linux"))]
mod syscall;
// What nothing sets, and is found.
mod generator;
// Whether they are what the program calls.
mod self_check;

pub use generator::{Generator, Kept};
pub use here::{during, is_fresh, outside};
pub use self_check::{is_in_effect, self_check};
pub use simulated::{Escape, Simulated};

/// Whether this build overrides anything.
pub const SUPPORTED: bool = cfg!(overrides);
