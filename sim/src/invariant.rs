//! Invariants: what must hold after every step, as data.
//!
//! Seam. They are looked at in `assert`, between steps, in the order in which they were set. A run
//! without any pays nothing for them.

use crate::{
    claim::{Claim, Claims, Tally},
    id::{NodeId, TaskId},
};
use std::{borrow::Cow, panic::Location};

/// What is looked at.
pub(crate) type Check = Box<dyn FnMut() -> Result<(), String>>;

/// An invariant.
pub(crate) struct Invariant {
    pub(crate) name: String,
    /// Where it was set.
    pub(crate) site: &'static Location<'static>,
    pub(crate) check: Check,
    pub(crate) held: u64,
    pub(crate) failed: u64,
}

/// The invariants of a run.
pub(crate) struct Invariants {
    pub(crate) list: Vec<Invariant>,
    /// Whether they were looked at since the last step.
    looked: bool,
    /// Who acted last.
    pub(crate) acted: (NodeId, TaskId),
}

impl Default for Invariants {
    fn default() -> Self {
        Invariants { list: Vec::new(), looked: false, acted: (NodeId::TEST, TaskId::NONE) }
    }
}

impl Invariants {
    /// Whether it is time to look at them: once between two steps.
    pub(crate) fn are_due(&mut self) -> bool {
        if self.list.is_empty() {
            return false;
        }
        self.looked = !self.looked;
        self.looked
    }

    /// Notes who acts.
    pub(crate) fn act(&mut self, node: NodeId, task: TaskId) {
        self.acted = (node, task);
    }

    /// Ends them, with what was seen of them; the rest is to be dropped outside.
    pub(crate) fn end(&mut self, claims: &mut Claims) -> Vec<Check> {
        let ended = std::mem::take(self).list.into_iter().map(|invariant| {
            let Invariant { name, check, held, failed, .. } = invariant;
            claims.add(Claim::Invariant, Cow::Owned(name), Tally { held, failed });
            check
        });
        ended.collect()
    }
}
