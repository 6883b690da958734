//! Workloads of tasks and timers only.

use crate::measure::{Work, resident, simulate};
use reenact::{clock, draw, spawn, yield_now};
use std::time::Duration;

pub(crate) const YIELDS: u64 = 1000;
pub(crate) const SLEEPS: u64 = 10;
const BATCH: u64 = 1000;
const IDLE: Duration = Duration::from_secs(3600);

/// `n` tasks that each yield a thousand times.
pub(crate) fn yields(n: u64, seed: u64) -> Work {
    Work::of(simulate(seed, move |_| async move {
        let tasks: Vec<_> = (0..n)
            .map(|_| {
                spawn(async {
                    for _ in 0..YIELDS {
                        yield_now().await;
                    }
                    YIELDS
                })
            })
            .collect();
        let mut ops = 0;
        for task in tasks {
            ops += task.await.expect("it ends");
        }
        ops
    }))
}

/// `n` tasks spawned and joined in batches of a thousand.
pub(crate) fn spawns(n: u64, seed: u64) -> Work {
    Work::of(simulate(seed, move |_| async move {
        let (mut ops, mut left) = (0, n);
        let mut tasks = Vec::new();
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            tasks.extend((0..batch).map(|_| spawn(async { 1 })));
            for task in tasks.drain(..) {
                ops += task.await.expect("it ends");
            }
        }
        ops
    }))
}

/// `n` tasks that each sleep ten times, for 1 to 1,000 ms.
pub(crate) fn timers(n: u64, seed: u64) -> Work {
    Work::of(simulate(seed, move |_| async move {
        let tasks: Vec<_> = (0..n)
            .map(|_| {
                spawn(async {
                    for _ in 0..SLEEPS {
                        clock::sleep(Duration::from_millis(draw::range(1..=1000))).await;
                    }
                    SLEEPS
                })
            })
            .collect();
        let mut ops = 0;
        for task in tasks {
            ops += task.await.expect("it ends");
        }
        ops
    }))
}

/// Resident memory of `n` tasks in one long sleep.
pub(crate) fn idle_tasks(n: u64, seed: u64) -> Work {
    let run = simulate(seed, move |_| async move {
        let before = resident("VmRSS:");
        let tasks: Vec<_> = (0..n)
            .map(|_| {
                spawn(async {
                    clock::sleep(IDLE).await;
                    1
                })
            })
            .collect();
        clock::sleep(IDLE / 2).await;
        let after = resident("VmRSS:");
        let mut ops = 0;
        for task in tasks {
            ops += task.await.expect("it ends");
        }
        (ops, (before, after))
    });
    let (virtual_ns, digest) = (run.stats().virtual_time.as_nanos(), run.digest());
    let (ops, idle) = run.unwrap();
    Work { ops, virtual_ns, digest, idle: Some(idle) }
}
