//! How much work shrinking may be.
//!
//! Pure data.

use std::time::Duration;

/// How hard a failing run is made small.
///
/// A run that fails is tried again with fewer and simpler decisions for as long as it fails in the same
/// way. What is counted is work, not time, so the result is the same on every machine and for every
/// number of threads.
///
/// ```
/// use reenact::{Check, Shrink, draw};
///
/// let check = Check::new("a sum").seeds(50);
/// let test = |_sim| async {
///     let numbers = draw::vec(0..50, |_| draw::below(1_000));
///     assert!(numbers.iter().sum::<u64>() < 900);
/// };
/// let report = check.clone().report(test);
/// assert!(report.findings()[0].tape().len() <= 4, "at most two elements, each there and of a value");
/// // Without shrinking, the tape is the seed.
/// let report = check.shrink(Shrink::off()).report(test);
/// assert!(report.findings()[0].tape().is_empty());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "it does nothing until it is given to `Check::shrink`"]
pub struct Shrink {
    pub(crate) runs: u64,
    pub(crate) steps: u64,
    pub(crate) wall: Option<Duration>,
}

impl Default for Shrink {
    /// At most 2,000 runs and 50 million steps for each finding, however long that takes.
    fn default() -> Self {
        Shrink { runs: 2_000, steps: 50_000_000, wall: None }
    }
}

impl Shrink {
    /// Leaves a failing run as it was found.
    pub fn off() -> Self {
        Shrink::default().runs(0)
    }

    /// At most so many runs for each finding; with 0, a failing run is left as it was found.
    pub fn runs(mut self, runs: u64) -> Self {
        self.runs = runs;
        self
    }

    /// At most so many steps, of all these runs together.
    pub fn steps(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Stops after so much real time, and says so: then the result depends on the machine.
    pub fn wall(mut self, limit: Duration) -> Self {
        self.wall = Some(limit);
        self
    }
}
