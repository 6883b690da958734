//! Ticks.
//!
//! Rim: a sleep that is set again and again.

use super::sleep::{Sleep, now, sleep_until};
use reenact_clock::Instant;
use std::{
    future::{Future, poll_fn},
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
    interval_at(now(), period)
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
    assert!(
        !period.is_zero(),
        "`clock::interval` was given a period of zero, with which time could never go on: give it a longer one"
    );
    Interval { sleep: sleep_until(start), period, missed: MissedTickBehavior::Burst }
}

/// What an [`Interval`] does after a tick that came late.
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

impl Interval {
    /// Waits for the next tick; returns the time at which it was due. Cancel-safe: a tick that was
    /// not waited out is not lost.
    ///
    /// # Panics
    ///
    /// In another run than it was made in, and outside a run.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// Polls for the next tick.
    ///
    /// # Panics
    ///
    /// In another run than it was made in, and outside a run.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        if Pin::new(&mut self.sleep).poll(cx).is_pending() {
            return Poll::Pending;
        }
        let (due, now) = (self.sleep.deadline(), now());
        let next = match self.missed {
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
        Pin::new(&mut self.sleep).reset(next);
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
    /// Outside a run.
    pub fn reset(&mut self) {
        let next = now() + self.period;
        Pin::new(&mut self.sleep).reset(next);
    }

    /// Ticks again now.
    ///
    /// # Panics
    ///
    /// Outside a run.
    pub fn reset_immediately(&mut self) {
        let now = now();
        Pin::new(&mut self.sleep).reset(now);
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
