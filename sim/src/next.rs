//! What happens next: the machine's half of the loop.
//!
//! Seam: decides inside one borrow, and hands out what must be done outside of it.

use crate::{
    actor::Actor,
    core::{Core, Limbo},
    director::{Directing, Director},
    due::Alarm,
    failure::FailureKind,
    id::{NodeId, TaskId},
    side::Callback,
    spawn::cancel,
    task::{Boxed, Flags, Lent},
    trace::{Event, Line},
    world::World,
};

/// How often foreign wakers may be woken between two steps.
const ROUNDS: u32 = 100_000;

/// What words the digest gets for callbacks.
const FOLD_CALLBACK: u64 = 0x5eed_0021;

/// What to do outside of the machine.
pub(crate) enum Next {
    /// A task, with the waker that was lent.
    Poll(TaskId, Boxed),
    Call(Actor, Box<dyn FnOnce()>),
    Limbo(Limbo),
    /// Look at the invariants.
    Look,
    /// It is the director's turn.
    Direct(Box<dyn Director>),
    End,
}

impl Core {
    /// Lets the run fail if it was told to stop, and says whether it was.
    #[cold]
    pub(crate) fn was_stopped(&mut self) -> bool {
        if !self.wakers.beacon.was_stopped(self.run) {
            return false;
        }
        if self.failure.is_some() {
            return true;
        }
        self.actor = Actor::NOBODY;
        let (slot, node) = self.wakers.beacon.last();
        self.fail(FailureKind::Nondeterminism, "the run was told to stop by what answers below it");
        let label = slot.filter(|&slot| slot < self.tasks.cold.len()).map(|slot| self.tasks.label(slot));
        if let Some(failure) = self.failure.as_mut().filter(|_| self.nodes.len() > node as usize) {
            failure.node = Some(self.nodes.get(NodeId(node)).name.to_string());
            failure.task = label;
        }
        true
    }

    /// A callback is due.
    fn call(&mut self, key: u64, callback: Callback) -> Next {
        let Callback { run, node, life, path, .. } = callback;
        self.stats.callbacks += 1;
        self.wakers.beacon.call(node.0);
        self.recorder.fold(path ^ FOLD_CALLBACK ^ self.now.as_nanos().rotate_left(17));
        let cause = self.recorder.timer_gone(key);
        let seq = self.recorder.record_caused(self.now, node, Line::NO_TASK, cause, Event::Callback);
        self.recorder.set_context(seq);
        self.callback = (path, Default::default());
        self.invariants.act(node, TaskId::NONE);
        Next::Call(Actor { node, life, ..Actor::NOBODY }, run)
    }
}

impl World {
    /// Puts a polled task back, and decides what comes next.
    pub(crate) fn next(&mut self, polled: Option<(TaskId, Boxed)>, lent: &mut Lent) -> Next {
        if let Some((id, object)) = polled {
            let core = &mut self.core;
            core.return_waker(id, lent);
            let hot = &mut core.tasks.hot[id.slot()];
            if hot.flags.has(Flags::DOOMED) {
                return self.drop_doomed(id, object);
            }
            hot.flags.clear(Flags::OUT);
            hot.object = Some(object);
            core.actor = Actor::NOBODY;
            core.recorder.set_context(Line::NO_CAUSE);
        }
        if self.core.noted && self.core.failure.is_none() && self.core.invariants.are_due() {
            return Next::Look;
        }
        loop {
            if self.is_over() {
                return Next::End;
            }
            if self.core.firing {
                if let Some(next) = self.fire() {
                    return next;
                }
                // Somebody may have died of it, or left the tape.
                continue;
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
                return Next::Poll(id, self.core.begin_poll(id, lent));
            }
            if self.core.noted
                && let Some(next) = self.directed()
            {
                return next;
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
        if self.core.stats.steps == self.core.milestone && !self.pass_milestone() {
            return false;
        }
        self.core.stats.steps += 1;
        self.core.rounds = 0;
        true
    }

    /// Fires what is due at this instant, until something is needed from outside.
    ///
    /// Returns after each item when the loop has to look at what it did: `firing` tells whether the
    /// instant is over.
    fn fire(&mut self) -> Option<Next> {
        let now = self.core.now;
        while let Some((key, due)) = self.core.agenda.pop_due(now) {
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
                Alarm::Callback(place) if core.is_late(place) => {}
                Alarm::Callback(place) => {
                    if let Some(callback) = core.callbacks.take(place) {
                        return Some(core.call(key.get(), callback));
                    }
                }
            }
            if core.over || core.noted {
                return None;
            }
        }
        self.core.firing = false;
        None
    }

    /// Whether it is the director's turn, before anything else.
    fn directed(&mut self) -> Option<Next> {
        let core = &mut self.core;
        let Directing { director, turn } = core.directing.as_mut()?;
        let due = match core.agenda.next_at() {
            Some(next) => turn.at <= next,
            None => turn.revives,
        };
        if !due || turn.at > core.time_limit {
            return None;
        }
        let director = director.take()?;
        core.now = core.now.max(turn.at);
        core.invariants.act(NodeId::TEST, TaskId::NONE);
        Some(Next::Direct(director))
    }

    #[inline]
    fn is_over(&mut self) -> bool {
        let core = &mut self.core;
        // Asked first: the step in which another thread woke a task may have been the last.
        if core.wakers.beacon.was_woken_from_outside(core.run) {
            if core.was_stopped() {
                return true;
            }
            core.actor = Actor::NOBODY;
            core.fail(
                FailureKind::Nondeterminism,
                "a task was woken from another thread: its timing cannot follow the seed. Look for std::thread::spawn, a blocking pool or a runtime of its own in what the test calls, and do that work in tasks of the simulation",
            );
        }
        if core.over {
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
        self.core.wakers.beacon.tell(at.as_nanos());
        self.core.firing = true;
        true
    }
}
