//! A mutex written by hand loses a wake-up, and somebody waits for ever.
//!
//! Whoever finds it locked gives way once, since most locks are held briefly, and then leaves a waker
//! behind and sleeps. An unlock that falls between the look and the waker wakes nobody. With more jobs
//! than two a later unlock may still do it, so that only the last in the queue is lost for good.

use super::{
    Program,
    Version::{self, Buggy, Fixed},
};
use futures::FutureExt;
use reenact::{Sim, yield_now};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

pub(crate) const PROGRAM: Program = Program {
    name: "hand_mutex_wakeup",
    about: "A mutex looks whether it is locked, awaits, and registers its waker without looking again.",
    sizes: &[2, 4, 16],
    minimum: 1,
    minimum_in_words: "The waiter, having seen the lock held, is overtaken by the holder, who unlocks.",
    random_finds_it: true,
    body: |sim, version, size| run(sim, version, size).boxed_local(),
};

#[derive(Default)]
struct Mutex {
    locked: Cell<bool>,
    waiters: RefCell<VecDeque<Waker>>,
}

struct Guard<'a>(&'a Mutex);

impl Mutex {
    async fn lock(&self, version: Version) -> Guard<'_> {
        while self.locked.replace(true) {
            yield_now().await;
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
                Fixed => !self.locked.get(),
            };
            if asleep || unlocked {
                return Poll::Ready(());
            }
            asleep = true;
            self.waiters.borrow_mut().push_back(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.locked.set(false);
        let waiter = self.0.waiters.borrow_mut().pop_front();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}

async fn run(_sim: Sim, version: Version, size: usize) {
    let mutex = Rc::new(Mutex::default());
    let printed = Rc::new(Cell::new(0));
    let jobs: Vec<_> = (0..size)
        .map(|_| {
            let (mutex, printed) = (mutex.clone(), printed.clone());
            reenact::spawn(async move {
                let _guard = mutex.lock(version).await;
                let before = printed.get();
                // Two pages.
                yield_now().await;
                yield_now().await;
                printed.set(before + 1);
            })
        })
        .collect();
    for job in jobs {
        job.await.expect("no job panics");
    }
    assert_eq!(printed.get(), size, "two held the lock at once");
}
