//! Spawning tasks and waiting for them: the handles users hold.
//!
//! Rim. A handle is a number; the task and its result live in the machine.

use crate::{
    abort::{self, AbortHandle},
    context,
    id::{NodeId, TaskId},
    panics,
    spawn::{Berth, Joined, drop_remains},
    task::{Boxed, Ended, Job, Name, Wait},
};
use std::{
    any::Any,
    fmt,
    future::Future,
    marker::PhantomData,
    panic::Location,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
};

/// Spawns a task on the node of whoever calls, and returns a handle to wait for its result.
///
/// The task becomes ready at once; when it is first polled is up to the strategy. The future need
/// not be `Send`: a run stays on its thread.
///
/// On a dead node, and from a destructor of a task that was cancelled because its node died, the
/// future is dropped and the handle says [`JoinError::is_cancelled`].
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// let handle = reenact::spawn(async { 6 * 7 });
/// assert_eq!(handle.await.unwrap(), 42);
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    spawn_in("spawn", None, None, Location::caller(), future)
}

/// Spawns a task on a node.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn spawn_on<F>(node: NodeId, future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    spawn_in("Node::spawn", Some(node), None, Location::caller(), future)
}

#[track_caller]
pub(crate) fn spawn_in<F>(
    what: &str,
    node: Option<NodeId>,
    name: Option<Name>,
    site: &'static Location<'static>,
    future: F,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let object: Boxed = Box::pin(Job::Running { future });
    let (run, spawned) = context::with(what, |world| {
        let node = node.unwrap_or(world.core.actor.node);
        (world.core.run, world.core.spawn(Berth { node, name, main: false, site }, object))
    });
    let id = match spawned {
        Ok(id) => id,
        Err(object) => {
            panics::drop_quietly("a task that could not be spawned", object);
            TaskId::NONE
        }
    };
    JoinHandle { id, run, output: PhantomData }
}

/// Gives a task a name before it is spawned.
///
/// Names appear in traces and reports; a named task keeps its identity when other tasks are added
/// beside it.
///
/// ```
/// # mod reenact { pub use reenact_sim as task; }
/// # reenact_sim::doc(|| async {
/// use reenact::task;
///
/// let handle = task::Builder::new().name("flusher").spawn(async {
///     assert_eq!(task::current().name(), Some("flusher"));
/// });
/// handle.await.unwrap();
/// # });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    name: Option<Name>,
}

impl Builder {
    /// A builder of a task without a name.
    pub fn new() -> Self {
        Builder::default()
    }

    /// Names the task.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(Arc::new(name.into()));
        self
    }

    /// Spawns the task; see [`spawn`].
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        spawn_in("task::Builder::spawn", None, self.name, Location::caller(), future)
    }
}

/// A task to wait for: a future of its result.
///
/// Dropping the handle detaches the task, which goes on. The handle is `Send` whatever the task
/// returns, since it holds a number only.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// let squares = [1, 2, 3].map(|i| reenact::spawn(async move { i * i }));
/// let mut sum = 0;
/// for square in squares {
///     sum += square.await.unwrap();
/// }
/// assert_eq!(sum, 14);
/// # });
/// ```
///
/// # Errors
///
/// The future gives a [`JoinError`] if the task was cancelled or panicked.
///
/// # Panics
///
/// When it is polled in another run, or outside a run.
pub struct JoinHandle<T> {
    id: TaskId,
    run: u64,
    output: PhantomData<fn() -> T>,
}

impl<T> JoinHandle<T> {
    /// Cancels the task: its future is dropped before this returns, unless it is the task that is
    /// running, which goes as soon as its poll returns. A task that has ended is left as it is.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::time::Duration;
    ///
    /// let handle = reenact::spawn(clock::sleep(Duration::from_secs(3600)));
    /// handle.abort();
    /// assert!(handle.is_finished(), "its future is gone already");
    /// assert!(handle.await.unwrap_err().is_cancelled());
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn abort(&self) {
        abort::abort("JoinHandle::abort", "JoinHandle", self.run, self.id);
    }

    /// Aborts the task if this is its run, and does nothing elsewhere: for destructors.
    pub(crate) fn abort_if_here(&self) {
        if context::try_with(|world| world.core.run == self.run) == Some(true) {
            self.abort();
        }
    }

    /// Whether the task has ended, in whatever way.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::time::Duration;
    ///
    /// let handle = reenact::spawn(async {});
    /// assert!(!handle.is_finished(), "it has not had its turn");
    /// // Time moves only when no task is ready, so by then it has.
    /// clock::sleep(Duration::from_nanos(1)).await;
    /// assert!(handle.is_finished());
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        abort::is_finished("JoinHandle::is_finished", "JoinHandle", self.run, self.id)
    }

    /// A handle to cancel the task with, apart from this one that waits for its result.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// # reenact_sim::doc(|| async {
    /// let task = reenact::spawn(std::future::pending::<()>());
    /// let abort = task.abort_handle();
    /// abort.abort();
    /// assert!(abort.is_finished() && task.await.unwrap_err().is_cancelled());
    /// # });
    /// ```
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle { id: self.id, run: self.run }
    }

    /// Checks that the handle is used in its own run.
    #[track_caller]
    pub(crate) fn check(&self, what: &str) {
        context::with_own(what, "JoinHandle", self.run, |_| ());
    }

    /// The task's number in this run.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{self as task, *}; }
    /// # reenact_sim::doc(|| async {
    /// let handle = reenact::spawn(async { reenact::task::current().id() });
    /// let id = handle.id();
    /// assert_eq!(handle.await.unwrap(), id);
    /// # });
    /// ```
    pub fn id(&self) -> TaskId {
        self.id
    }
}

impl<T: 'static> JoinHandle<T> {
    /// Calls `f` with the result as soon as there is one: a promise with a callback.
    ///
    /// `f` runs in a task of its own on the node of whoever calls this.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// let (sender, receiver) = futures::channel::oneshot::channel();
    /// reenact::spawn(async { 6 * 7 }).on_done(move |result| sender.send(result.unwrap()).unwrap());
    /// assert_eq!(receiver.await, Ok(42));
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn on_done(self, f: impl FnOnce(Result<T, JoinError>) + 'static) {
        drop(spawn_in("JoinHandle::on_done", None, None, Location::caller(), async move { f(self.await) }));
    }
}

impl<T: 'static> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let own = ("JoinHandle", "JoinHandle", this.run);
        let joined = context::with_own_waker(own, cx, |world| world.core.join(this.id));
        let Joined::Ended(object, ended) = joined else { return Poll::Pending };
        this.id = TaskId::NONE;
        if let Some(ended) = ended {
            return Poll::Ready(Err(JoinError { ended }));
        }
        let mut output: Option<T> = None;
        if let Some(mut object) = object {
            object.as_mut().take(&mut output);
        }
        Poll::Ready(output.ok_or_else(JoinError::cancelled))
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.id == TaskId::NONE {
            return;
        }
        let left = context::try_with(|world| {
            if world.core.run == self.run { world.core.detach(self.id) } else { (None, None) }
        });
        drop_remains(left.unwrap_or((None, None)));
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("task", &self.id).finish_non_exhaustive()
    }
}

/// Why a task has no result: it was cancelled, or it panicked.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// let handle = reenact::spawn(std::future::pending::<()>());
/// handle.abort();
/// let error = handle.await.unwrap_err();
/// assert!(error.is_cancelled() && !error.is_panic());
/// assert_eq!(error.to_string(), "the task was cancelled");
/// # });
/// ```
pub struct JoinError {
    ended: Ended,
}

impl JoinError {
    /// Of what was cancelled.
    pub(crate) fn cancelled() -> Self {
        JoinError { ended: Ended::Cancelled }
    }

    /// Whether the task was aborted, its node ended, or it could not be spawned on a dead node.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.ended, Ended::Cancelled)
    }

    /// Whether the task panicked (under a policy that lets the run go on).
    pub fn is_panic(&self) -> bool {
        !self.is_cancelled()
    }

    /// The panic's payload.
    ///
    /// ```
    /// # use reenact_sim::{self as reenact, NodeId, OnPanic};
    /// # reenact_sim::doc(|| async {
    /// # reenact_sim::with("doc", |world| world.core.set_on_panic(NodeId::TEST, OnPanic::Catch));
    /// // On a node with `OnPanic::Catch`, a panic is left to whoever joins the task.
    /// let error = reenact::spawn(async { assert!(1 > 2, "impossible") }).await.unwrap_err();
    /// assert!(error.is_panic());
    /// assert_eq!(error.into_panic().downcast_ref::<&str>(), Some(&"impossible"));
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// If the task did not panic.
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.try_into_panic()
            .expect("`JoinError::into_panic` was called on a task that was cancelled, not one that panicked")
    }

    /// The panic's payload, or the error itself if the task did not panic.
    ///
    /// # Errors
    ///
    /// If the task did not panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self.ended {
            Ended::Panicked(payload) => Ok((*payload).into_inner().unwrap_or_else(PoisonError::into_inner)),
            ended => Err(JoinError { ended }),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ended {
            Ended::Cancelled => f.write_str("the task was cancelled"),
            Ended::Panicked(payload) => write!(f, "the task panicked: {}", panics::message_of(payload)),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinError({self})")
    }
}

impl std::error::Error for JoinError {}

/// Lets every other ready task have a turn, as far as the strategy lets them.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use std::{cell::Cell, rc::Rc};
///
/// let ready = Rc::new(Cell::new(false));
/// let other = ready.clone();
/// reenact::spawn(async move { other.set(true) });
/// while !ready.get() {
///     // Without this the other task would never have its turn.
///     reenact::yield_now().await;
/// }
/// # assert!(ready.get());
/// # });
/// ```
///
/// # Panics
///
/// When polled outside a run.
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context::with_waker("yield_now", cx, |world| {
            world.core.waits_for(Wait::Yield);
            let waiter = world.core.waiter();
            world.core.wake(waiter);
        });
        Poll::Pending
    }
}
