//! How tasks begin and end in the machine.
//!
//! Seam. Objects come in boxed and go out boxed: what is dropped is dropped by the caller, outside
//! of the borrow.

use crate::{
    actor::Actor,
    context,
    core::Core,
    hash,
    id::{NodeId, TaskId},
    panics::{A_PAYLOAD, drop_quietly},
    task::{Boxed, Ended, Flags, NO_SLOT, Name, NewTask, Wait, Wakers},
    trace::{Event, TaskInfo},
};
use std::{panic::Location, sync::PoisonError};

/// What words the digest gets for the ends of tasks.
const FOLD_SPAWN: u64 = 0x5eed_0001;
const FOLD_FINISH: u64 = 0x5eed_0002;
const FOLD_CANCEL: u64 = 0x5eed_0003;
const FOLD_PANIC: u64 = 0x5eed_0004;

/// Where and as what a task is to live.
pub(crate) struct Berth {
    pub(crate) node: NodeId,
    pub(crate) name: Option<Name>,
    /// Whether it is the main of its node's process: its identity is then the node's own.
    pub(crate) main: bool,
    pub(crate) site: &'static Location<'static>,
}

/// What a join found.
pub(crate) enum Joined {
    Pending,
    /// The object holds the result, unless the task ended otherwise.
    Ended(Option<Boxed>, Option<Ended>),
}

impl Joined {
    /// The object, if the task ended by returning.
    pub(crate) fn object(self) -> Option<Boxed> {
        match self {
            Joined::Ended(object, None) => object,
            _ => None,
        }
    }
}

impl Core {
    /// Adds a task, ready to run; gives the object back when its node is dead, or the spawner is.
    pub(crate) fn spawn(&mut self, berth: Berth, object: Boxed) -> Result<TaskId, Boxed> {
        let Berth { node, name, main, site } = berth;
        if self.actor.inert || self.ending || !self.nodes.get(node).state.is_alive() {
            return Err(object);
        }
        let path = self.child_path(node, name.as_ref().map(|name| name.as_str()), main);
        let by = self.serial();
        let record = self.nodes.get_mut(node);
        let paused = record.paused;
        let ordinal = record.tasks;
        record.tasks += 1;
        let info = self.recorder.on().then(|| TaskInfo {
            node,
            name: name.as_ref().map(|name| name.as_str().into()),
            ordinal,
            path,
            spawned: site.into(),
        });
        let id = self.tasks.insert(NewTask { object, node, path, name, ordinal, site });
        self.link(id);
        let slot = id.slot();
        if paused {
            self.tasks.hot[slot].flags.set(Flags::FROZEN);
        }
        self.wakers.spawned(slot, site);
        self.stats.tasks += 1;
        self.recorder.fold(path ^ FOLD_SPAWN);
        if let Some(info) = info {
            self.recorder.task(info);
            let serial = self.tasks.cold[slot].serial;
            self.recorder.record(self.now, self.actor.node, by, Event::Spawn(serial));
        }
        if self.noted {
            self.watch_spawn(id);
        }
        self.wake_task(id);
        Ok(id)
    }

    /// The stable identity of a task about to be made by whoever is acting: a hash of its node's
    /// life, its maker's path, and its name or its ordinal among the maker's unnamed tasks.
    fn child_path(&mut self, node: NodeId, name: Option<&str>, main: bool) -> u64 {
        let key = self.nodes.get(node).key;
        if main {
            return hash::combine(key, hash::bytes(b"main"));
        }
        let (parent, counters) = self.identity();
        match name {
            None => {
                let ordinal = counters.children;
                counters.children += 1;
                hash::combine(hash::combine(key, parent), ordinal as u64)
            }
            Some(name) => {
                let path = hash::combine(hash::combine(key, parent), hash::bytes(name.as_bytes()));
                let namesakes = self.namesakes.entry(path).or_default();
                let ordinal = *namesakes;
                *namesakes += 1;
                hash::combine(path, ordinal as u64)
            }
        }
    }

    /// The stable identity of a callback set by whoever is acting.
    pub(crate) fn callback_path(&mut self) -> u64 {
        let (parent, counters) = self.identity();
        let ordinal = counters.children;
        counters.children += 1;
        hash::combine(hash::combine(parent, hash::bytes(b"callback")), ordinal as u64)
    }

    fn link(&mut self, id: TaskId) {
        let slot = id.slot();
        let node = self.nodes.get_mut(NodeId(self.tasks.hot[slot].node));
        let last = std::mem::replace(&mut node.last, slot as u32);
        self.tasks.cold[slot].prev = last;
        match last {
            NO_SLOT => node.first = slot as u32,
            last => self.tasks.cold[last as usize].next = slot as u32,
        }
    }

    fn unlink(&mut self, slot: usize) {
        let node = self.nodes.get_mut(NodeId(self.tasks.hot[slot].node));
        let (prev, next) = (self.tasks.cold[slot].prev, self.tasks.cold[slot].next);
        match prev {
            NO_SLOT => node.first = next,
            prev => self.tasks.cold[prev as usize].next = next,
        }
        match next {
            NO_SLOT => node.last = prev,
            next => self.tasks.cold[next as usize].prev = prev,
        }
    }

    /// The living tasks of a node, in the order in which they were spawned.
    pub(crate) fn tasks_of(&self, node: NodeId) -> Vec<TaskId> {
        let mut ids = Vec::new();
        let mut slot = self.nodes.get(node).first;
        while slot != NO_SLOT {
            ids.push(self.tasks.id_at(slot));
            slot = self.tasks.cold[slot as usize].next;
        }
        ids
    }

    /// Takes a ready task out of the queue: it will not run.
    pub(crate) fn unready(&mut self, id: TaskId) {
        let hot = &mut self.tasks.hot[id.slot()];
        if hot.flags.has(Flags::READY) {
            hot.flags.clear(Flags::READY);
            let event = self.tasks.cold[id.slot()].event;
            self.ready.remove(id);
            if let Some(order) = &mut self.order {
                order.removed(event);
            }
        }
    }

    /// A task has ended, and its future is gone (or `object` still holds its result). Whoever
    /// joins it is woken; what nobody will ask for is returned, to be dropped outside.
    pub(crate) fn close(
        &mut self,
        id: TaskId,
        object: Option<Boxed>,
        ended: Option<Ended>,
    ) -> (Option<Boxed>, Option<Ended>) {
        let slot = id.slot();
        self.unready(id);
        if self.noted {
            self.watch_end(id);
        }
        self.unlink(slot);
        let (fold, event) = match &ended {
            None => (FOLD_FINISH, Event::Finish),
            Some(Ended::Cancelled) => (FOLD_CANCEL, Event::Cancel),
            Some(Ended::Panicked(_)) => (FOLD_PANIC, Event::Panic),
        };
        self.recorder.fold(self.tasks.hot[slot].path ^ fold);
        if self.recorder.on() {
            let (node, serial) = (NodeId(self.tasks.hot[slot].node), self.tasks.cold[slot].serial);
            self.recorder.record(self.now, node, serial, event);
        }
        let hot = &mut self.tasks.hot[slot];
        self.wakers.release(std::mem::replace(&mut hot.waker, Wakers::NONE));
        hot.flags.clear(Flags::OUT);
        if hot.flags.has(Flags::DETACHED) {
            self.tasks.release(slot as u32);
            return (object, ended);
        }
        hot.flags.set(Flags::DONE);
        hot.object = object;
        // Node `test` never goes down, so this end of its main is the end of the run.
        self.over |= self.nodes.get(NodeId::TEST).main == id;
        self.tasks.cold[slot].ended = ended;
        let joiner = self.tasks.cold[slot].joiner.take();
        self.wake(joiner);
        (None, None)
    }

    /// Asks for the result of a task.
    pub(crate) fn join(&mut self, id: TaskId) -> Joined {
        let Some(hot) = self.tasks.get(id) else {
            return Joined::Ended(None, Some(Ended::Cancelled));
        };
        if !hot.flags.has(Flags::DONE) {
            let waiter = self.waiter();
            let former = std::mem::replace(&mut self.tasks.cold[id.slot()].joiner, waiter);
            self.forget(former);
            self.waits_for(Wait::Join(id));
            return Joined::Pending;
        }
        let object = hot.object.take();
        let ended = self.tasks.cold[id.slot()].ended.take();
        self.tasks.release(id.slot() as u32);
        Joined::Ended(object, ended)
    }

    /// Nobody will join the task; returns what is left of it, to be dropped outside.
    pub(crate) fn detach(&mut self, id: TaskId) -> (Option<Boxed>, Option<Ended>) {
        let Some(hot) = self.tasks.get(id) else { return (None, None) };
        if !hot.flags.has(Flags::DONE) {
            hot.flags.set(Flags::DETACHED);
            let joiner = self.tasks.cold[id.slot()].joiner.take();
            self.forget(joiner);
            return (None, None);
        }
        let object = hot.object.take();
        let ended = self.tasks.cold[id.slot()].ended.take();
        self.tasks.release(id.slot() as u32);
        (object, ended)
    }

    /// Takes a task's future out to be dropped. One that is out already (it is being polled or
    /// dropped) is marked instead, and goes when that is over.
    pub(crate) fn doom(&mut self, id: TaskId) -> Option<Boxed> {
        let hot = self.tasks.get(id)?;
        if hot.flags.has(Flags::DONE | Flags::DOOMED) {
            return None;
        }
        hot.flags.set(Flags::DOOMED);
        let object = hot.object.take()?;
        hot.flags.set(Flags::OUT);
        self.unready(id);
        Some(object)
    }

    /// Whether an actor's task or node has died since it began to act.
    pub(crate) fn is_dead(&self, actor: &Actor) -> bool {
        if self.ending {
            return true;
        }
        match self.tasks.hot.get(actor.task.slot()) {
            Some(hot) if actor.task != TaskId::NONE => {
                hot.generation != actor.task.generation() || hot.flags.has(Flags::DEAD)
            }
            _ => {
                self.nodes.len() > 0 && {
                    let node = self.nodes.get(actor.node);
                    !node.state.is_alive() || ![node.incarnation, Actor::ANY_LIFE].contains(&actor.life)
                }
            }
        }
    }

    /// What a task is in trace and reports while it is acting.
    pub(crate) fn actor_for(&self, id: TaskId, inert: bool) -> Actor {
        Actor { task: id, node: NodeId(self.tasks.hot[id.slot()].node), inert, ..Actor::NOBODY }
    }
}

/// Drops what a task left, result or panic, as nobody in particular.
pub(crate) fn drop_remains((object, ended): (Option<Boxed>, Option<Ended>)) {
    if let Some(object) = object {
        drop_quietly("the result of a task", object);
    }
    if let Some(Ended::Panicked(payload)) = ended {
        drop_quietly(A_PAYLOAD, (*payload).into_inner().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Drops a task's future as that task, and closes the task as cancelled.
pub(crate) fn cancel(id: TaskId, object: Boxed, inert: bool) {
    let Some(actor) = context::try_with(|world| world.core.actor_for(id, inert)) else { return };
    context::acting_as(actor, || drop_quietly("a cancelled task", object));
    let remains = context::try_with(|world| world.core.close(id, None, Some(Ended::Cancelled)));
    drop_remains(remains.unwrap_or((None, None)));
}
