//! Who is to be told when something happens: a notification as plain data.
//!
//! Seam. Waking is the machine's affair, since a foreign waker may run any code.

use crate::id::TaskId;
use std::task::Waker;

/// Who waits: nobody, one of our tasks, or a waker of somebody else's making (of a `select!`, of a
/// `join_all`), which must be woken and dropped outside of the machine.
#[derive(Debug, Default)]
pub enum Waiter {
    /// Nobody.
    #[default]
    None,
    /// A task of this run, woken by its number: no reference is counted.
    Task(TaskId),
    /// A waker that wraps a task's own.
    Foreign(Waker),
}

impl Waiter {
    /// Whether somebody waits.
    #[inline]
    pub fn is_some(&self) -> bool {
        !matches!(self, Waiter::None)
    }

    /// Takes it, leaving nobody.
    #[inline]
    pub fn take(&mut self) -> Waiter {
        std::mem::take(self)
    }
}
