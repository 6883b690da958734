//! Ending a task from outside, and asking whether it has ended.
//!
//! Rim. A handle of this kind knows nothing of results: those are for whoever joins.

use crate::{context, id::TaskId, spawn::cancel, task::Flags};

/// Cancels a task, without a way to wait for it: see [`JoinHandle::abort_handle`].
///
/// It keeps nothing alive: dropping it does nothing, and so does aborting what has ended.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let task = reenact::spawn(std::future::pending::<()>());
/// let abort = task.abort_handle();
/// // Whoever waits for the task need not be the one that ends it.
/// clock::call_later(Duration::from_secs(5), move || abort.abort());
/// assert!(task.await.unwrap_err().is_cancelled());
/// # });
/// ```
///
/// [`JoinHandle::abort_handle`]: crate::JoinHandle::abort_handle
#[derive(Clone, Debug)]
pub struct AbortHandle {
    pub(crate) id: TaskId,
    pub(crate) run: u64,
}

impl AbortHandle {
    /// Cancels the task; see [`JoinHandle::abort`](crate::JoinHandle::abort).
    ///
    /// # Panics
    ///
    /// In another run, and outside a run.
    #[track_caller]
    pub fn abort(&self) {
        abort("AbortHandle::abort", "AbortHandle", self.run, self.id);
    }

    /// Whether the task has ended, in whatever way.
    ///
    /// # Panics
    ///
    /// In another run, and outside a run.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        is_finished("AbortHandle::is_finished", "AbortHandle", self.run, self.id)
    }

    /// The task's number in this run.
    pub fn id(&self) -> TaskId {
        self.id
    }
}

/// Cancels a task on behalf of a handle.
#[track_caller]
pub(crate) fn abort(what: &str, handle: &str, run: u64, id: TaskId) {
    let object =
        context::with_own(
            what,
            handle,
            run,
            |world| {
                if world.core.actor.inert { None } else { world.core.doom(id) }
            },
        );
    if let Some(object) = object {
        cancel(id, object, false);
    }
}

/// Whether a task has ended, on behalf of a handle.
#[track_caller]
pub(crate) fn is_finished(what: &str, handle: &str, run: u64, id: TaskId) -> bool {
    context::with_own(what, handle, run, |world| {
        world.core.tasks.get(id).is_none_or(|hot| hot.flags.has(Flags::DONE))
    })
}
