//! The subscriber of `tracing` that a thread has, for the threads that work in its place.
//!
//! Rim. Without the feature `tracing` there is nothing to take along.

#[cfg(feature = "tracing")]
use tracing_core::{Dispatch, dispatcher, subscriber::NoSubscriber};

/// What this thread has, to be taken to another.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    #[cfg(feature = "tracing")]
    subscriber: Option<Dispatch>,
}

impl Carried {
    /// The subscriber of this thread, or of the process.
    #[cfg(feature = "tracing")]
    pub(crate) fn here() -> Self {
        let dispatch = dispatcher::get_default(Dispatch::clone);
        Carried { subscriber: (!dispatch.is::<NoSubscriber>()).then_some(dispatch) }
    }

    /// Calls `f` with it.
    #[cfg(feature = "tracing")]
    pub(crate) fn within<R>(self, f: impl FnOnce() -> R) -> R {
        match &self.subscriber {
            Some(dispatch) => dispatcher::with_default(dispatch, f),
            None => f(),
        }
    }

    #[cfg(not(feature = "tracing"))]
    pub(crate) fn here() -> Self {
        Carried {}
    }

    #[cfg(not(feature = "tracing"))]
    pub(crate) fn within<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}
