//! A future that may be dropped half-way, as async Rust lets any future be.
//!
//! Rim. Whether it is, is a decision of the tape, asked at each poll, and only in a run whose settings
//! have such a rate.

use crate::{
    context,
    core::Core,
    effect::FaultKind,
    hash,
    id::StreamId,
    join::JoinError,
    tape::{Kind, Stream},
    trace::Event,
};
use pin_project_lite::pin_project;
use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    task::{Context, Poll},
};

const CANCELS: u64 = hash::bytes(b"cancel");

/// Marks a future that a fault plan may cancel: it is then dropped where it waits, as by a client that
/// hangs up or a `select!` that another branch won, and an error says so.
///
/// Without a fault plan that cancels, it gives what `future` gives, and decides nothing.
///
/// ```
/// # mod reenact { pub use reenact_sim as task; }
/// # reenact_sim::doc(|| async {
/// use reenact::task;
///
/// match task::cancellable(async { 6 * 7 }).await {
///     Ok(answer) => assert_eq!(answer, 42),
///     Err(error) => assert!(error.is_cancelled()),
/// }
/// # });
/// ```
///
/// # Errors
///
/// A [`JoinError`] that [is one of cancellation](JoinError::is_cancelled), if it was cancelled.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn cancellable<F: IntoFuture>(future: F) -> Cancellable<F::IntoFuture> {
    context::with("task::cancellable", |_| ());
    Cancellable { future: Some(future.into_future()) }
}

pin_project! {
    /// The future of [`cancellable`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Cancellable<F> {
        // Nothing once it was cancelled.
        #[pin]
        future: Option<F>,
    }
}

impl Core {
    /// Whether what is polled now is to be cancelled.
    fn cancels(&mut self) -> bool {
        let (num, den) = self.cancellation;
        if den == 1 || self.actor.inert || self.ending {
            return false;
        }
        let (path, counters) = self.identity();
        let mut stream = Stream { id: StreamId(hash::combine(path, CANCELS)), seq: counters.cancels };
        let cancels = self.rarely(&mut stream, Kind::Cancel, 2, num, den) == 1;
        self.identity().1.cancels = stream.seq;
        if cancels {
            self.record(Event::Abandon);
            let effect = self.stats.faults.of(FaultKind::Cancel);
            effect.scheduled += 1;
            effect.applied += 1;
            effect.effective += 1;
        }
        cancels
    }
}

impl<F: Future> Future for Cancellable<F> {
    type Output = Result<F::Output, JoinError>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if context::with("task::cancellable", |world| world.core.cancels()) {
            this.future.set(None);
        }
        match this.future.as_pin_mut() {
            Some(future) => future.poll(cx).map(Ok),
            None => Poll::Ready(Err(JoinError::cancelled())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cancellable;
    use crate::{Event, Finished, Settings, Strategy, Tape, time::sleep, yield_now};
    use std::time::Duration;

    /// A run of ten futures that wait for three turns each: which of them were cancelled.
    fn ten(cancellation: (u64, u64), tape: Tape) -> Finished<Vec<bool>> {
        let settings = Settings { cancellation, ..Settings::new("ten", tape) };
        crate::run(
            &settings,
            |_| (),
            || async {
                let mut cancelled = Vec::new();
                for _ in 0..10 {
                    let three = async {
                        for _ in 0..3 {
                            yield_now().await;
                        }
                    };
                    cancelled.push(cancellable(three).await.is_err());
                }
                sleep(Duration::from_secs(1)).await;
                cancelled
            },
        )
    }

    fn seed(seed: u64) -> Tape {
        Tape::seed(seed, Strategy::Fifo)
    }

    #[test]
    fn without_a_rate_nothing_is_cancelled_and_nothing_decided() {
        let run = ten((0, 1), seed(1));
        assert_eq!(run.result, Ok(vec![false; 10]));
        assert_eq!(run.stats.decisions, 0);
    }

    #[test]
    fn with_a_rate_the_seed_says_which_are_cancelled() {
        let runs: Vec<_> = (0..20).map(|number| ten((1, 10), seed(number))).collect();
        let count = |run: &Finished<Vec<bool>>| {
            run.result.as_ref().expect("no panic").iter().filter(|cancelled| **cancelled).count()
        };
        let all: usize = runs.iter().map(count).sum();
        // Four polls each, one in ten of which cancels: about a third of 200.
        assert!((40..100).contains(&all), "{all} of 200");
        for (number, run) in runs.iter().enumerate() {
            let abandoned = run.trace.events.iter().filter(|line| line.event == Event::Abandon);
            assert_eq!(abandoned.count(), count(run));
            assert_eq!(run.digest, ten((1, 10), seed(number as u64)).digest);
        }
    }

    #[test]
    fn the_simplest_is_that_nothing_is_cancelled_and_a_tape_may_say_otherwise() {
        assert_eq!(ten((1, 2), Tape::zero()).result, Ok(vec![false; 10]));
        let run = ten((1, 10), seed(3));
        let taken = run.decided.expect("recorded").realised().into_iter();
        let taken = taken.map(|choice| (choice.stream, choice.seq, choice.entry));
        let again = ten((1, 10), Tape::new(Tape::zero().header, taken));
        assert_eq!(again.result, run.result);
        assert_eq!(again.result.map(|cancelled| cancelled.contains(&true)), Ok(true));
    }
}
