//! A future with an end.
//!
//! Rim: a sleep beside another future.

use super::sleep::{Sleep, sleep_as, sleep_until_as};
use pin_project_lite::pin_project;
use reenact_clock::Instant;
use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// Gives `future` that much time, from now on. It is polled before the time is looked at, so a
/// future that is ready in time is never lost. One that is late stays inside, and is dropped with
/// the [`Timeout`].
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// assert!(clock::timeout(second, clock::sleep(2 * second)).await.is_err());
/// // What is ready at the last moment is in time.
/// assert!(clock::timeout(second, clock::sleep(second)).await.is_ok());
/// # });
/// ```
///
/// # Errors
///
/// The future gives [`Elapsed`] when the time is up.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn timeout<F: IntoFuture>(duration: Duration, future: F) -> Timeout<F::IntoFuture> {
    Timeout { future: future.into_future(), sleep: sleep_as("clock::timeout", duration) }
}

/// Gives `future` time until `deadline`; see [`timeout`].
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// // Two steps that share one deadline.
/// let deadline = clock::now() + Duration::from_secs(3);
/// assert!(clock::timeout_at(deadline, clock::sleep(Duration::from_secs(2))).await.is_ok());
/// assert!(clock::timeout_at(deadline, clock::sleep(Duration::from_secs(2))).await.is_err());
/// assert_eq!(clock::now(), deadline);
/// # });
/// ```
///
/// # Errors
///
/// The future gives [`Elapsed`] when the deadline has come.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn timeout_at<F: IntoFuture>(deadline: Instant, future: F) -> Timeout<F::IntoFuture> {
    Timeout { future: future.into_future(), sleep: sleep_until_as("clock::timeout_at", deadline) }
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`].
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::time::Duration;
    ///
    /// let limited = clock::timeout(Duration::from_secs(1), async { 6 * 7 });
    /// assert_eq!(limited.into_inner().await, 42, "without its limit");
    /// # });
    /// ```
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        sleep: Sleep,
    }
}

impl<F> Timeout<F> {
    /// The future inside.
    pub fn get_ref(&self) -> &F {
        &self.future
    }

    /// The future inside.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.future
    }

    /// The future inside, without its end.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        this.sleep.poll_as(("clock::timeout", "Timeout"), cx).map(|_| Err(Elapsed(())))
    }
}

/// A time-out struck before the future was ready.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let never = std::future::pending::<()>();
/// let elapsed = clock::timeout(Duration::from_secs(1), never).await.unwrap_err();
/// // `?` turns it into an error of I/O.
/// assert_eq!(std::io::Error::from(elapsed).kind(), std::io::ErrorKind::TimedOut);
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elapsed(());

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deadline has elapsed")
    }
}

impl std::error::Error for Elapsed {}

impl From<Elapsed> for std::io::Error {
    fn from(_: Elapsed) -> Self {
        std::io::ErrorKind::TimedOut.into()
    }
}
