//! What the machine has let go of, and what can only be finished outside of it.
//!
//! Pure data. Waking or dropping a foreign waker, and dropping a value of the test, may run any code, so
//! it waits here until the borrow is over; `teardown.rs` does it. Each waits with whoever acted when it
//! came here.

use crate::actor::Actor;
use std::{any::Any, task::Waker};

/// Wakers to be woken, wakers to be dropped, and values to be dropped.
#[derive(Default)]
pub(crate) struct Limbo {
    /// Whether anything is here: the loop asks at every turn.
    busy: bool,
    wake: Vec<(Actor, Waker)>,
    drop: Vec<(Actor, Waker)>,
    values: Vec<(Actor, Box<dyn Any>)>,
}

impl Limbo {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        !self.busy
    }

    pub(crate) fn wake(&mut self, actor: Actor, waker: Waker) {
        self.busy = true;
        self.wake.push((actor, waker));
    }

    pub(crate) fn drop(&mut self, actor: Actor, waker: Waker) {
        self.busy = true;
        self.drop.push((actor, waker));
    }

    pub(crate) fn drop_value(&mut self, actor: Actor, value: Box<dyn Any>) {
        self.busy = true;
        self.values.push((actor, value));
    }

    /// Everything that is here: to be woken, to be dropped, values to be dropped.
    #[expect(clippy::type_complexity, reason = "taken apart where it is called")]
    pub(crate) fn into_parts(self) -> (Vec<(Actor, Waker)>, Vec<(Actor, Waker)>, Vec<(Actor, Box<dyn Any>)>) {
        (self.wake, self.drop, self.values)
    }
}
