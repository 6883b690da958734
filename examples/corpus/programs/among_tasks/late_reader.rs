//! A reader takes what it finds for a whole, and finds it so only after a long writer's last turn.
//!
//! A writer appends entries, one a turn, and seals the list in a turn of its own. A reader, who has but one
//! turn, must not see a full list that is not sealed. A uniform walk lets it wait so long once in 2^25 runs.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::FutureExt;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

pub(crate) const RACE: Race = Race {
    name: "late_reader",
    about: "The last entry is appended and the list sealed with an await between the two.",
    sizes: &[25, 50],
    minimum: 1,
    minimum_in_words: "The reader is overtaken by all turns of the writer but the sealing.",
    random_finds_it: false,
    lopsided: true,
    body: |version, size| run(version, size).boxed(),
};

async fn run(version: Version, size: usize) {
    // Twice the number of entries, and one more if it is sealed.
    let list = Arc::new(AtomicUsize::new(0));
    let (read, written) = (list.clone(), list.clone());
    let reader = rt::spawn(async move {
        let list = read.load(Relaxed);
        assert_ne!(list, 2 * size, "a full list that is not sealed");
    });
    let writer = rt::spawn(async move {
        for entry in 1..=size {
            let sealed = match version {
                Buggy => 0,
                // The fix: the last entry comes with the seal.
                Fixed => usize::from(entry == size),
            };
            written.store(2 * entry + sealed, Relaxed);
            rt::yield_now().await;
        }
        written.store(2 * size + 1, Relaxed);
    });
    for task in [reader, writer] {
        task.await.expect("it does not panic");
    }
}
