//! Who waits for what, and how those who wait are told.
//!
//! Seam, inside the one borrow of the machine. A task becomes ready here, and that is written down if it is
//! to be; wakers of others go to the [`Limbo`](crate::limbo::Limbo), since they may run any code. Which ready
//! task is next is in `ready.rs`, the wakers themselves are in `task/waker.rs`.

use crate::{
    core::Core,
    id::{NodeId, TaskId},
    tape::{Moment, Readiness, schedule_stream},
    task::{Flags, Wait, Waiter},
    trace::Event,
};
use std::task::Waker;

/// When so many tasks have become ready or so many decisions were taken, none of it is kept any more
/// that was to be kept only because everything was.
const MOST_DECISIONS: usize = 1 << 21;

impl Core {
    /// Notes what the task being polled waits for.
    #[inline]
    pub fn waits_for(&mut self, wait: Wait) {
        if let Some(hot) = self.tasks.hot.get_mut(self.actor.task.slot()) {
            hot.wait = wait;
        }
    }

    /// Makes a task ready, unless it is, or has ended.
    #[inline]
    pub(crate) fn wake_task(&mut self, id: TaskId) {
        let Some(hot) = self.tasks.get(id) else { return };
        if hot.flags.has(Flags::READY | Flags::DONE | Flags::DOOMED | Flags::FROZEN) {
            if hot.flags.has(Flags::FROZEN) {
                self.wake_late(id);
            }
            return;
        }
        hot.flags.set(Flags::READY);
        let readiness = hot.readiness;
        hot.readiness = readiness.wrapping_add(1);
        self.stats.wakes += 1;
        if self.noted {
            self.wake_noted(id, readiness);
        } else {
            self.ready.push(id, 0);
        }
    }

    #[cold]
    #[inline(never)]
    fn wake_noted(&mut self, id: TaskId, readiness: u32) {
        if !self.logged {
            return self.push_watched(id, readiness, 0);
        }
        let hot = &mut self.tasks.hot[id.slot()];
        let path = hot.path;
        let mut passes = 0;
        if !self.passes.is_empty()
            && let Some((count, read)) = self.passes.get_mut(&(schedule_stream(path), readiness))
        {
            passes = *count;
            *read = true;
        }
        let (node, serial) = (NodeId(hot.node), self.tasks.cold[id.slot()].serial);
        let by = self.serial();
        let seq = self.recorder.record(self.now, node, by, Event::Wake(serial));
        if self.order.is_some() {
            let moment = Moment { step: self.stats.steps, event: seq, task: serial };
            if let Some(order) = &mut self.order {
                self.tasks.cold[id.slot()].event = order.push(Readiness { path, readiness, moment });
                if self.may_forget && order.events().len().max(self.dice.logged()) >= MOST_DECISIONS {
                    self.order = None;
                    self.dice.take_log();
                }
            }
        }
        self.tasks.cold[id.slot()].cause = seq;
        self.push_watched(id, readiness, passes);
    }

    /// Whoever is to be told when the future that is being polled can go on. Ask at most once a
    /// call of [`with_waker`](crate::with_waker), and only to keep it.
    #[inline]
    pub fn waiter(&mut self) -> Waiter {
        if self.foreign.is_some() {
            self.foreign_waiter()
        } else if self.actor.task == TaskId::NONE {
            Waiter::None
        } else {
            Waiter::Task(self.actor.task)
        }
    }

    #[cold]
    #[inline(never)]
    fn foreign_waiter(&mut self) -> Waiter {
        self.foreign.take().map_or(Waiter::None, Waiter::Foreign)
    }

    /// Tells whoever waits.
    #[inline]
    pub fn wake(&mut self, waiter: Waiter) {
        match waiter {
            Waiter::None => {}
            Waiter::Task(id) => self.wake_task(id),
            Waiter::Foreign(waker) => self.wake_outside(waker),
        }
    }

    #[cold]
    #[inline(never)]
    fn wake_outside(&mut self, waker: Waker) {
        self.limbo.wake(self.actor.bystander(), waker);
    }

    /// Forgets whoever waited: a foreign waker is dropped outside of the machine.
    #[inline]
    pub fn forget(&mut self, waiter: Waiter) {
        if let Waiter::Foreign(waker) = waiter {
            self.drop_outside(waker);
        }
    }

    #[cold]
    #[inline(never)]
    fn drop_outside(&mut self, waker: Waker) {
        self.limbo.drop(self.actor.bystander(), waker);
    }

    /// Whether this is the waker of the task being polled.
    #[inline]
    pub(crate) fn is_own(&self, waker: &Waker) -> bool {
        self.actor.task != TaskId::NONE && waker.data() as usize == self.actor.waker
    }
}
