//! Many tasks gathered: results as they come.
//!
//! Rim, over `futures`' unordered set of handles. It knows nothing of the machine.

use crate::join::{JoinError, JoinHandle, spawn};
use futures::stream::{FuturesUnordered, StreamExt};
use std::{
    fmt,
    future::Future,
    task::{Context, Poll},
};

/// A set of tasks of one type of result, joined in the order in which they end.
///
/// Dropping the set aborts what is left in it.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::JoinSet;
///
/// let mut set = JoinSet::new();
/// for i in 0..3 {
///     set.spawn(async move { i * i });
/// }
/// let mut squares = set.join_all().await;
/// squares.sort();
/// assert_eq!(squares, [0, 1, 4]);
/// # });
/// ```
pub struct JoinSet<T: 'static> {
    handles: FuturesUnordered<JoinHandle<T>>,
}

impl<T: 'static> JoinSet<T> {
    /// An empty set.
    pub fn new() -> Self {
        JoinSet { handles: FuturesUnordered::new() }
    }

    /// How many tasks are in it, ended ones that were not yet joined included.
    pub fn len(&self) -> usize {
        self.handles.len()
    }

    /// Whether no task is in it.
    pub fn is_empty(&self) -> bool {
        self.handles.is_empty()
    }

    /// Spawns a task into the set.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn spawn<F: Future<Output = T> + 'static>(&mut self, future: F) {
        self.handles.push(spawn(future));
    }

    /// Puts a task that was spawned before into the set.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::JoinSet;
    ///
    /// let mut set = JoinSet::new();
    /// // Any task will do: also one of another node, from `Node::spawn`.
    /// set.insert(reenact::spawn(async { "early" }));
    /// assert_eq!(set.join_all().await, ["early"]);
    /// # });
    /// ```
    pub fn insert(&mut self, handle: JoinHandle<T>) {
        self.handles.push(handle);
    }

    /// The next result; `None` when the set is empty. Cancel-safe.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::{JoinSet, clock};
    /// use std::time::Duration;
    ///
    /// let mut set = JoinSet::new();
    /// for secs in [3, 1, 2] {
    ///     set.spawn(async move {
    ///         clock::sleep(Duration::from_secs(secs)).await;
    ///         secs
    ///     });
    /// }
    /// assert_eq!(set.join_next().await.unwrap().unwrap(), 1);
    /// assert_eq!(set.join_all().await, [2, 3]);
    /// # });
    /// ```
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.handles.next().await
    }

    /// Polls for the next result: `None` when the set is empty. Of several calls, the last waker
    /// is woken.
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.handles.poll_next_unpin(cx)
    }

    /// All results, in the order in which the tasks end.
    ///
    /// # Panics
    ///
    /// When a task panicked or was cancelled.
    pub async fn join_all(mut self) -> Vec<T> {
        let mut results = Vec::with_capacity(self.len());
        while let Some(result) = self.join_next().await {
            match result {
                Ok(value) => results.push(value),
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(error) => panic!("`JoinSet::join_all`: {error}"),
            }
        }
        results
    }

    /// Aborts all tasks; they stay in the set, to be joined: as cancelled, unless they had ended.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// let mut set = reenact::JoinSet::new();
    /// set.spawn(std::future::pending::<()>());
    /// set.abort_all();
    /// let error = set.join_next().await.unwrap().unwrap_err();
    /// assert!(error.is_cancelled());
    /// # });
    /// ```
    pub fn abort_all(&mut self) {
        self.handles.iter().for_each(JoinHandle::abort);
    }

    /// Aborts all tasks and waits until they are gone.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// let mut set = reenact::JoinSet::new();
    /// set.spawn(std::future::pending::<()>());
    /// set.shutdown().await;
    /// assert!(set.is_empty());
    /// # });
    /// ```
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Empties the set; the tasks go on by themselves.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// let mut set = reenact::JoinSet::new();
    /// let (sender, receiver) = futures::channel::oneshot::channel();
    /// set.spawn(async { sender.send("still here").unwrap() });
    /// set.detach_all();
    /// assert!(set.is_empty());
    /// assert_eq!(receiver.await, Ok("still here"));
    /// # });
    /// ```
    pub fn detach_all(&mut self) {
        self.handles = FuturesUnordered::new();
    }
}

impl<T: 'static> Default for JoinSet<T> {
    fn default() -> Self {
        JoinSet::new()
    }
}

impl<T: 'static> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.handles.iter().for_each(JoinHandle::abort_if_here);
    }
}

impl<T: 'static> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish_non_exhaustive()
    }
}
