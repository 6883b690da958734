//! What stands below a run's code: the clock and the randomness that libc answers with.
//!
//! The crate `reenact-os` overrides the functions; here is what they answer in a run, and what becomes of
//! calls that have no answer. Without its feature `os`, or where nothing can be overridden, all of this
//! does nothing.
//!
//! Rim. What is called from below reads plain cells and atomics: the machine may be borrowed, or an
//! allocator in the middle of its work.

#[cfg(feature = "os")]
mod words;
#[cfg(feature = "os")]
mod generators;
#[cfg(feature = "os")]
mod answers;
#[cfg(not(feature = "os"))]
mod nothing;

use crate::env;

/// Lets a little real time pass.
pub(crate) fn pause() {
    outside(env::pause);
}

#[cfg(feature = "os")]
pub(crate) use answers::{Below, is_fresh, missing, outside};
#[cfg(feature = "os")]
pub(crate) use generators::{look_for_generators, unseeded};
#[cfg(not(feature = "os"))]
pub(crate) use nothing::{Below, is_fresh, look_for_generators, missing, outside, unseeded};
