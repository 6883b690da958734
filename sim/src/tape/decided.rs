//! What a run decided, as it was taken: what a tape of it is made from.
//!
//! Pure data. Which of it is needed to fail is found out elsewhere.

use super::{
    entry::{Choice, Entry, Kind},
    order::{Order, Readiness},
};
use crate::{hash, id::StreamId};

/// The stream of a task's places in the schedule, from its path.
pub(crate) fn schedule_stream(path: u64) -> u64 {
    hash::combine(path, hash::bytes(b"schedule"))
}

/// What a run decided: everything that a tape could say of it.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// The decisions asked of the tape, also those with the simplest answer, as they were taken.
    pub choices: Vec<Choice>,
    /// Who became ready, and who ran.
    pub order: Order,
}

impl Decided {
    /// The order as decisions: each task that was overtaken when it was ready, by how many.
    pub fn moves(&self) -> impl Iterator<Item = Choice> + '_ {
        self.order.pass_counts().into_iter().map(|(event, value)| self.of_schedule(event, value))
    }

    /// The decision that a task, when it became ready by this event of the order, is overtaken by so
    /// many.
    pub fn of_schedule(&self, event: u32, value: u64) -> Choice {
        let Readiness { path, readiness: seq, moment } = self.order.events()[event as usize];
        let entry = Entry { kind: Kind::Schedule, n: 0, value };
        Choice { stream: StreamId(schedule_stream(path)), seq, entry, moment }
    }

    /// The decisions that were not the simplest, the order's among them, as they were taken.
    pub fn realised(&self) -> Vec<Choice> {
        let taken = self.choices.iter().filter(|choice| choice.entry.value != 0).copied();
        let mut realised: Vec<Choice> = self.moves().chain(taken).collect();
        realised.sort_by_key(|choice| (choice.moment.step, choice.moment.event, choice.stream, choice.seq));
        realised
    }
}
