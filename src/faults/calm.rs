//! The end of the chaos: the world is healed, and progress is demanded.
//!
//! Rim.

use crate::clock;
use reenact_sim::{self as machine, FailureKind};
use std::{panic::Location, time::Duration};

/// A world that was healed, of which progress is demanded: see [`Sim::calm`](crate::Sim::calm).
#[derive(Clone, Debug)]
pub struct Calm {
    within: Duration,
}

/// How much time there is, unless set otherwise.
const WITHIN: Duration = Duration::from_secs(60);

impl Calm {
    pub(crate) fn begin() -> Self {
        super::handle::heal(true);
        Calm { within: WITHIN }
    }

    /// How much virtual time there is from then on: a minute, unless set here.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// Waits until `progress` is made: looks at it again and again, a thousand times at least. If the
    /// time is up, the run fails as [`Liveness`](crate::FailureKind::Liveness) with the last reason.
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let calm = sim.calm().within(Duration::from_secs(30));
    ///     calm.until(|| Err("no node leads".to_owned())).await;
    /// });
    /// let failure = run.result.unwrap_err();
    /// assert_eq!(failure.kind, FailureKind::Liveness);
    /// assert_eq!(failure.message, "no progress within 30s of calm: no node leads");
    /// ```
    ///
    /// # Panics
    ///
    /// Its future, outside of a run.
    #[track_caller]
    pub fn until<F>(self, mut progress: F) -> impl Future<Output = ()> + use<F>
    where
        F: FnMut() -> Result<(), String>,
    {
        let (site, within) = (Location::caller(), self.within);
        let pause = (within / 1000).clamp(Duration::from_millis(1), Duration::from_secs(1));
        async move {
            let end = clock::now() + within;
            loop {
                let Err(reason) = progress() else { return };
                let left = end.saturating_duration_since(clock::now());
                if left.is_zero() {
                    machine::with("Calm::until", |world| {
                        let message = format!("no progress within {within:?} of calm: {reason}");
                        world.core.fail_at(FailureKind::Liveness, site, message);
                    });
                    std::future::pending::<()>().await;
                }
                clock::sleep(pause.min(left)).await;
            }
        }
    }
}
