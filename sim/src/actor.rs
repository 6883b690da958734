//! Who is acting.
//!
//! Pure data: it is set around everything that runs user code.

use crate::id::{NodeId, TaskId};

/// Who is acting: the task being polled, a callback, a destructor.
#[derive(Clone, Copy)]
pub(crate) struct Actor {
    pub(crate) task: TaskId,
    pub(crate) node: NodeId,
    /// Its node is dead, or it is: whatever it does has no effect.
    pub(crate) inert: bool,
    /// The life of its node in which a callback was set, if it is one.
    pub(crate) life: u32,
    /// The address behind the waker that polls the task.
    pub(crate) waker: usize,
}

impl Actor {
    /// Not a callback: a task has an end of its own.
    pub(crate) const ANY_LIFE: u32 = u32::MAX;
    /// Between steps.
    pub(crate) const NOBODY: Actor =
        Actor { task: TaskId::NONE, node: NodeId::TEST, inert: false, life: Actor::ANY_LIFE, waker: 0 };

    /// The same node, without what only the task has: as whom its wakers are woken and dropped.
    pub(crate) fn bystander(self) -> Actor {
        Actor { task: TaskId::NONE, waker: 0, ..self }
    }
}
