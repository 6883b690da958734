//! What a simulation answers in the place of the operating system.
//!
//! Pure.

use std::time::Duration;

/// What a simulation answers to code that asks the operating system.
///
/// All of it is called from below: in the middle of any call, also where an allocator holds its lock.
/// So it must not panic, allocate, lock or wait.
pub trait Simulated {
    /// The clock that is never set: since any fixed moment.
    fn monotonic(&self) -> Duration;
    /// The clock on the wall: since the beginning of 1970, UTC.
    fn wall(&self) -> Duration;
    /// Random bytes.
    fn fill(&self, bytes: &mut [u8]);
    /// Something happens that the simulation has no part in.
    fn escaped(&self, escape: Escape);
}

/// A call that a simulation cannot answer: it is passed on to the operating system.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Escape {
    /// The thread sleeps for so long, and the whole simulation with it.
    Sleep(Duration),
    /// The thread waits for another one, at most for so long.
    Wait(Duration),
    /// A thread is started.
    Thread,
    /// The process is copied.
    Fork,
}
