//! A pass that puts a fault at another moment.
//!
//! A bug that needs a fault between two steps is found at a moment that happens to lie there, in the
//! midst of latencies that led the run to it. None of them can be taken away while the fault stays where
//! it is. So all that is decided of the order makes way at once, and the fault looks for its moment
//! again, in its slot of time.
//!
//! Pure.

use super::{
    search::{Search, is_order, is_same, valued},
    trials::Trials,
};
use reenact_sim::{Choice, Kind};

/// So many moments of a slot are tried.
const MOMENTS: u64 = 50;
/// With more faults than this, none is moved.
const FEW: usize = 4;

impl<T: Trials> Search<'_, T> {
    /// Does without any order, with one of the faults at another moment.
    pub(super) fn another_moment(&mut self) {
        let rest = self.only(|choice| !is_order(choice));
        let faults: Vec<Choice> = rest.iter().filter(|choice| is_timed(choice)).copied().collect();
        if self.size.orders() == 0 || faults.len() > FEW {
            return;
        }
        for fault in faults {
            let others: Vec<Choice> =
                rest.iter().filter(|choice| !is_same(choice, &fault)).copied().collect();
            let apart = (fault.entry.n / MOMENTS).max(1);
            let found = (1..fault.entry.n).step_by(apart as usize).any(|moment| {
                let mut candidate = others.clone();
                candidate.push(valued(fault, moment));
                self.adopt(&candidate)
            });
            if found {
                return;
            }
        }
    }
}

/// Whether it is a fault whose value is a moment.
fn is_timed(choice: &Choice) -> bool {
    use Kind::{Clock, Close, Crash, Kill, Partition, Pause};
    matches!(choice.entry.kind, Crash | Kill | Pause | Partition | Clock | Close)
}
