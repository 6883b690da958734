//! How much of a program a sweep has seen, as data and in a sentence.
//!
//! Pure.

use super::numbers::grouped;
use reenact_sim::Survey;
use std::{collections::BTreeSet, fmt};

/// How much of a program a sweep has seen, from the runs that passed.
///
/// ```
/// use reenact::{Check, yield_now};
///
/// // Two tasks of two turns each can take them in six orders.
/// let report = Check::new("two chains").seeds(100).report(|_sim| async {
///     let tasks = [(); 2].map(|_| reenact::spawn(yield_now()));
///     for task in tasks {
///         task.await.unwrap();
///     }
/// });
/// let progress = report.progress();
/// assert_eq!((progress.runs(), progress.orders() >= 6), (102, true));
/// assert!(progress.to_string().starts_with("102 runs of "));
/// // Of a bug that shows in one run of 34, 102 runs would have missed one in twenty.
/// assert!(progress.missed(0.03) < 0.05 && progress.missed(0.02) > 0.05);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    runs: u64,
    orders: BTreeSet<u64>,
    picks: u64,
    ready: u64,
    widest: u64,
}

impl Progress {
    /// Takes a run into account.
    pub(crate) fn add(&mut self, survey: Survey) {
        self.runs += 1;
        self.orders.insert(survey.class);
        self.picks += survey.picks;
        self.ready += survey.ready;
        self.widest = self.widest.max(survey.widest);
    }

    /// How many runs passed.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// In how many of these runs each node saw another sequence of its polls and of what arrived there.
    ///
    /// This approximates the classes of the happens-before order: all that a node does counts as
    /// dependent, so there may be fewer classes than this, and what two nodes do as independent of each
    /// other, apart from messages. When it happened does not count.
    pub fn orders(&self) -> u64 {
        self.orders.len() as u64
    }

    /// How often a run picked among several ready tasks, in the mean.
    pub fn picks(&self) -> f64 {
        self.picks as f64 / self.runs.max(1) as f64
    }

    /// Among how many ready tasks they were, in the mean; 0 if there were no such picks.
    pub fn width(&self) -> f64 {
        self.ready as f64 / self.picks.max(1) as f64
    }

    /// And among how many at the most.
    pub fn widest(&self) -> u64 {
        self.widest
    }

    /// The probability with which these runs would all have passed, had there been a bug that shows in a
    /// run with probability `p`, of the kind of runs that were made.
    pub fn missed(&self, p: f64) -> f64 {
        (1.0 - p.clamp(0.0, 1.0)).powf(self.runs as f64)
    }

    /// How often runs picked among several ready tasks, and how many were ready then, over all runs.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.picks, self.ready)
    }

    /// A bug that shows in one run of so many would have been missed with a probability of a twentieth.
    pub(crate) fn one_in(&self) -> u64 {
        let p = 1.0 - 0.05f64.powf(1.0 / self.runs.max(1) as f64);
        (1.0 / p).round() as u64
    }

    /// What was seen, and, if there was a run, what may have been missed.
    pub(crate) fn words(&self) -> (String, Option<String>) {
        let (runs, orders) = (self.runs, self.orders());
        let s = |n: u64| if n == 1 { "" } else { "s" };
        let mut seen =
            format!("{} run{} of {} distinct order{}", grouped(runs), s(runs), grouped(orders), s(orders));
        if self.picks == 0 {
            seen += "; never more than one task was ready";
        } else {
            let (picks, width) = (self.picks(), self.width());
            seen +=
                &format!("; {picks:.1} picks a run, among {width:.1} ready tasks (at most {})", self.widest);
        }
        let missed = || {
            let one_in = grouped(self.one_in());
            format!("a bug that shows in 1 run of {one_in} is missed so by 1 sweep in 20")
        };
        (seen, (runs > 0).then(missed))
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seen, missed) = self.words();
        f.write_str(&seen)?;
        missed.map_or(Ok(()), |missed| write!(f, "; {missed}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use reenact_sim::Survey;

    #[test]
    fn it_is_said_in_a_sentence() {
        let mut progress = Progress::default();
        assert_eq!(progress.to_string(), "0 runs of 0 distinct orders; never more than one task was ready");
        for class in [1, 2, 2] {
            progress.add(Survey { class, picks: 4, ready: 10, widest: 3 + class });
        }
        assert_eq!(
            progress.to_string(),
            "3 runs of 2 distinct orders; 4.0 picks a run, among 2.5 ready tasks (at most 5); a bug that shows \
             in 1 run of 2 is missed so by 1 sweep in 20"
        );
    }
}
