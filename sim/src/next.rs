//! What happens next: the machine's half of the loop.
//!
//! Seam: decides inside one borrow, and hands out what must be done outside of it.

use crate::{
    actor::Actor,
    core::Core,
    director::{Directing, Director},
    due::Alarm,
    failure::FailureKind,
    id::{NodeId, TaskId},
    limbo::Limbo,
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

/// What to do outside of the machine, where it is not to poll a task.
#[derive(Default)]
pub(crate) enum Errand {
    Call(Actor, Box<dyn FnOnce()>),
    Limbo(Limbo),
    /// Look at the invariants.
    Look,
    /// It is the director's turn.
    Direct(Box<dyn Director>),
    #[default]
    End,
}

/// The loop's side of a step.
pub(crate) struct Turn {
    /// The wakers, and the task that is polled.
    pub(crate) lent: Lent,
    /// What to do if no task is to be polled.
    pub(crate) errand: Errand,
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

    /// Something outside of the run touched it.
    #[cold]
    #[inline(never)]
    fn fail_for_outside(&mut self) {
        if self.was_stopped() {
            return;
        }
        self.actor = Actor::NOBODY;
        self.fail(
            FailureKind::Nondeterminism,
            "a task was woken from another thread: its timing cannot follow the seed. Look for std::thread::spawn, a blocking pool or a runtime of its own in what the test calls, and do that work in tasks of the simulation",
        );
    }

    /// Lets the run fail if it has left its tape, and says whether it has.
    #[cold]
    #[inline(never)]
    fn has_diverged(&mut self) -> bool {
        let Some(sentence) = self.divergence() else { return false };
        self.fail(FailureKind::Diverged, sentence);
        true
    }

    /// A timer with a foreign waker is due.
    #[cold]
    #[inline(never)]
    fn foreign_timer_fired(&mut self, key: u64, place: u32) {
        self.stats.timers_fired += 1;
        self.recorder.timer_gone(key);
        if let Some(timer) = self.timers.take(place) {
            self.limbo.wake(timer.owner, timer.waker);
        }
    }

    /// A callback is due, if it was not taken back, and its node does not stand still.
    #[cold]
    #[inline(never)]
    fn callback_fired(&mut self, key: u64, place: u32) -> Option<Errand> {
        if self.is_late(place) {
            return None;
        }
        self.callbacks.take(place).map(|callback| self.call(key, callback))
    }

    fn call(&mut self, key: u64, callback: Callback) -> Errand {
        let Callback { run, node, life, path, .. } = callback;
        self.stats.callbacks += 1;
        self.wakers.beacon.call(node.0);
        self.recorder.fold(path ^ FOLD_CALLBACK ^ self.now.as_nanos().rotate_left(17));
        let cause = self.recorder.timer_gone(key);
        let seq = self.recorder.record_caused(self.now, node, Line::NO_TASK, cause, Event::Callback);
        self.recorder.set_context(seq);
        self.callback = (path, Default::default(), Default::default());
        self.invariants.act(node, TaskId::NONE);
        Errand::Call(Actor { node, life, ..Actor::NOBODY }, run)
    }
}

impl World {
    /// Puts a polled task back, and decides what comes next: a task is to be polled, or the errand is to
    /// be done.
    // Nothing but a task comes back, so that it does in registers.
    #[inline]
    pub(crate) fn next(&mut self, polled: Option<Boxed>, turn: &mut Turn) -> Option<Boxed> {
        if let Some(object) = polled {
            let core = &mut self.core;
            core.return_waker(&mut turn.lent);
            let hot = &mut core.tasks.hot[turn.lent.task.slot()];
            if hot.flags.has(Flags::DOOMED) {
                turn.errand = self.drop_doomed(turn.lent.task, object);
                return None;
            }
            hot.flags.clear(Flags::OUT);
            hot.object = Some(object);
            core.actor = Actor::NOBODY;
            core.recorder.set_context(Line::NO_CAUSE);
        }
        if self.core.noted && self.core.failure.is_none() && self.core.invariants.are_due() {
            turn.errand = Errand::Look;
            return None;
        }
        loop {
            if self.is_over() {
                return None;
            }
            if !self.core.firing {
                if !self.core.limbo.is_empty() {
                    turn.errand = self.empty_limbo();
                    return None;
                }
                if let Some(id) = self.core.ready.pick() {
                    if !self.begin_step() {
                        return None;
                    }
                    return Some(self.core.begin_poll(id, &mut turn.lent));
                }
                if self.core.noted
                    && let Some(errand) = self.directed()
                {
                    turn.errand = errand;
                    return None;
                }
                if !self.advance() {
                    return None;
                }
            }
            // Somebody may die of it, or leave the tape: so it is looked at again.
            if !self.fire(turn) {
                return None;
            }
        }
    }

    /// What was let go of, to be settled outside.
    #[cold]
    #[inline(never)]
    fn empty_limbo(&mut self) -> Errand {
        self.core.rounds += 1;
        if self.core.rounds > ROUNDS {
            self.step_limit();
            return Errand::End;
        }
        Errand::Limbo(std::mem::take(&mut self.core.limbo))
    }

    /// A task that was doomed during its poll goes as soon as that returned.
    #[cold]
    #[inline(never)]
    fn drop_doomed(&mut self, id: TaskId, object: Boxed) -> Errand {
        let inert = self.core.tasks.hot[id.slot()].flags.has(Flags::DEAD);
        self.core.actor = Actor::NOBODY;
        Errand::Call(Actor::NOBODY, Box::new(move || cancel(id, object, inert)))
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

    /// Fires what is due at this instant. Returns after each item when the loop has to look at what it
    /// did: `firing` tells whether the instant is over. False when the errand is to be done first.
    #[inline]
    fn fire(&mut self, turn: &mut Turn) -> bool {
        let now = self.core.now;
        while let Some((key, due)) = self.core.agenda.pop_due(now) {
            if !self.begin_step() {
                return false;
            }
            let core = &mut self.core;
            match due.alarm() {
                Alarm::Task(id) => core.timer_fired(key.get(), id),
                Alarm::Device(slot, word) => {
                    if let Some(device) = &mut self.devices[slot as usize] {
                        device.ring(core, word);
                    }
                }
                Alarm::Waker(place) => core.foreign_timer_fired(key.get(), place),
                Alarm::Callback(place) => {
                    if let Some(errand) = core.callback_fired(key.get(), place) {
                        turn.errand = errand;
                        return false;
                    }
                }
            }
            if core.over || core.noted {
                return true;
            }
        }
        self.core.firing = false;
        true
    }

    /// Whether it is the director's turn, before anything else.
    #[cold]
    #[inline(never)]
    fn directed(&mut self) -> Option<Errand> {
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
        Some(Errand::Direct(director))
    }

    #[inline]
    fn is_over(&mut self) -> bool {
        let core = &mut self.core;
        // Asked first: the step in which another thread woke a task may have been the last.
        if core.wakers.beacon.was_woken_from_outside(core.run) {
            core.fail_for_outside();
        }
        core.over || core.noted && core.has_diverged()
    }

    /// Nothing is ready: moves the clock to the next thing due, or finds that there is none.
    #[inline]
    fn advance(&mut self) -> bool {
        let Some(at) = self.core.agenda.next_at() else {
            // After a foreign wake there is nothing to fire, and the next look at the run says what happened.
            let woken = self.core.await_foreign_wake();
            if !woken {
                self.deadlock();
            }
            return woken;
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
