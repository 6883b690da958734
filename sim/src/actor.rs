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
    /// The life of its node in which a callback was set, if it is one: nobody has no life.
    pub(crate) life: u32,
    /// The address behind the waker that polls the task.
    pub(crate) waker: usize,
}

impl Actor {
    /// Not a callback: a task has an end of its own, and nobody has none.
    pub(crate) const ANY_LIFE: u32 = u32::MAX;
    /// Between steps.
    pub(crate) const NOBODY: Actor =
        Actor { task: TaskId::NONE, node: NodeId::TEST, inert: false, life: Actor::ANY_LIFE, waker: 0 };

    /// Whether somebody acts who is no task: a callback, or what makes the test's main.
    pub(crate) fn is_callback(self) -> bool {
        self.task == TaskId::NONE && self.life != Actor::ANY_LIFE
    }

    /// The same node, without what only the task has: as whom its wakers are woken and dropped.
    pub(crate) fn bystander(self) -> Actor {
        Actor { task: TaskId::NONE, waker: 0, ..self }
    }
}
