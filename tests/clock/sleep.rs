//! Sleeping: as long as asked for, in whatever task, through whatever combinator.

use crate::common::{MILLI, Notes, SECOND, always, run};
use futures::{
    FutureExt, StreamExt,
    future::{Either, join_all, select},
    poll,
    stream::FuturesUnordered,
};
use reenact::{Record, Simulation, clock, spawn, yield_now};
use std::{
    cell::{Cell, RefCell},
    future::{pending, poll_fn},
    pin::{Pin, pin},
    rc::Rc,
    task::Poll,
    time::Duration,
};

/// Milliseconds since the run began.
fn millis() -> u128 {
    clock::now().since_start().as_millis()
}

#[test]
fn it_takes_as_long_as_asked_to_the_nanosecond() {
    run(|_| async {
        for nanos in [1, 999, 1_000_001, 86_399_000_000_000] {
            let (before, time) = (clock::now(), Duration::from_nanos(nanos));
            clock::sleep(time).await;
            assert_eq!(clock::now() - before, time);
        }
    });
}

#[test]
fn nothing_to_wait_for_is_no_wait() {
    let run = Simulation::new(1).run(|_| async {
        clock::sleep(MILLI).await;
        clock::sleep(Duration::ZERO).await;
        clock::sleep_until(clock::Instant::ZERO).await;
        clock::sleep_until(clock::now()).await;
    });
    assert_eq!(run.stats().polls, 2);
}

#[test]
fn it_counts_from_the_call_and_not_from_the_first_poll() {
    run(|_| async {
        let sleep = clock::sleep(5 * MILLI);
        clock::sleep(3 * MILLI).await;
        sleep.await;
        assert_eq!(millis(), 5);
    });
}

#[test]
fn for_ever_is_a_duration() {
    run(|_| async {
        let mut for_ever = pin!(clock::sleep(Duration::MAX));
        assert_eq!(for_ever.deadline(), clock::Instant::MAX);
        assert!(clock::timeout(SECOND, for_ever.as_mut()).await.is_err());
        for_ever.as_mut().reset(clock::now() + SECOND);
        for_ever.await;
        assert_eq!(millis(), 2_000);
        assert!(clock::timeout(SECOND, clock::timeout(Duration::MAX, pending::<()>())).await.is_err());
        drop(clock::interval(Duration::MAX));
        clock::call_later(Duration::MAX, || unreachable!("it is never due"));
        clock::sleep(SECOND).await;
    });
}

#[test]
fn it_knows_its_deadline_and_whether_it_has_passed() {
    run(|_| async {
        let mut sleep = pin!(clock::sleep(MILLI));
        assert!(!sleep.is_elapsed());
        clock::sleep(2 * MILLI).await;
        assert!(sleep.is_elapsed(), "also if nobody polled it");
        assert_eq!(sleep.deadline().since_start(), MILLI);
        sleep.as_mut().await;
        assert!(sleep.is_elapsed());
    });
}

#[test]
fn reset_to_earlier_ends_earlier_and_to_later_later() {
    run(|_| async {
        for (first, then) in [(10, 3), (3, 10), (5, 5), (5, 0)] {
            let start = clock::now();
            let mut sleep = pin!(clock::sleep(first * MILLI));
            assert!(poll!(sleep.as_mut()).is_pending());
            sleep.as_mut().reset(start + then * MILLI);
            sleep.await;
            assert_eq!(clock::now() - start, then * MILLI, "from {first} to {then}");
        }
    });
}

#[test]
fn reset_before_the_first_poll_and_after_the_end() {
    run(|_| async {
        let mut sleep = pin!(clock::sleep(9 * MILLI));
        sleep.as_mut().reset(clock::now() + MILLI);
        sleep.as_mut().await;
        assert_eq!(millis(), 1);
        for _ in 0..3 {
            sleep.as_mut().reset(clock::now() + MILLI);
            assert!(!sleep.is_elapsed());
            sleep.as_mut().await;
        }
        assert_eq!(millis(), 4);
    });
}

/// Whoever waits is woken at the new time, not at the old one.
#[test]
fn another_task_may_reset_what_a_task_waits_for() {
    for (time, ended) in [(2, 2), (9, 9), (0, 1)] {
        let polls = Rc::new(Cell::new(0));
        let counted = polls.clone();
        run(|_| async move {
            let sleep = Rc::new(RefCell::new(Box::pin(clock::sleep(5 * MILLI))));
            let (waits, waited) = (sleep.clone(), Rc::new(Cell::new(0)));
            let end = waited.clone();
            spawn(async move {
                poll_fn(|cx| {
                    counted.set(counted.get() + 1);
                    waits.borrow_mut().as_mut().poll(cx)
                })
                .await;
                end.set(millis());
            });
            clock::sleep(MILLI).await;
            sleep.borrow_mut().as_mut().reset(clock::Instant::ZERO + time * MILLI);
            clock::sleep(SECOND).await;
            assert_eq!(waited.get(), ended);
        });
        assert_eq!(polls.get(), 2, "no poll for the former time");
    }
}

#[test]
fn a_sleep_may_move_to_another_task() {
    always(10, |_| async {
        let notes = Notes::new();
        let mut sleep = Box::pin(clock::sleep(5 * MILLI));
        // This task polls it first; only the one that polls it last is woken.
        assert!(poll!(sleep.as_mut()).is_pending());
        let (noted, polls) = (notes.clone(), Rc::new(Cell::new(0)));
        let counted = polls.clone();
        spawn(async move {
            sleep.await;
            noted.put(millis());
        });
        let mut rest = pin!(clock::sleep(8 * MILLI));
        poll_fn(|cx| {
            counted.set(counted.get() + 1);
            rest.as_mut().poll(cx)
        })
        .await;
        assert_eq!(notes.all(), [5]);
        assert_eq!(polls.get(), 2, "the former owner was not woken");
    });
}

#[test]
fn it_may_be_waited_for_through_other_wakers() {
    always(10, |_| async {
        join_all((1..=5).map(|time| clock::sleep(time * MILLI))).await;
        assert_eq!(millis(), 5);
        let won = select(clock::sleep(3 * MILLI), clock::sleep(MILLI)).await;
        let Either::Right(((), mut loser)) = won else { panic!("the shorter is first") };
        assert_eq!(millis(), 6);
        // The loser was armed with another waker.
        (&mut loser).await;
        assert_eq!(millis(), 8);
        let mut all: FuturesUnordered<_> =
            [3, 1, 2].map(|time| clock::sleep(time * MILLI).map(move |()| time)).into_iter().collect();
        let mut order = Vec::new();
        while let Some(time) = all.next().await {
            order.push(time);
        }
        assert_eq!((order, millis()), (vec![1, 2, 3], 11));
    });
}

/// From a combinator to a task and back.
#[test]
fn it_may_change_the_kind_of_waker() {
    always(10, |_| async {
        let mut sleep: Pin<Box<clock::Sleep>> = Box::pin(clock::sleep(10 * MILLI));
        for _ in 0..3 {
            assert!(join_all([sleep.as_mut()]).now_or_never().is_none());
            assert!(poll!(sleep.as_mut()).is_pending());
            {
                let mut all: FuturesUnordered<_> = [sleep.as_mut()].into_iter().collect();
                assert!(poll!(all.next()).is_pending());
            }
            clock::sleep(MILLI).await;
        }
        let mut all: FuturesUnordered<_> = [sleep].into_iter().collect();
        assert!(poll!(all.next()).is_pending());
        spawn(async move {
            all.next().await;
            assert_eq!(millis(), 10);
        })
        .await
        .expect("no panic");
    });
}

#[test]
fn a_dropped_sleep_wakes_nobody() {
    let run = Simulation::new(1).run(|_| async {
        let mut polls = 0;
        let mut long = pin!(clock::sleep(SECOND));
        let mut short = Some(Box::pin(clock::sleep(MILLI)));
        poll_fn(|cx| {
            polls += 1;
            if let Some(mut short) = short.take() {
                assert!(short.as_mut().poll(cx).is_pending());
            }
            long.as_mut().poll(cx)
        })
        .await;
        polls
    });
    assert_eq!(run.stats().timers_fired, 1);
    assert_eq!(run.unwrap(), 2);
}

#[test]
fn a_million_dropped_time_outs_leave_nothing_behind() {
    let run = Simulation::new(1).record(Record::Digest).run(|_| async {
        for _ in 0..1_000_000 {
            let mut timeout = pin!(clock::timeout(30 * SECOND, pending::<()>()));
            assert!(poll!(timeout.as_mut()).is_pending());
        }
        assert_eq!(clock::now(), clock::Instant::ZERO);
        clock::sleep(MILLI).await;
    });
    assert_eq!((run.stats().steps, run.stats().timers_fired), (3, 1));
    assert_eq!(run.stats().virtual_time, MILLI);
    run.unwrap();
}

/// As a server has it: a time-out around each of many requests, which end in time.
#[test]
fn time_outs_that_do_not_strike_cost_no_steps_of_their_own() {
    let run = Simulation::new(1).record(Record::Digest).run(|_| async {
        for _ in 0..50_000 {
            clock::timeout(30 * SECOND, yield_now()).await.expect("in time");
        }
    });
    assert_eq!((run.stats().steps, run.stats().virtual_time), (50_001, Duration::ZERO));
    let foreign = Simulation::new(1).record(Record::Digest).run(|_| async {
        for _ in 0..10_000 {
            let ended = select(yield_now(), clock::sleep(30 * SECOND)).await;
            assert!(matches!(ended, Either::Left(_)));
        }
    });
    assert_eq!(foreign.stats().timers_fired, 0);
    foreign.unwrap();
}

#[test]
fn polled_again_after_its_end_it_is_still_over() {
    run(|_| async {
        let mut sleep = pin!(clock::sleep(MILLI));
        sleep.as_mut().await;
        assert_eq!(poll!(sleep.as_mut()), Poll::Ready(()));
        clock::sleep(MILLI).await;
        assert_eq!(poll!(sleep), Poll::Ready(()));
    });
}
