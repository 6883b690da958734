//! What time it is now, for [`Instant::now`] and [`Instant::elapsed`].
//!
//! Why it exists: users ask an instant how long ago it was, as with the standard library's; but time
//! is kept by a machine that this crate does not know. So the machine says once where the time is
//! to be had.
//!
//! What it does not do: keep time. The one thing shared is the way to ask, the same for all runs.

use crate::instant::Instant;
use std::{sync::OnceLock, time::Duration};

/// Tells the virtual time of this thread's run, if there is one.
type Teller = fn() -> Option<Instant>;

static TELLER: OnceLock<Teller> = OnceLock::new();

/// From now on virtual time is asked of `teller`; the first one stays.
#[doc(hidden)]
pub fn tell_time_by(teller: fn() -> Option<Instant>) {
    TELLER.get_or_init(|| teller);
}

#[track_caller]
fn present(what: &str) -> Instant {
    match TELLER.get().and_then(|teller| teller()) {
        Some(now) => now,
        None => panic!(
            "`{what}` was called outside a simulation: call it from inside `Simulation::run`, `Check::run` or a function with `#[reenact::test]`, on the thread that runs it"
        ),
    }
}

impl Instant {
    /// Virtual time, as by `clock::now`.
    ///
    /// ```
    /// # use reenact_clock::{Instant, tell_time_by};
    /// # tell_time_by(|| Some(Instant::from_nanos(5)));
    /// assert_eq!(Instant::now().elapsed(), std::time::Duration::ZERO, "time stands still");
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn now() -> Instant {
        present("Instant::now")
    }

    /// How long ago this was, in virtual time; zero if it lies ahead.
    ///
    /// ```
    /// # use reenact_clock::{Instant, tell_time_by};
    /// # tell_time_by(|| Some(Instant::from_nanos(5)));
    /// // Five nanoseconds after the run began:
    /// assert_eq!(Instant::ZERO.elapsed().as_nanos(), 5);
    /// assert_eq!(Instant::MAX.elapsed().as_nanos(), 0);
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn elapsed(self) -> Duration {
        present("Instant::elapsed").saturating_duration_since(self)
    }
}
