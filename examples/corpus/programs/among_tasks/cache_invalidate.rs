//! A cache fills itself with a value that was invalidated while it was on its way.
//!
//! A reader's miss takes the value from the database and, a turn later, puts it into the cache. A writer
//! writes to the database and, a turn later, lets the cache forget. Bigger sizes have more keys.

use super::{
    Race,
    Version::{self, Buggy},
    rt,
};
use futures::FutureExt;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering::Relaxed},
};

pub(crate) const RACE: Race = Race {
    name: "cache_invalidate_tasks",
    about: "An invalidation removes what the cache holds, but not what it is just fetching.",
    sizes: &[1, 4, 16],
    minimum: 2,
    minimum_in_words: "The writer is overtaken by the reader, who sees the old value; and the reader by the \
                       writer, who invalidates.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

#[derive(Default)]
struct Key {
    database: AtomicU32,
    /// What is held, and how often it was invalidated.
    cache: Mutex<(Option<u32>, u32)>,
}

async fn write(key: Arc<Key>) {
    key.database.store(1, Relaxed);
    rt::yield_now().await;
    let mut cache = key.cache.lock().expect("no panic");
    *cache = (None, cache.1 + 1);
}

async fn read(version: Version, key: Arc<Key>) {
    let before = *key.cache.lock().expect("no panic");
    if before.0.is_some() {
        return;
    }
    let fetched = key.database.load(Relaxed);
    rt::yield_now().await;
    let mut cache = key.cache.lock().expect("no panic");
    // The fix: what was fetched before an invalidation is as old as what was held.
    if version == Buggy || cache.1 == before.1 {
        cache.0 = Some(fetched);
    }
}

async fn run(version: Version, size: usize) {
    let keys: Vec<Arc<Key>> = (0..size).map(|_| Arc::default()).collect();
    let mut tasks = Vec::new();
    for key in &keys {
        tasks.push(rt::spawn(write(key.clone())));
        tasks.push(rt::spawn(read(version, key.clone())));
    }
    for task in tasks {
        task.await.expect("it does not panic");
    }
    for key in keys {
        let (held, database) = (key.cache.lock().expect("no panic").0, key.database.load(Relaxed));
        assert!(held.is_none_or(|held| held == database), "the cache holds what the database does not");
    }
}
