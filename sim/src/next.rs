//! What happens next: the machine's half of the loop.
//!
//! Seam: decides inside one borrow, and hands out what must be done outside of it.

use crate::{
    actor::Actor,
    core::Limbo,
    due::Alarm,
    failure::FailureKind,
    id::TaskId,
    spawn::cancel,
    task::{Boxed, Flags},
    trace::{Event, Line},
    world::World,
};
use std::task::Waker;

/// How often foreign wakers may be woken between two steps.
const ROUNDS: u32 = 100_000;

/// What words the digest gets for callbacks.
const FOLD_CALLBACK: u64 = 0x5eed_0021;

/// What to do outside of the machine.
pub(crate) enum Next {
    /// A task, and its waker unless it is polled with the loop's.
    Poll(TaskId, Boxed, Option<Waker>),
    Call(Actor, Box<dyn FnOnce()>),
    Limbo(Limbo),
    End,
}

impl World {
    /// Puts a polled task back, and decides what comes next.
    pub(crate) fn next(
        &mut self,
        polled: Option<(TaskId, Boxed, Option<Waker>)>,
        shared: &mut Waker,
    ) -> Next {
        if let Some((id, object, waker)) = polled {
            let core = &mut self.core;
            core.return_waker(id, waker, shared);
            let hot = &mut core.tasks.hot[id.slot()];
            if hot.flags.has(Flags::DOOMED) {
                return self.drop_doomed(id, object);
            }
            hot.flags.clear(Flags::OUT);
            hot.object = Some(object);
            core.actor = Actor::NOBODY;
            core.recorder.set_context(Line::NO_CAUSE);
        }
        loop {
            if self.is_over() {
                return Next::End;
            }
            if self.core.firing {
                match self.fire() {
                    Some(next) => return next,
                    None => continue,
                }
            }
            if !self.core.limbo.is_empty() {
                self.core.rounds += 1;
                if self.core.rounds > ROUNDS {
                    self.step_limit();
                    return Next::End;
                }
                return Next::Limbo(std::mem::take(&mut self.core.limbo));
            }
            if let Some(id) = self.core.ready.pick() {
                if !self.begin_step() {
                    return Next::End;
                }
                let (object, waker) = self.core.begin_poll(id);
                return Next::Poll(id, object, waker);
            }
            if !self.advance() {
                return Next::End;
            }
        }
    }

    /// A task that was doomed during its poll goes as soon as that returned.
    fn drop_doomed(&mut self, id: TaskId, object: Boxed) -> Next {
        let inert = self.core.tasks.hot[id.slot()].flags.has(Flags::DEAD);
        self.core.actor = Actor::NOBODY;
        Next::Call(Actor::NOBODY, Box::new(move || cancel(id, object, inert)))
    }

    /// Counts a step, if one more is allowed.
    #[inline]
    fn begin_step(&mut self) -> bool {
        if self.core.stats.steps == self.core.max_steps {
            self.step_limit();
            return false;
        }
        self.core.stats.steps += 1;
        self.core.rounds = 0;
        true
    }

    /// Fires one item of this instant; `None` when it needs nothing from outside.
    fn fire(&mut self) -> Option<Next> {
        let now = self.core.now;
        let Some((key, due)) = self.core.agenda.pop_due(now) else {
            self.core.firing = false;
            return None;
        };
        if !self.begin_step() {
            return Some(Next::End);
        }
        let core = &mut self.core;
        match due.alarm() {
            Alarm::Device(slot, word) => {
                if let Some(device) = &mut self.devices[slot as usize] {
                    device.ring(core, word);
                }
            }
            Alarm::Task(id) => {
                core.stats.timers_fired += 1;
                let context = core.timer_fired(key.get(), id);
                core.wake_task(id);
                core.recorder.set_context(context);
            }
            Alarm::Waker(place) => {
                core.stats.timers_fired += 1;
                core.recorder.timer_gone(key.get());
                if let Some(timer) = core.timers.take(place) {
                    core.limbo.wake.push((timer.owner, timer.waker));
                }
            }
            Alarm::Callback(place) => {
                let callback = core.callbacks.take(place)?;
                core.stats.callbacks += 1;
                core.recorder.fold(callback.path ^ FOLD_CALLBACK ^ now.as_nanos().rotate_left(17));
                let cause = core.recorder.timer_gone(key.get());
                let (node, none) = (callback.node, Line::NO_TASK);
                let seq = core.recorder.record_caused(now, node, none, cause, Event::Callback);
                core.recorder.set_context(seq);
                let actor = Actor { node: callback.node, life: callback.life, ..Actor::NOBODY };
                core.callback = (callback.path, Default::default());
                return Some(Next::Call(actor, callback.run));
            }
        }
        None
    }

    #[inline]
    fn is_over(&mut self) -> bool {
        let core = &mut self.core;
        if core.over {
            return true;
        }
        if core.wakers.beacon.was_woken_from_outside(core.run) {
            core.actor = Actor::NOBODY;
            core.fail(
                FailureKind::Nondeterminism,
                "a task was woken from another thread: its timing cannot follow the seed. Look for std::thread::spawn, a blocking pool or a runtime of its own in what the test calls, and do that work in tasks of the simulation",
            );
            return true;
        }
        if core.noted
            && let Some(sentence) = core.divergence()
        {
            core.fail(FailureKind::Diverged, sentence);
            return true;
        }
        false
    }

    /// Nothing is ready: moves the clock to the next thing due, or finds that there is none.
    fn advance(&mut self) -> bool {
        let Some(at) = self.core.agenda.next_at() else {
            if self.core.await_foreign_wake() {
                // The next look at the state of the run says what happened.
                return true;
            }
            self.deadlock();
            return false;
        };
        if at > self.core.time_limit {
            self.time_limit(at);
            return false;
        }
        self.core.now = at;
        self.core.firing = true;
        true
    }
}
