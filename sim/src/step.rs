//! What the loop does to the machine around a step, and what it checks at the end.
//!
//! Seam: polls are begun and ended here, and done in `run.rs`.

use crate::{
    actor::Actor,
    core::Core,
    failure::FailureKind,
    id::{NodeId, TaskId},
    task::{Boxed, Ended, Flags, Lent, Wait},
    trace::{Event, Line},
};

/// How often real time is let pass for another thread before a deadlock is declared.
const PAUSES: u32 = 20;

impl Core {
    /// Takes a task out to be polled, with a waker.
    #[inline]
    pub(crate) fn begin_poll(&mut self, id: TaskId, lent: &mut Lent) -> Boxed {
        let slot = id.slot();
        let hot = &mut self.tasks.hot[slot];
        hot.flags.clear(Flags::READY);
        hot.flags.set(Flags::OUT);
        hot.wait = Wait::Unknown;
        let (object, node) = (hot.object.take(), NodeId(hot.node));
        self.stats.polls += 1;
        self.recorder.fold(hot.path ^ self.now.as_nanos().rotate_left(17));
        let waker = self.wakers.lend(id, hot.waker, lent);
        self.wakers.beacon.poll(slot, node.0, self.stats.polls);
        self.actor = Actor { task: id, node, waker, ..Actor::NOBODY };
        if self.noted {
            self.note_poll(id);
        }
        // A task is in the queue only while its object is in the table: ending takes it out of both.
        object.expect("a ready task has a future")
    }

    #[cold]
    #[inline(never)]
    fn note_poll(&mut self, id: TaskId) {
        self.watch_poll(id);
        self.invariants.act(self.actor.node, id);
        if !self.logged {
            return;
        }
        let cold = &self.tasks.cold[id.slot()];
        let (event, cause) = (cold.event, cold.cause);
        if let Some(order) = &mut self.order {
            order.ran(event);
        }
        let serial = self.serial();
        let seq = self.recorder.record_caused(self.now, self.actor.node, serial, cause, Event::Poll);
        self.recorder.set_context(seq);
    }

    /// Takes the waker of a poll back.
    #[inline(always)]
    pub(crate) fn return_waker(&mut self, lent: &mut Lent) {
        // Mostly the task has none of its own, and nobody kept the loop's.
        if lent.own.is_some() || self.wakers.shared_was_kept() {
            self.return_own_waker(lent);
        }
    }

    #[inline(never)]
    fn return_own_waker(&mut self, lent: &mut Lent) {
        let hot = &mut self.tasks.hot[lent.task.slot()];
        match lent.own.take() {
            Some(waker) => self.wakers.give_back(waker, hot.waker),
            None => hot.waker = self.wakers.adopt(&mut lent.shared),
        }
    }

    /// A poll came back with an end: tells what the task is marked with and of which node it is
    /// the main.
    pub(crate) fn after_poll(&mut self, id: TaskId) -> (Flags, Option<NodeId>) {
        let hot = &self.tasks.hot[id.slot()];
        let (flags, node) = (hot.flags, NodeId(hot.node));
        let is_main = self.nodes.get(node).main == id;
        self.actor = Actor::NOBODY;
        (flags, is_main.then_some(node))
    }

    /// A timer of a task fires.
    #[inline]
    pub(crate) fn timer_fired(&mut self, key: u64, id: TaskId) {
        self.stats.timers_fired += 1;
        if self.recorder.on() {
            self.record_timer(key, id);
        } else {
            self.wake_task(id);
        }
    }

    /// As [`timer_fired`](Self::timer_fired), and writes it down as what woke the task.
    #[cold]
    #[inline(never)]
    fn record_timer(&mut self, key: u64, id: TaskId) {
        let cause = self.recorder.timer_gone(key);
        let (node, serial) = match self.tasks.get(id) {
            Some(hot) => (NodeId(hot.node), self.tasks.cold[id.slot()].serial),
            None => (NodeId::TEST, Line::NO_TASK),
        };
        let seq = self.recorder.record_caused(self.now, node, serial, cause, Event::TimerFire(self.now));
        let context = self.recorder.set_context(seq);
        self.wake_task(id);
        self.recorder.set_context(context);
    }

    /// Nothing can happen any more by itself. If somebody who is no task holds a waker, gives another
    /// thread a moment to use it; says whether one did.
    pub(crate) fn await_foreign_wake(&self) -> bool {
        let Some(pause) = self.pause else { return false };
        let alive = self.nodes.ids().flat_map(|node| self.tasks_of(node));
        let held =
            alive.map(|id| self.tasks.hot[id.slot()].waker).any(|waker| self.wakers.held_elsewhere(waker));
        held && (0..PAUSES).any(|_| {
            pause();
            self.wakers.beacon.was_woken_from_outside(self.run)
        })
    }

    /// What is left of ended tasks that nobody joined.
    pub(crate) fn take_rest(&mut self) -> Vec<(Option<Boxed>, Option<Ended>)> {
        let tasks = &mut self.tasks;
        let rest = tasks
            .hot
            .iter_mut()
            .zip(&mut tasks.cold)
            .map(|(hot, cold)| (hot.object.take(), cold.ended.take()));
        rest.filter(|(object, ended)| object.is_some() || ended.is_some()).collect()
    }

    /// Hands all wakers the machine keeps over, to be dropped outside.
    pub(crate) fn forget_all(&mut self) {
        for slot in 0..self.tasks.cold.len() {
            let joiner = self.tasks.cold[slot].joiner.take();
            self.forget(joiner);
        }
        for timer in self.timers.take_all() {
            self.limbo.drop(timer.owner, timer.waker);
        }
    }

    /// How this run left its tape, if it did.
    #[inline]
    pub(crate) fn divergence(&self) -> Option<String> {
        if let Some(sentence) = self.dice.divergence() {
            return Some(sentence.to_owned());
        }
        let number = self.recorder.differs_at()?;
        Some(format!("event {number} is another than the expected one"))
    }

    /// At the end of a strict replay: whether everything on the tape came to pass.
    pub(crate) fn check_replay(&mut self, digest: u64) {
        let unread = self.dice.unread() + self.passes.values().filter(|(_, read)| !read).count();
        let forced = self.ready.forced();
        if let Some(sentence) = self.dice.divergence() {
            let sentence = sentence.to_owned();
            self.diverged(sentence);
        } else if unread > 0 {
            self.diverged(format!("{unread} decisions of the tape were never asked for: the program or its configuration has changed since it was recorded"));
        } else if forced > 0 {
            self.diverged(format!("the tape's order of tasks could not be followed ({forced} times): the program has changed since it was recorded"));
        } else if digest != 0 && digest != self.recorder.digest() {
            self.diverged("the run took the tape's decisions but came to another digest: the program, its configuration or reenact has changed since it was recorded, or something in the test does not follow the seed".to_owned());
        }
    }

    /// The run is not the one of its tape. That it failed, too, is then no news of that run.
    fn diverged(&mut self, sentence: String) {
        use FailureKind::{Diverged, Harness, Nondeterminism};
        match &mut self.failure {
            None => self.fail(Diverged, sentence),
            Some(failure) if matches!(failure.kind, Diverged | Harness | Nondeterminism) => {}
            Some(failure) => {
                failure.message =
                    format!("{sentence}\nIt failed, too: {}: {}", failure.kind, failure.message);
                failure.kind = Diverged;
            }
        }
    }
}
