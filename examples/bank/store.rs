//! Where the money is: balances behind a journal, as a database keeps them.
//!
//! The store does what it is told, as often as it is told. That a transfer is carried out once is
//! the affair of the server.

use crate::protocol::{Answer, Transfer};
use reenact::{clock, trace};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long the disk takes to keep an entry of the journal.
const JOURNAL: Duration = Duration::from_millis(4);

pub(crate) struct Store {
    balances: Mutex<BTreeMap<String, u32>>,
    total: u32,
}

impl Store {
    pub(crate) fn new(opening: impl IntoIterator<Item = (String, u32)>) -> Self {
        let balances: BTreeMap<String, u32> = opening.into_iter().collect();
        Store { total: balances.values().sum(), balances: Mutex::new(balances) }
    }

    /// Moves the money, once the journal has it. Both balances change in one go: no one sees, or
    /// overwrites, half a transfer.
    pub(crate) async fn transfer(&self, transfer: &Transfer) -> Answer {
        clock::sleep(JOURNAL).await;
        let mut balances = self.balances();
        let Transfer { id, from, to, amount } = transfer;
        let (Some(&has), true) = (balances.get(from), balances.contains_key(to)) else {
            return Answer::Invalid;
        };
        let Some(left) = has.checked_sub(*amount) else { return Answer::Refused };
        balances.insert(from.clone(), left);
        *balances.entry(to.clone()).or_default() += amount;
        trace::mark("applies", id);
        assert_eq!(balances.values().sum::<u32>(), self.total, "money was made or lost by {id}");
        Answer::Done
    }

    pub(crate) fn balance(&self, account: &str) -> Option<u32> {
        self.balances().get(account).copied()
    }

    fn balances(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        // Whoever panicked with the lock held has failed the run already.
        self.balances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
