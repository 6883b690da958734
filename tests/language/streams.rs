//! Streams: values that come one after the other.

use crate::common::{MILLI, always, run};
use futures::{Stream, StreamExt, stream};
use reenact::{clock, draw};
use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
};

/// Ticks as a stream of milliseconds.
fn ticks(every: u32) -> impl Stream<Item = u128> {
    stream::unfold(clock::interval(every * MILLI), |mut interval| async move {
        let tick = interval.tick().await;
        Some((tick.since_start().as_millis(), interval))
    })
}

#[test]
fn a_stream_comes_in_its_time() {
    run(|_| async {
        assert_eq!(ticks(5).take(4).collect::<Vec<_>>().await, [0, 5, 10, 15]);
        assert_eq!(clock::now().since_start(), 15 * MILLI);
    });
}

#[test]
fn streams_are_mapped_filtered_and_folded() {
    run(|_| async {
        let sum = ticks(1)
            .map(|tick| tick * 10)
            .filter(|tick| std::future::ready(tick % 20 == 0))
            .take_while(|tick| std::future::ready(*tick < 100))
            .fold(0, |sum, tick| async move { sum + tick });
        assert_eq!(sum.await, 20 + 40 + 60 + 80);
    });
}

#[test]
fn merged_streams_come_as_they_come() {
    always(10, |_| async {
        let named = |name: &'static str, every| ticks(every).skip(1).map(move |tick| (tick, name));
        let merged = stream::select(named("two", 2), named("three", 3)).take(7);
        let mut all: Vec<_> = merged.collect().await;
        assert!(all.is_sorted_by_key(|(tick, _)| *tick), "{all:?}");
        all.sort();
        assert_eq!(
            all,
            [(2, "two"), (3, "three"), (4, "two"), (6, "three"), (6, "two"), (8, "two"), (9, "three")]
        );
    });
}

/// At most three at a time: twelve of a millisecond take four.
#[test]
fn work_is_done_so_much_at_a_time() {
    always(10, |_| async {
        let work = |i: u32| async move {
            clock::sleep(MILLI).await;
            i
        };
        let in_order: Vec<_> = stream::iter(0..12).map(work).buffered(3).collect().await;
        assert_eq!(in_order, (0..12).collect::<Vec<_>>());
        assert_eq!(clock::now().since_start(), 4 * MILLI);
        let mut in_any_order: Vec<_> = stream::iter(0..12)
            .map(|i| async move {
                clock::sleep(draw::range(0..5u32) * MILLI).await;
                i
            })
            .buffer_unordered(3)
            .collect()
            .await;
        in_any_order.sort();
        assert_eq!(in_any_order, (0..12).collect::<Vec<_>>());
    });
}

#[test]
fn a_stream_may_be_written_by_hand() {
    struct Countdown(u32, Pin<Box<clock::Sleep>>);
    impl Stream for Countdown {
        type Item = u32;
        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
            if self.1.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let next = self.1.deadline() + MILLI;
            self.1.as_mut().reset(next);
            self.0 = match self.0.checked_sub(1) {
                Some(left) => left,
                None => return Poll::Ready(None),
            };
            Poll::Ready(Some(self.0))
        }
    }
    run(|_| async {
        let countdown = pin!(Countdown(3, Box::pin(clock::sleep(MILLI))));
        assert_eq!(countdown.collect::<Vec<_>>().await, [2, 1, 0]);
        assert_eq!(clock::now().since_start(), 4 * MILLI);
    });
}
