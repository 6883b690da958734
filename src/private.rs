//! What the macros write calls to. No part of the public face: it may change in every release.
//!
//! Rim.

use crate::{check::Check, world::Sim};
use reenact_sim::MainOutput;

pub use crate::check::Site;
pub use reenact_sim::{buggify, claim, draw::select_start};

/// What `#[reenact::test]` expands to.
#[track_caller]
pub fn run_test<F, Fut>(site: Site, configure: impl FnOnce(Check) -> Check, body: F)
where
    F: Fn(Sim) -> Fut + Send + Sync,
    Fut: Future + 'static,
    Fut::Output: MainOutput,
{
    configure(Check::new(site.path()).at(site)).run(body);
}

/// After how long a poll is said to be stuck, for tests of that.
pub fn set_watchdog(limit: std::time::Duration) {
    crate::watchdog::set_limit(limit);
}
