//! How a run failed, to be compared with how another did.
//!
//! Pure.

use crate::outcome::Outcome;
use reenact_sim::Failure;

/// A run that failed and was not written down.
pub(crate) struct Failed {
    pub(crate) failure: Failure,
    pub(super) digest: u64,
}

impl Failed {
    pub(crate) fn of(outcome: &Outcome<()>) -> Option<Self> {
        let failure = outcome.result.as_ref().err()?.clone();
        Some(Failed { failure, digest: outcome.digest() })
    }

    /// Whether another run ended in the same way. Messages are not compared: a set may print its
    /// elements in any order.
    pub(super) fn is_like(&self, other: &Failed) -> bool {
        let ended = |failed: &Failed| {
            let Failure { kind, location, node, task, at, step, .. } = failed.failure.clone();
            (failed.digest, kind, location, node, task, at, step)
        };
        ended(self) == ended(other)
    }
}

/// How a run ended, in words that differ where two ends do.
pub(super) fn ending(failed: Option<&Failed>) -> String {
    let Some(Failed { failure, digest }) = failed else { return "passed".to_owned() };
    let Failure { kind, location, at, step, .. } = failure;
    let place = location.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
    format!("failed ({kind}{place}, t={at}, step {step}, digest {digest:016x})")
}
