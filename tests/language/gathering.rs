//! Many futures at once: all of them, the first of them, each as it comes.

use crate::common::{MILLI, always, run};
use futures::{
    FutureExt, StreamExt,
    future::{join, join_all, join3, select_all, try_join_all},
    stream::{FuturesOrdered, FuturesUnordered},
};
use reenact::{JoinSet, clock, draw, spawn, yield_now};
use std::time::Duration;

/// Comes after so many milliseconds.
async fn after(millis: u32) -> u32 {
    clock::sleep(millis * MILLI).await;
    millis
}

#[test]
fn join_all_waits_for_the_slowest_and_keeps_the_order() {
    always(10, |_| async {
        assert_eq!(join_all([5, 1, 3].map(after)).await, [5, 1, 3]);
        assert_eq!(clock::now().since_start(), 5 * MILLI);
        assert_eq!(join3(after(1), after(2), async { 3 }).await, (1, 2, 3));
    });
}

/// More than thirty, so that `join_all` uses wakers of its own for each.
#[test]
fn join_all_of_many() {
    always(5, |_| async {
        let times: Vec<u32> = (0..200).map(|_| draw::range(0..50u32)).collect();
        assert_eq!(join_all(times.iter().copied().map(after)).await, times);
        assert_eq!(clock::now().since_start(), *times.iter().max().expect("some") * MILLI);
    });
}

#[test]
fn try_join_all_gives_up_at_the_first_error() {
    run(|_| async {
        let work =
            |millis: u32| async move { if millis == 3 { Err(millis) } else { Ok(after(millis).await) } };
        assert_eq!(try_join_all([9, 3, 5].map(work)).await, Err(3));
        assert_eq!(clock::now().since_start(), Duration::ZERO);
    });
}

#[test]
fn unordered_futures_come_as_they_end() {
    always(10, |_| async {
        let mut all: FuturesUnordered<_> = [5, 1, 3].into_iter().map(after).collect();
        let mut came = Vec::new();
        while let Some(millis) = all.next().await {
            came.push(millis);
            if millis == 3 {
                all.push(after(1));
            }
        }
        assert_eq!(came, [1, 3, 1, 5]);
    });
}

#[test]
fn ordered_futures_come_in_their_order() {
    always(10, |_| async {
        let all: FuturesOrdered<_> = [5, 1, 3].into_iter().map(after).collect();
        assert_eq!(all.collect::<Vec<_>>().await, [5, 1, 3]);
        assert_eq!(clock::now().since_start(), 5 * MILLI);
    });
}

#[test]
fn the_first_of_many_is_enough() {
    always(10, |_| async {
        let (first, index, rest) = select_all([5, 1, 3].map(|millis| after(millis).boxed_local())).await;
        assert_eq!((first, index, rest.len()), (1, 1, 2));
    });
}

#[test]
fn a_join_set_gathers_tasks() {
    always(10, |_| async {
        let mut set = JoinSet::new();
        for millis in [5, 1, 3] {
            set.spawn(after(millis));
        }
        let mut came = Vec::new();
        while let Some(result) = set.join_next().await {
            came.push(result.expect("no panic"));
        }
        assert_eq!(came, [1, 3, 5]);
    });
}

/// Futures of one task take turns; tasks do too, in any order.
#[test]
fn futures_inside_one_task_are_not_tasks() {
    always(10, |_| async {
        let both = join(
            async {
                yield_now().await;
                spawn(async { 1 }).await.expect("no panic")
            },
            async {
                yield_now().await;
                2
            },
        );
        assert_eq!(both.await, (1, 2));
    });
}

/// Ten thousand sleeps in one future, ten thousand tasks in one set.
#[test]
fn very_many_are_no_trouble() {
    run(|_| async {
        let all: FuturesUnordered<_> = (0..10_000).map(|i| after(i % 100)).collect();
        assert_eq!(all.count().await, 10_000);
        let mut set = JoinSet::new();
        for i in 0..10_000 {
            set.spawn(after(i % 100));
        }
        assert_eq!(set.join_all().await.len(), 10_000);
        assert_eq!(clock::now().since_start(), 2 * 99 * MILLI);
    });
}
