//! When to say how far shrinking is: what takes less than ten seconds needs no words.
//!
//! Pure: it is told how long it has taken, and what is said is said elsewhere.

use super::trials::Effort;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// So many seconds lie between two lines.
const SECONDS: u64 = 10;

/// Remembers what was said.
#[derive(Default, Debug)]
pub(crate) struct Pace {
    /// Of how many times ten seconds.
    said: AtomicU64,
}

impl Pace {
    /// The line that is due, if one is.
    pub(crate) fn line(&self, name: &str, effort: &Effort) -> Option<String> {
        let seconds = effort.elapsed.as_secs();
        let due = seconds / SECONDS;
        (self.said.fetch_max(due, Relaxed) < due).then(|| {
            format!(
                "reenact: {name} failed and is being shrunk: {} runs in {seconds} s (REENACT_SHRINK=off leaves it as it was found)",
                effort.runs
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_line_comes_every_ten_seconds_and_none_before() {
        let pace = Pace::default();
        let mut lines = Vec::new();
        for tenth in 0..=250 {
            let effort =
                Effort { runs: tenth, elapsed: Duration::from_millis(100 * tenth), ..Effort::default() };
            lines.extend(pace.line("a test", &effort));
        }
        assert_eq!(
            lines,
            [
                "reenact: a test failed and is being shrunk: 100 runs in 10 s (REENACT_SHRINK=off leaves it as it was found)",
                "reenact: a test failed and is being shrunk: 200 runs in 20 s (REENACT_SHRINK=off leaves it as it was found)",
            ]
        );
    }

    #[test]
    fn a_run_that_takes_minutes_is_told_of_once() {
        let pace = Pace::default();
        let effort = Effort { runs: 3, elapsed: Duration::from_secs(95), ..Effort::default() };
        assert!(pace.line("a test", &effort).expect("due").contains("3 runs in 95 s"));
        assert_eq!(pace.line("a test", &effort), None);
    }
}
