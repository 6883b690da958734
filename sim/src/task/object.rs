//! A task's future and, once it ended, its result, in one allocation.
//!
//! Rim: the only place where the type of a task's future is known. Nothing here schedules.

use pin_project_lite::pin_project;
use std::{
    any::Any,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// The one box of a task: first its future, then what came out of it.
    #[project = JobProjection]
    #[project_replace = JobReplaced]
    pub(crate) enum Job<F: Future> {
        Running { #[pin] future: F },
        Done { output: Option<F::Output> },
    }
}

/// A task without its types, in its box.
pub(crate) type Boxed = Pin<Box<dyn TaskObject>>;

/// A task without its types.
pub(crate) trait TaskObject {
    /// Polls the future; its result stays inside.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// Moves the result, if there is one, into `slot`, which must be an `Option` of its type.
    fn take(self: Pin<&mut Self>, slot: &mut dyn Any);
}

impl<F> TaskObject for Job<F>
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let output = match self.as_mut().project() {
            JobProjection::Running { future } => match future.poll(cx) {
                Poll::Ready(output) => output,
                Poll::Pending => return Poll::Pending,
            },
            JobProjection::Done { .. } => return Poll::Ready(()),
        };
        // Drops the future, in the task's own context.
        self.project_replace(Job::Done { output: Some(output) });
        Poll::Ready(())
    }

    fn take(self: Pin<&mut Self>, slot: &mut dyn Any) {
        if let JobProjection::Done { output } = self.project()
            && let Some(slot) = slot.downcast_mut::<Option<F::Output>>()
        {
            *slot = output.take();
        }
    }
}
