//! A counter loses an addition when two overlap.
//!
//! Each adder, as it begins, tells the next one to begin. The next one first warms up for a turn, so that the
//! additions follow each other as long as everybody takes turns.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::{FutureExt, channel::oneshot};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use tokio::sync::Mutex;

pub(crate) const RACE: Race = Race {
    name: "lost_update_tasks",
    about: "A counter is read, an await goes by, and it is written: what others wrote meanwhile is lost.",
    sizes: &[2, 5, 20],
    minimum: 1,
    minimum_in_words: "The first adder, having read, is overtaken by the second's warming up and reading.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

#[derive(Default)]
struct Counter {
    value: AtomicUsize,
    turn: Mutex<()>,
}

impl Counter {
    async fn add(&self, version: Version) {
        // The fix: nobody else adds between the reading and the writing.
        let _turn = match version {
            Buggy => None,
            Fixed => Some(self.turn.lock().await),
        };
        let value = self.value.load(Relaxed);
        rt::yield_now().await;
        self.value.store(value + 1, Relaxed);
    }
}

async fn run(version: Version, size: usize) {
    let counter = Arc::new(Counter::default());
    let mut begun = None;
    let adders: Vec<_> = (0..size)
        .map(|_| {
            let (begin, next) = oneshot::channel();
            let (begun, counter) = (begun.replace(next), counter.clone());
            rt::spawn(async move {
                if let Some(begun) = begun {
                    begun.await.expect("the one before begins");
                    rt::yield_now().await;
                }
                // The last one has nobody to tell.
                let _ = begin.send(());
                counter.add(version).await;
            })
        })
        .collect();
    for adder in adders {
        adder.await.expect("no adder panics");
    }
    assert_eq!(counter.value.load(Relaxed), size, "additions were lost");
}
