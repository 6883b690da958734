//! A clock that is not the run's: ahead or behind, too fast or too slow.
//!
//! Why it exists: each node has a clock of its own, and real ones are wrong.
//!
//! What it does not do: know any node, or keep time. It translates between the
//! time of the run and its own, in integers. A pure room.

use crate::instant::Instant;
use std::time::Duration;

const MILLION: u128 = 1_000_000;

/// A node's two clocks, as they stand to the time of the run: a monotonic one
/// that may drift, and a wall clock that is also ahead or behind.
///
/// ```
/// use reenact_clock::{Instant, NodeClock};
/// use std::time::Duration;
///
/// let at = |millis| Instant::ZERO + Duration::from_millis(millis);
/// let mut clock = NodeClock::default();
/// assert_eq!(clock.own(at(1_000)), at(1_000));
///
/// // From the first second on it is half as fast again.
/// clock.drift(at(1_000), 500_000);
/// assert_eq!(clock.own(at(3_000)), at(4_000));
/// assert_eq!(clock.when(at(4_000)), at(3_000));
///
/// clock.set_ahead(-250_000_000);
/// assert_eq!(clock.wall(at(3_000)), 3_750_000_000, "nanoseconds since the run began");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NodeClock {
    /// When it took on its present rate.
    since: Instant,
    /// What it showed then.
    own: Instant,
    ppm: i32,
    /// How far the wall clock is ahead of the monotonic one, in nanoseconds.
    ahead: i64,
}

impl NodeClock {
    /// The slowest and the fastest rate there may be: from a tenth to ten times.
    pub const DRIFTS: std::ops::RangeInclusive<i32> = -900_000..=9_000_000;

    /// What the monotonic clock shows at a time of the run.
    #[inline]
    pub fn own(&self, now: Instant) -> Instant {
        let passed = u128::from(now.as_nanos().saturating_sub(self.since.as_nanos()));
        add(self.own, passed * self.rate() / MILLION)
    }

    /// The first time of the run at which the monotonic clock shows this, as far
    /// as it is known: before its present rate it is the time that began.
    #[inline]
    pub fn when(&self, own: Instant) -> Instant {
        if own == Instant::MAX {
            return Instant::MAX;
        }
        let left = u128::from(own.as_nanos().saturating_sub(self.own.as_nanos()));
        add(self.since, (left * MILLION).div_ceil(self.rate()))
    }

    /// What the wall clock shows at a time of the run, in nanoseconds since the
    /// run began on a clock that is right.
    pub fn wall(&self, now: Instant) -> i128 {
        i128::from(self.own(now).as_nanos()) + i128::from(self.ahead)
    }

    /// From now on it is so many millionths too fast, or too slow.
    ///
    /// # Panics
    ///
    /// For a rate outside of [`DRIFTS`](Self::DRIFTS).
    pub fn drift(&mut self, now: Instant, ppm: i32) {
        assert!(Self::DRIFTS.contains(&ppm), "a clock cannot drift by {ppm} ppm");
        (self.own, self.since, self.ppm) = (self.own(now), now, ppm);
    }

    /// How many millionths it is too fast.
    pub fn ppm(&self) -> i32 {
        self.ppm
    }

    /// How far the wall clock is ahead of the monotonic one, in nanoseconds.
    pub fn ahead(&self) -> i64 {
        self.ahead
    }

    /// Sets how far the wall clock is ahead of the monotonic one, in nanoseconds.
    pub fn set_ahead(&mut self, nanos: i64) {
        self.ahead = nanos;
    }

    /// How fast it is: a million is right.
    #[inline]
    fn rate(&self) -> u128 {
        u128::from(MILLION as u64).saturating_add_signed(i128::from(self.ppm))
    }
}

fn add(to: Instant, nanos: u128) -> Instant {
    to + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, proptest};

    proptest! {
        #[test]
        fn it_shows_a_time_when_that_has_come_and_not_before(
            since in 0u64..1 << 50, ppm in -900_000i32..9_000_000, own in 0u64..1 << 50,
        ) {
            let mut clock = NodeClock::default();
            clock.drift(Instant::from_nanos(since), ppm);
            let (own, shows_since) = (Instant::from_nanos(own), clock.own(Instant::from_nanos(since)));
            let when = clock.when(own);
            prop_assert!(clock.own(when) >= own);
            if own > shows_since {
                prop_assert!(clock.own(when - Duration::from_nanos(1)) < own);
            }
        }

        #[test]
        fn it_never_goes_back(a in 0u64..1 << 50, b in 0u64..1 << 50, at in 0u64..1 << 50, ppm in -900_000i32..9_000_000) {
            let mut clock = NodeClock::default();
            clock.drift(Instant::from_nanos(0), ppm / 2);
            let before = clock.own(Instant::from_nanos(at));
            clock.drift(Instant::from_nanos(at), ppm);
            prop_assert!(clock.own(Instant::from_nanos(at)) >= before);
            let (a, b) = (Instant::from_nanos(at + a.min(b)), Instant::from_nanos(at + a.max(b)));
            prop_assert!(clock.own(a) <= clock.own(b));
        }
    }

    #[test]
    fn never_is_never_on_every_clock() {
        let mut clock = NodeClock::default();
        clock.drift(Instant::ZERO, 9_000_000);
        assert_eq!(clock.when(Instant::MAX), Instant::MAX);
        assert_eq!(clock.own(Instant::MAX), Instant::MAX);
    }
}
