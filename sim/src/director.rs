//! Somebody who acts on the world between steps, at times of its own: a fault plan.
//!
//! Seam: it is kept here as data, and called in `run`, outside of the borrow. What it plans is not on
//! the agenda, so that a run in which nothing else is due is stuck, and not kept alive by its faults.

use reenact_clock::Instant;
use std::any::Any;

/// Acts on the world from outside of it.
pub trait Director: Any {
    /// It is time to act; says when it is next.
    fn act(&mut self) -> Turn;

    /// The run is over: for counting what is left to be counted.
    fn end(&mut self);
}

/// When a director acts next.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// When.
    pub at: Instant,
    /// Whether what it will do can let a run go on in which nothing else is due: a node starts again.
    pub revives: bool,
}

/// The director of a run, and when it acts next.
pub(crate) struct Directing {
    pub(crate) director: Option<Box<dyn Director>>,
    pub(crate) turn: Turn,
}
