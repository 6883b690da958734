//! Names for things inside one run: nodes, tasks, streams.
//!
//! Pure. Numbers start from zero in every run and come from pools that are emptied between runs,
//! so equal seeds see equal numbers whatever ran before. None of these enters the digest: what
//! must be the same across edits of a program is a path (see [`TaskId`] against a task's path key).

use std::fmt;

/// A node, by order of creation in its run. Node 0 is `test`, where the test itself runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The node of the test's own code.
    pub const TEST: NodeId = NodeId(0);

    /// Its place in tables of nodes.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A task: a slot of the task table and the generation that tells its successive tenants apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(u64);

impl TaskId {
    /// No task: nothing in the table ever has this id.
    pub const NONE: TaskId = TaskId(u64::MAX);
    /// Slots are below this, so that a slot and a generation fit in 60 bits of an agenda item.
    pub(crate) const MAX_SLOTS: usize = 1 << 28;

    #[inline]
    pub(crate) fn new(slot: u32, generation: u32) -> Self {
        TaskId((slot as u64) << 32 | generation as u64)
    }

    #[inline]
    pub(crate) fn slot(self) -> usize {
        (self.0 >> 32) as usize
    }

    #[inline]
    pub(crate) fn generation(self) -> u32 {
        self.0 as u32
    }

    #[inline]
    pub(crate) fn to_bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(crate) fn from_bits(bits: u64) -> Self {
        TaskId(bits)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == TaskId::NONE {
            return f.write_str("TaskId(none)");
        }
        write!(f, "TaskId({}.{})", self.slot(), self.generation())
    }
}

/// The identity of a stream of decisions: a fixed hash of its purpose and its owner, without the
/// seed, so that an override written for one seed finds its decision under any other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
