//! The handle of a node's clock.
//!
//! Rim.

use reenact_clock::NodeClock;
use reenact_sim::{self as machine, NodeId, time::Instant};
use std::time::Duration;

/// The clock of a node, which may be wrong: `clock::now` there is its monotonic clock, and
/// `clock::system_time` its wall clock. Traces show the time of the run, on which clocks are right.
///
/// Ahead, behind and steps are of the wall clock only; a drift is of both.
///
/// ```
/// use reenact::{Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let (db, minute) = (sim.node("db"), Duration::from_secs(60));
///     db.clock().skew(minute);
///     let theirs = db.spawn(async { clock::system_time() }).await.unwrap();
///     assert_eq!(theirs, clock::system_time() + minute);
///     // And now it goes twice as fast: what it takes for an hour is half of one.
///     db.clock().drift_ppm(1_000_000);
///     let hour = 60 * minute;
///     db.spawn(clock::sleep(hour)).await.unwrap();
///     assert_eq!(sim.elapsed(), hour / 2);
/// });
/// run.unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    node: NodeId,
    run: u64,
}

impl Clock {
    pub(super) fn new(node: NodeId, run: u64) -> Self {
        Clock { node, run }
    }

    /// Sets its wall clock ahead of its monotonic one by so much.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn skew(&self, ahead: Duration) -> &Self {
        self.set("Clock::skew", |clock, _| clock.set_ahead(nanos(ahead)))
    }

    /// Sets its wall clock behind its monotonic one by so much.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn lag(&self, behind: Duration) -> &Self {
        self.set("Clock::lag", |clock, _| clock.set_ahead(-nanos(behind)))
    }

    /// Lets its wall clock jump ahead by so much.
    ///
    /// ```
    /// use reenact::{Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let hour = Duration::from_secs(3600);
    ///     let (before, shown) = (clock::now(), clock::system_time());
    ///     sim.node("test").clock().step_forward(hour);
    ///     assert_eq!(clock::now(), before, "the monotonic clock does not jump");
    ///     assert_eq!(clock::system_time(), shown + hour);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn step_forward(&self, by: Duration) -> &Self {
        self.set("Clock::step_forward", |clock, _| clock.set_ahead(clock.ahead().saturating_add(nanos(by))))
    }

    /// Lets its wall clock jump back by so much.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn step_back(&self, by: Duration) -> &Self {
        self.set("Clock::step_back", |clock, _| clock.set_ahead(clock.ahead().saturating_sub(nanos(by))))
    }

    /// From now on both of its clocks go so many millionths too fast; too slow, if it is negative. What
    /// waits for a time on this clock waits for that time, sooner or later as that now comes.
    ///
    /// # Panics
    ///
    /// Below -900,000 and above 9,000,000: it goes at a tenth to ten times the right rate. In another
    /// run.
    #[track_caller]
    pub fn drift_ppm(&self, ppm: i32) -> &Self {
        let drifts = NodeClock::DRIFTS;
        assert!(
            drifts.contains(&ppm),
            "`Clock::drift_ppm({ppm})` is out of range: give it from {} to {} millionths",
            drifts.start(),
            drifts.end()
        );
        self.set("Clock::drift_ppm", |clock, now| clock.drift(now, ppm))
    }

    #[track_caller]
    fn set(&self, what: &str, change: impl FnOnce(&mut NodeClock, Instant)) -> &Self {
        machine::with_own(what, "Clock", self.run, |world| {
            let core = &mut world.core;
            let mut clock = core.clock(self.node);
            change(&mut clock, core.now());
            core.set_clock(self.node, clock);
        });
        self
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
