//! Ticks.
//!
//! Rim: a sleep that is set again and again.

use super::sleep::{Sleep, sleep_as, sleep_until_as};
use reenact_clock::Instant;
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// Ticks at once and then every `period`.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let mut ticks = clock::interval(Duration::from_secs(10));
/// for secs in [0, 10, 20] {
///     assert_eq!(ticks.tick().await.since_start(), Duration::from_secs(secs));
/// }
/// # });
/// ```
///
/// # Panics
///
/// If `period` is zero, and outside a run.
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    Interval::new(period, sleep_as("clock::interval", Duration::ZERO))
}

/// Ticks at `start` and then every `period`.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let (first, period) = (Duration::from_secs(1), Duration::from_secs(10));
/// let mut ticks = clock::interval_at(clock::now() + first, period);
/// assert_eq!(ticks.tick().await.since_start(), first);
/// assert_eq!(ticks.tick().await.since_start(), first + period);
/// # });
/// ```
///
/// # Panics
///
/// If `period` is zero, and outside a run.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    Interval::new(period, sleep_until_as("clock::interval_at", start))
}

/// What an [`Interval`] does after a tick that came late, by more than 5 ms as in tokio: one that is
/// less late is followed by the next when that would have been due.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock::{self, MissedTickBehavior::{Burst, Delay, Skip}};
/// use std::time::Duration;
///
/// let secs = Duration::from_secs;
/// for (behavior, third) in [(Burst, 20), (Delay, 35), (Skip, 30)] {
///     let start = clock::now();
///     let mut ticks = clock::interval(secs(10));
///     ticks.set_missed_tick_behavior(behavior);
///     ticks.tick().await; // due at 0 s
///     clock::sleep(secs(25)).await;
///     ticks.tick().await; // due at 10 s, and 15 s late
///     assert_eq!(ticks.tick().await - start, secs(third));
/// }
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MissedTickBehavior {
    /// Ticks as fast as it is asked until it has caught up.
    #[default]
    Burst,
    /// Ticks a period after the late tick, and so on from there.
    Delay,
    /// Leaves the missed ticks out and ticks at the next multiple of the period.
    Skip,
}

/// The ticks of [`interval`] and [`interval_at`].
#[derive(Debug)]
pub struct Interval {
    sleep: Sleep,
    period: Duration,
    missed: MissedTickBehavior,
}

/// A tick that is late by no more than this was not missed, as in tokio.
const TOLERANCE: Duration = Duration::from_millis(5);

impl Interval {
    #[track_caller]
    fn new(period: Duration, sleep: Sleep) -> Self {
        assert!(
            !period.is_zero(),
            "`clock::interval` was given a period of zero, with which time could never go on: give it a longer one"
        );
        Interval { sleep, period, missed: MissedTickBehavior::Burst }
    }

    /// Waits for the next tick; returns the time at which it was due. Cancel-safe: a tick that was
    /// not waited out is not lost.
    ///
    /// # Panics
    ///
    /// In another run than it was made in, and outside a run.
    pub fn tick(&mut self) -> Tick<'_> {
        Tick { interval: self }
    }

    /// Polls for the next tick.
    ///
    /// # Panics
    ///
    /// In another run than it was made in, and outside a run.
    #[track_caller]
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let Poll::Ready(now) = self.sleep.poll_as(("Interval::tick", "Interval"), cx) else {
            return Poll::Pending;
        };
        let due = self.sleep.deadline();
        let next = match self.missed {
            _ if now.saturating_duration_since(due) <= TOLERANCE => due + self.period,
            MissedTickBehavior::Burst => due + self.period,
            MissedTickBehavior::Delay => now + self.period,
            MissedTickBehavior::Skip => {
                let late = now.saturating_duration_since(due).as_nanos();
                let period = self.period.as_nanos();
                let periods = late / period + 1;
                Instant::from_nanos(
                    due.as_nanos().saturating_add((periods * period).min(u64::MAX as u128) as u64),
                )
            }
        };
        self.sleep.reset_as(("Interval::tick", "Interval"), |_| next);
        Poll::Ready(due)
    }

    /// Ticks again a period from now.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::time::Duration;
    ///
    /// let mut heartbeat = clock::interval(Duration::from_secs(10));
    /// heartbeat.tick().await;
    /// clock::sleep(Duration::from_secs(4)).await;
    /// // What was sent now is as good as a heartbeat.
    /// heartbeat.reset();
    /// assert_eq!(heartbeat.tick().await.since_start(), Duration::from_secs(14));
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run, and outside a run.
    #[track_caller]
    pub fn reset(&mut self) {
        let period = self.period;
        self.sleep.reset_as(("Interval::reset", "Interval"), |now| now + period);
    }

    /// Ticks again now.
    ///
    /// # Panics
    ///
    /// In another run, and outside a run.
    #[track_caller]
    pub fn reset_immediately(&mut self) {
        self.sleep.reset_as(("Interval::reset_immediately", "Interval"), |now| now);
    }

    /// Ticks again when `after` has passed, and then every period.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::time::Duration;
    ///
    /// let mut ticks = clock::interval(Duration::from_secs(10));
    /// ticks.reset_after(Duration::from_secs(3));
    /// for secs in [3, 13, 23] {
    ///     assert_eq!(ticks.tick().await.since_start(), Duration::from_secs(secs));
    /// }
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run, and outside a run.
    #[track_caller]
    pub fn reset_after(&mut self, after: Duration) {
        self.sleep.reset_as(("Interval::reset_after", "Interval"), |now| now + after);
    }

    /// Ticks again at `deadline`, and then every period.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::time::Duration;
    ///
    /// let mut ticks = clock::interval(Duration::from_secs(10));
    /// let noon = clock::now() + Duration::from_secs(12 * 3600);
    /// ticks.reset_at(noon);
    /// assert_eq!(ticks.tick().await, noon);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run, and outside a run.
    #[track_caller]
    pub fn reset_at(&mut self, deadline: Instant) {
        self.sleep.reset_as(("Interval::reset_at", "Interval"), |_| deadline);
    }

    /// The time between two ticks.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What it does after a tick that came late.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Sets what it does after a tick that came late.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }
}

/// The future of [`Interval::tick`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Tick<'a> {
    interval: &'a mut Interval,
}

impl Future for Tick<'_> {
    type Output = Instant;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Instant> {
        self.interval.poll_tick(cx)
    }
}
