//! Among a hundred tasks, an auditor must look between two turns of the one that works longest.
//!
//! Clients come and go in three turns each. A settler works through thirty accounts, one a turn; at the last
//! one money is under way for a turn. An auditor, who has one turn, must not find money missing.

use super::{
    Race,
    Version::{self, Buggy},
    rt,
};
use futures::FutureExt;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

pub(crate) const RACE: Race = Race {
    name: "audit_window",
    about: "Money leaves one account and reaches the other after an await, and is in neither meanwhile.",
    sizes: &[97],
    minimum: 1,
    minimum_in_words: "The auditor is overtaken by all clients, and by the settler up to its last turn but one.",
    random_finds_it: false,
    lopsided: true,
    body: |version, size| run(version, size).boxed(),
};

/// How many accounts are settled.
const ACCOUNTS: usize = 30;
const TOTAL: usize = 100;

async fn run(version: Version, size: usize) {
    let (money, served) = (Arc::new(AtomicUsize::new(TOTAL)), Arc::new(AtomicUsize::new(0)));
    let (seen, settled) = (money.clone(), money.clone());
    let auditor = rt::spawn(async move { assert_eq!(seen.load(Relaxed), TOTAL, "money is missing") });
    let mut tasks = vec![auditor];
    for _ in 0..size {
        let served = served.clone();
        tasks.push(rt::spawn(async move {
            rt::yield_now().await;
            rt::yield_now().await;
            served.fetch_add(1, Relaxed);
        }));
    }
    tasks.push(rt::spawn(async move {
        for _ in 0..ACCOUNTS {
            rt::yield_now().await;
        }
        settled.fetch_sub(1, Relaxed);
        // The fix: it reaches the other in the same turn.
        if version == Buggy {
            rt::yield_now().await;
        }
        settled.fetch_add(1, Relaxed);
    }));
    for task in tasks {
        task.await.expect("it does not panic");
    }
    assert_eq!((money.load(Relaxed), served.load(Relaxed)), (TOTAL, size));
}
