//! The smallest run found so far, and how a candidate comes to take its place.
//!
//! Pure: candidates go out, runs come back. A candidate is a list of decisions over the empty tape; if
//! its run fails in the same way, what that run *realised* is adopted, if it is smaller. So a decision
//! that nobody asked for is gone at once, and a delay that was too long has its true length.

use super::{
    size::{Size, Weight},
    trials::{Trial, Trials},
};
use reenact_sim::Choice;

/// The smallest run found so far.
pub(super) struct Search<'a, T> {
    pub(super) trials: &'a mut T,
    /// What it decided, as it was decided.
    pub(super) best: Vec<Choice>,
    pub(super) size: Size,
}

impl<T: Trials> Search<'_, T> {
    /// Tries a candidate; says whether it was adopted.
    pub(super) fn adopt(&mut self, candidate: &[Choice]) -> bool {
        self.trials.run(candidate).is_some_and(|trial| self.judge(&trial))
    }

    /// Adopts a run if it fails in the same way and is smaller.
    pub(super) fn judge(&mut self, trial: &Trial) -> bool {
        if !trial.same {
            return false;
        }
        let realised = trial.decided.realised();
        let size = Size::of(&realised, trial.steps);
        let smaller = size < self.size;
        if smaller {
            (self.best, self.size) = (realised, size);
        }
        smaller
    }

    /// Tries what is left with only these.
    pub(super) fn adopt_only(&mut self, keep: impl Fn(&Choice) -> bool) -> bool {
        let candidate = self.only(keep);
        candidate.len() < self.best.len() && self.adopt(&candidate)
    }

    /// These of the decisions that are left.
    pub(super) fn only(&self, keep: impl Fn(&Choice) -> bool) -> Vec<Choice> {
        self.best.iter().filter(|choice| keep(choice)).copied().collect()
    }

    /// Whether a decision is still left, whatever is answered.
    pub(super) fn has(&self, choice: &Choice) -> bool {
        self.best.iter().any(|other| is_same(other, choice))
    }
}

/// Whether it is the same decision, whatever was answered.
pub(super) fn is_same(one: &Choice, other: &Choice) -> bool {
    (one.stream, one.seq) == (other.stream, other.seq)
}

/// Whether it decides what comes before what.
pub(super) fn is_order(choice: &Choice) -> bool {
    Weight::of(choice.entry.kind) == Weight::Order
}

/// The same decision with another answer.
pub(super) fn valued(mut choice: Choice, value: u64) -> Choice {
    choice.entry.value = value;
    choice
}
