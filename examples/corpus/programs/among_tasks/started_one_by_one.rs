//! Workers are started one by one, and the first is already at work when somebody looks at the last.
//!
//! A starter starts a worker a turn; each marks itself as begun and, a turn later, as ready. Then the starter
//! tells, in a turn of its own, that all are there. A monitor looks once: if all have begun, it must be told.

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
    name: "started_one_by_one",
    about: "That all workers are there is told after an await, when they have long begun.",
    sizes: &[10, 40],
    minimum: 1,
    minimum_in_words: "The monitor is overtaken by all of the starter's turns but the last, and by the workers.",
    random_finds_it: false,
    lopsided: true,
    body: |version, size| run(version, size).boxed(),
};

#[derive(Default)]
struct Team {
    begun: AtomicUsize,
    ready: AtomicUsize,
    told: AtomicBool,
}

async fn run(version: Version, size: usize) {
    let team = Arc::new(Team::default());
    let (seen, started) = (team.clone(), team.clone());
    let monitor = rt::spawn(async move {
        let all = seen.begun.load(Relaxed) == size;
        assert!(!all || seen.told.load(Relaxed), "all have begun, and nobody told so");
    });
    let starter = rt::spawn(async move {
        let mut workers = Vec::new();
        for number in 1..=size {
            let team = started.clone();
            workers.push(rt::spawn(async move {
                team.begun.fetch_add(1, Relaxed);
                rt::yield_now().await;
                team.ready.fetch_add(1, Relaxed);
            }));
            if version == Fixed && number == size {
                // The fix: it is told before the last can begin.
                started.told.store(true, Relaxed);
            }
            rt::yield_now().await;
        }
        rt::yield_now().await;
        started.told.store(true, Relaxed);
        for worker in workers {
            worker.await.expect("no worker panics");
        }
    });
    for task in [monitor, starter] {
        task.await.expect("it does not panic");
    }
    assert_eq!(team.ready.load(Relaxed), size);
}
