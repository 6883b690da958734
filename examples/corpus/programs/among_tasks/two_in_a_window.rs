//! Two short tasks must both fall into one late moment of a long one.
//!
//! A migration moves rows, one a turn, and opens the new table for one turn before it locks it. Two clients
//! have one turn each: if both write in that turn, the second overwrites the first.

use super::{
    Race,
    Version::{self, Fixed},
    rt,
};
use futures::FutureExt;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

pub(crate) const RACE: Race = Race {
    name: "two_in_a_window",
    about: "A table is open before it is locked, and nobody expects two writers so early.",
    sizes: &[15, 30],
    minimum: 2,
    minimum_in_words: "Both clients are overtaken by all of the migration up to the opening.",
    random_finds_it: false,
    lopsided: true,
    body: |version, size| run(version, size).boxed(),
};

#[derive(Default)]
struct Table {
    open: AtomicBool,
    early: AtomicUsize,
}

async fn run(version: Version, size: usize) {
    let table = Arc::new(Table::default());
    let write = |_| {
        let table = table.clone();
        rt::spawn(async move {
            if table.open.load(Relaxed) {
                let before = table.early.fetch_add(1, Relaxed);
                // The fix: the first one locks.
                if version == Fixed {
                    table.open.store(false, Relaxed);
                }
                assert_eq!(before, 0, "the second overwrites the first");
            }
        })
    };
    let mut tasks: Vec<_> = (0..2).map(write).collect();
    let migrated = table.clone();
    tasks.push(rt::spawn(async move {
        for _ in 0..size {
            rt::yield_now().await;
        }
        migrated.open.store(true, Relaxed);
        rt::yield_now().await;
        migrated.open.store(false, Relaxed);
    }));
    for task in tasks {
        task.await.expect("it does not panic");
    }
}
