//! Several tasks that wait for the same thing.
//!
//! Seam: one inline, since there is mostly one.

use reenact_sim::{Core, Waiter};

/// Whoever waits; a task that asks twice is kept once.
#[derive(Default)]
pub(crate) struct Waiters {
    first: Waiter,
    rest: Vec<Waiter>,
}

impl Waiters {
    /// Adds whoever the future that is being polled belongs to.
    #[inline]
    pub(crate) fn add(&mut self, core: &mut Core) {
        let waiter = core.waiter();
        if self.first.is_some() {
            self.add_another(core, waiter);
        } else {
            self.first = waiter;
        }
    }

    #[inline(never)]
    fn add_another(&mut self, core: &mut Core, waiter: Waiter) {
        if is_same(&self.first, &waiter) || self.rest.iter().any(|known| is_same(known, &waiter)) {
            core.forget(waiter);
        } else {
            self.rest.push(waiter);
        }
    }

    #[inline]
    pub(crate) fn wake_all(&mut self, core: &mut Core) {
        core.wake(self.first.take());
        if !self.rest.is_empty() {
            self.wake_rest(core);
        }
    }

    #[cold]
    fn wake_rest(&mut self, core: &mut Core) {
        for waiter in self.rest.drain(..) {
            core.wake(waiter);
        }
    }

    pub(crate) fn forget_all(&mut self, core: &mut Core) {
        core.forget(self.first.take());
        for waiter in self.rest.drain(..) {
            core.forget(waiter);
        }
    }
}

fn is_same(a: &Waiter, b: &Waiter) -> bool {
    match (a, b) {
        (Waiter::Task(a), Waiter::Task(b)) => a == b,
        (Waiter::Foreign(a), Waiter::Foreign(b)) => a.will_wake(b),
        _ => false,
    }
}
