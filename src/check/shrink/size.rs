//! Which of two failing runs is the simpler one.
//!
//! Pure.

use reenact_sim::{Choice, Kind};

/// What a decision is about, the heaviest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Weight {
    /// Something goes wrong.
    Fault,
    /// Something comes in another order.
    Order,
    /// The test does something.
    Data,
}

impl Weight {
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Loss | Kind::Duplicate | Kind::Corrupt | Kind::Fail => Weight::Fault,
            Kind::Buggify | Kind::Cancel | Kind::Late => Weight::Fault,
            Kind::Crash | Kind::Kill | Kind::Pause | Kind::Partition | Kind::Clock | Kind::Close => {
                Weight::Fault
            }
            Kind::Swarm | Kind::Lasts => Weight::Fault,
            Kind::User | Kind::Keep => Weight::Data,
            _ => Weight::Order,
        }
    }
}

/// The size of a run: smaller is simpler.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Size {
    faults: usize,
    orders: usize,
    data: usize,
    steps: u64,
    values: u128,
}

impl Size {
    pub(super) fn of(decisions: &[Choice], steps: u64) -> Self {
        let count =
            |weight| decisions.iter().filter(|choice| Weight::of(choice.entry.kind) == weight).count();
        Size {
            faults: count(Weight::Fault),
            orders: count(Weight::Order),
            data: count(Weight::Data),
            steps,
            values: decisions.iter().map(|choice| u128::from(choice.entry.value)).sum(),
        }
    }

    /// How many decisions that something comes in another order.
    pub(super) fn orders(self) -> usize {
        self.orders
    }
}
