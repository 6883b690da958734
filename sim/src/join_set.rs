//! Many tasks gathered: results as they come.
//!
//! Rim, over `futures`' unordered set of handles. It knows nothing of the machine.

use crate::{
    abort::AbortHandle,
    join::{JoinError, JoinHandle, spawn_in},
};
use futures::stream::{FuturesUnordered, StreamExt};
use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll, Waker},
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

    /// Spawns a task into the set. What is returned may be dropped; it cancels this one task.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// # reenact_sim::doc(|| async {
    /// let mut set = reenact::JoinSet::new();
    /// let slow = set.spawn(std::future::pending());
    /// set.spawn(async { "fast" });
    /// assert_eq!(set.join_next().await.unwrap().unwrap(), "fast");
    /// slow.abort();
    /// assert!(set.join_next().await.unwrap().unwrap_err().is_cancelled());
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn spawn<F: Future<Output = T> + 'static>(&mut self, future: F) -> AbortHandle {
        let handle = spawn_in("JoinSet::spawn", None, None, Location::caller(), future);
        let abort = handle.abort_handle();
        self.handles.push(handle);
        abort
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
    ///
    /// # Panics
    ///
    /// When it is polled in another run than the tasks', or outside a run.
    pub fn join_next(&mut self) -> JoinNext<'_, T> {
        JoinNext { set: self }
    }

    /// The next result if there is one already; `None` also when the set is empty.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// # reenact_sim::doc(|| async {
    /// let mut set = reenact::JoinSet::new();
    /// set.spawn(async { 42 });
    /// assert!(set.try_join_next().is_none(), "it has not had its turn");
    /// reenact::time::sleep(std::time::Duration::from_nanos(1)).await;
    /// assert_eq!(set.try_join_next().unwrap().unwrap(), 42);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run than the tasks', and outside a run.
    #[track_caller]
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        match self.poll_join_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => None,
        }
    }

    /// Polls for the next result: `None` when the set is empty. Of several calls, the last waker
    /// is woken.
    ///
    /// # Panics
    ///
    /// In another run than the tasks', and outside a run.
    #[track_caller]
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.check("JoinSet::join_next");
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
    ///
    /// # Panics
    ///
    /// In another run than the tasks', and outside a run.
    #[track_caller]
    pub fn abort_all(&mut self) {
        self.check("JoinSet::abort_all");
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

    /// Checks that the set is used in its own run, here where the caller's line is known.
    #[track_caller]
    fn check(&self, what: &str) {
        if let Some(handle) = self.handles.iter().next() {
            handle.check(what);
        }
    }
}

/// The future of [`JoinSet::join_next`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct JoinNext<'a, T: 'static> {
    set: &'a mut JoinSet<T>,
}

impl<T: 'static> Future for JoinNext<'_, T> {
    type Output = Option<Result<T, JoinError>>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.set.poll_join_next(cx)
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
