//! The table of tasks: who they are, what they wait for, and on which node they live.
//!
//! Seam: boxed futures are kept here as data and never touched. A slot's hot half is what each
//! poll and wake looks at; the cold half is for spawning, joining, ending and reports. Slots come
//! from a free list that hands out 0, 1, 2, … in every run.

use super::{object::Boxed, waiter::Waiter, waker::Wakers};
use crate::{
    id::{NodeId, TaskId},
    tape::Prepared,
};
use reenact_clock::Instant;
use std::{
    any::Any,
    panic::Location,
    sync::{Arc, Mutex},
};

/// The end of a list of slots.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// What a task waits for: noted by the last of our futures that returned `Pending` in its poll.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Wait {
    /// None of our futures: some other waker, or nothing.
    #[default]
    Unknown,
    /// `yield_now`.
    Yield,
    /// A timer due at this time.
    Timer(Instant),
    /// The end of a task, by its id.
    Join(TaskId),
    /// Something of a device: its place in the machine, and two numbers that it puts into words
    /// ([`Device::describe`](crate::Device::describe)).
    Device(u8, u8, u32),
}

/// Bits of a task's state.
#[derive(Clone, Copy, Default)]
pub(crate) struct Flags(u8);

impl Flags {
    /// In the ready queue.
    pub(crate) const READY: u8 = 1;
    /// Its future is being polled or dropped: the box is not in the table.
    pub(crate) const OUT: u8 = 2;
    /// Ended; the slot is kept for its handle.
    pub(crate) const DONE: u8 = 4;
    /// Nobody holds its handle.
    pub(crate) const DETACHED: u8 = 8;
    /// To be dropped as soon as the poll that is going on returns.
    pub(crate) const DOOMED: u8 = 16;
    /// Its node's process ended while it was out: whatever it still does has no effect.
    pub(crate) const DEAD: u8 = 32;
    /// Its node stands still: it does not run.
    pub(crate) const FROZEN: u8 = 64;
    /// It became ready meanwhile.
    pub(crate) const LATE: u8 = 128;

    #[inline]
    pub(crate) fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    #[inline]
    pub(crate) fn set(&mut self, bit: u8) {
        self.0 |= bit;
    }

    #[inline]
    pub(crate) fn clear(&mut self, bit: u8) {
        self.0 &= !bit;
    }
}

/// Ordinals of what a task makes, so that each has an identity of its own.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Counters {
    /// Unnamed tasks and callbacks.
    pub(crate) children: u32,
    /// Sockets and connections.
    pub(crate) objects: u32,
    /// Polls of a `select!`.
    pub(crate) selects: u32,
    /// Places that may misbehave.
    pub(crate) buggify: u32,
    /// Polls of what may be cancelled.
    pub(crate) cancels: u32,
    /// Timers that may be late.
    pub(crate) timers: u32,
}

/// How far somebody has drawn from its stream.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Drawn {
    pub(crate) seq: u32,
    /// The stream, once something was drawn.
    pub(crate) stream: Option<Prepared>,
}

/// How a task ended, if not by returning.
pub(crate) enum Ended {
    Cancelled,
    Panicked(Box<Payload>),
}

/// A panic's payload, behind a lock so that what holds it may be shared between threads.
pub(crate) type Payload = Mutex<Box<dyn Any + Send>>;

/// A task's name: a thin pointer, since it is moved around at each spawn and mostly absent.
pub(crate) type Name = Arc<String>;

/// The half of a slot that each poll looks at: one cache line.
#[derive(Default)]
#[repr(align(64))]
pub(crate) struct Hot {
    pub(crate) object: Option<Boxed>,
    pub(crate) wait: Wait,
    /// Stable identity: a hash of its node's life, its parent's path and its name or ordinal.
    pub(crate) path: u64,
    pub(crate) generation: u32,
    pub(crate) node: u32,
    /// How many times it has become ready, which is how often it was or will be polled.
    pub(crate) readiness: u32,
    pub(crate) waker: u32,
    pub(crate) flags: Flags,
}

/// The half of a slot for spawning, joining, ending and reports.
pub(crate) struct Cold {
    pub(crate) joiner: Waiter,
    pub(crate) ended: Option<Ended>,
    pub(crate) name: Option<Name>,
    pub(crate) site: &'static Location<'static>,
    pub(crate) prev: u32,
    pub(crate) next: u32,
    pub(crate) counters: Counters,
    pub(crate) drawn: Drawn,
    /// Its number among the tasks of its node.
    pub(crate) ordinal: u32,
    /// Its number among all tasks of the run.
    pub(crate) serial: u32,
    /// The number of its current entry in the order log, if orders are recorded.
    pub(crate) event: u32,
    /// The recorded event that made it ready.
    pub(crate) cause: u32,
}

impl Cold {
    /// That of nobody.
    fn blank(site: &'static Location<'static>) -> Self {
        let (counters, drawn) = (Counters::default(), Drawn::default());
        let (prev, next, ordinal, serial, event, cause) = (NO_SLOT, NO_SLOT, 0, 0, 0, u32::MAX);
        let (joiner, ended, name) = (Waiter::None, None, None);
        Cold { joiner, ended, name, site, prev, next, counters, drawn, ordinal, serial, event, cause }
    }
}

/// All tasks of a run.
#[derive(Default)]
pub(crate) struct Tasks {
    pub(crate) hot: Vec<Hot>,
    pub(crate) cold: Vec<Cold>,
    free: Vec<u32>,
    spawned: u32,
}

/// What is known of a task when it is spawned.
pub(crate) struct NewTask {
    pub(crate) object: Boxed,
    pub(crate) node: NodeId,
    pub(crate) path: u64,
    pub(crate) name: Option<Name>,
    pub(crate) ordinal: u32,
    pub(crate) site: &'static Location<'static>,
}

impl Tasks {
    /// Forgets all; the caller has taken the futures out.
    pub(crate) fn reset(&mut self) {
        self.hot.clear();
        self.cold.clear();
        self.free.clear();
        self.spawned = 0;
    }

    /// Gives a new task a slot.
    // Field by field: built first and copied then, it would be read back from narrower stores that have
    // not reached the cache yet.
    #[inline(always)]
    pub(crate) fn insert(&mut self, new: NewTask) -> TaskId {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                assert!(self.hot.len() < TaskId::MAX_SLOTS, "a run holds at most 2^28 tasks at a time");
                self.hot.push(Hot::default());
                self.cold.push(Cold::blank(new.site));
                self.hot.len() as u32 - 1
            }
        };
        let cold = &mut self.cold[slot as usize];
        assert!(
            !cold.joiner.is_some() && cold.ended.is_none(),
            "a slot was given back before its task was gone"
        );
        cold.name = new.name;
        cold.site = new.site;
        (cold.prev, cold.next) = (NO_SLOT, NO_SLOT);
        (cold.counters, cold.drawn) = (Counters::default(), Drawn::default());
        (cold.ordinal, cold.serial) = (new.ordinal, self.spawned);
        (cold.event, cold.cause) = (0, u32::MAX);
        self.spawned += 1;
        let hot = &mut self.hot[slot as usize];
        hot.object = Some(new.object);
        hot.wait = Wait::Unknown;
        (hot.path, hot.node) = (new.path, new.node.0);
        (hot.readiness, hot.waker, hot.flags) = (0, Wakers::NONE, Flags::default());
        TaskId::new(slot, hot.generation)
    }

    /// The task's hot half, if this is still the same task.
    #[inline]
    pub(crate) fn get(&mut self, id: TaskId) -> Option<&mut Hot> {
        self.hot.get_mut(id.slot()).filter(|hot| hot.generation == id.generation())
    }

    pub(crate) fn id_at(&self, slot: u32) -> TaskId {
        TaskId::new(slot, self.hot[slot as usize].generation)
    }

    /// Gives a slot back; ids of its former tenant find nothing any more.
    pub(crate) fn release(&mut self, slot: u32) {
        let hot = &mut self.hot[slot as usize];
        hot.generation = hot.generation.wrapping_add(1);
        hot.flags = Flags::default();
        self.free.push(slot);
    }

    /// What a task is called: its name, else its number on its node.
    pub(crate) fn label(&self, slot: usize) -> String {
        match &self.cold[slot].name {
            Some(name) => name.to_string(),
            None => format!("#{}", self.cold[slot].ordinal),
        }
    }
}
