//! A mutex written by hand loses a wake-up, and somebody waits for ever.
//!
//! Whoever finds it locked gives way once, since most locks are held briefly, and then leaves a waker
//! behind and sleeps. An unlock that falls between the look and the waker wakes nobody. With more jobs
//! than two a later unlock may still do it, so that only the last in the queue is lost for good.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::FutureExt;
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Arc, Mutex as Locked,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::{Poll, Waker},
};

pub(crate) const RACE: Race = Race {
    name: "hand_mutex_wakeup",
    about: "A mutex looks whether it is locked, awaits, and registers its waker without looking again.",
    sizes: &[2, 4, 16],
    minimum: 1,
    minimum_in_words: "The waiter, having seen the lock held, is overtaken by the holder, who unlocks.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

#[derive(Default)]
struct Mutex {
    locked: AtomicBool,
    waiters: Locked<VecDeque<Waker>>,
}

struct Guard<'a>(&'a Mutex);

impl Mutex {
    async fn lock(&self, version: Version) -> Guard<'_> {
        while self.locked.swap(true, Relaxed) {
            rt::yield_now().await;
            self.sleep(version).await;
        }
        Guard(self)
    }

    /// Until somebody unlocks.
    async fn sleep(&self, version: Version) {
        let mut asleep = false;
        poll_fn(|cx| {
            // The fix: it may have been unlocked since it was looked at. Nobody would wake us.
            let unlocked = match version {
                Buggy => false,
                Fixed => !self.locked.load(Relaxed),
            };
            if asleep || unlocked {
                return Poll::Ready(());
            }
            asleep = true;
            self.waiters.lock().expect("no panic").push_back(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.locked.store(false, Relaxed);
        let waiter = self.0.waiters.lock().expect("no panic").pop_front();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}

async fn run(version: Version, size: usize) {
    let mutex = Arc::new(Mutex::default());
    let printed = Arc::new(AtomicUsize::new(0));
    let jobs: Vec<_> = (0..size)
        .map(|_| {
            let (mutex, printed) = (mutex.clone(), printed.clone());
            rt::spawn(async move {
                let _guard = mutex.lock(version).await;
                let before = printed.load(Relaxed);
                // Two pages.
                rt::yield_now().await;
                rt::yield_now().await;
                printed.store(before + 1, Relaxed);
            })
        })
        .collect();
    for job in jobs {
        job.await.expect("no job panics");
    }
    assert_eq!(printed.load(Relaxed), size, "two held the lock at once");
}
