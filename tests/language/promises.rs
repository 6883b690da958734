//! Futures and promises: one side keeps what the other waits for.

use crate::common::{MILLI, Notes, always, run};
use futures::{
    FutureExt, TryFutureExt,
    channel::oneshot::{self, Canceled},
    future::{self, Either},
};
use reenact::{clock, spawn};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

#[test]
fn a_promise_is_kept_by_another_task() {
    always(20, |sim| async move {
        let (promise, future) = oneshot::channel();
        sim.node("a").spawn(async move {
            clock::sleep(MILLI).await;
            promise.send("kept").expect("somebody waits");
        });
        assert_eq!(future.await, Ok("kept"));
        assert_eq!(clock::now().since_start(), MILLI);
    });
}

#[test]
fn a_promise_may_be_kept_by_a_callback() {
    run(|_| async {
        let (promise, future) = oneshot::channel();
        clock::call_later(MILLI, move || promise.send(7).expect("somebody waits"));
        assert_eq!(future.await, Ok(7));
    });
}

#[test]
fn a_promise_may_be_kept_before_anybody_waits() {
    run(|_| async {
        let (promise, future) = oneshot::channel();
        promise.send(7).expect("somebody will");
        clock::sleep(MILLI).await;
        assert_eq!(future.await, Ok(7));
    });
}

#[test]
fn a_broken_promise_is_an_error() {
    always(20, |sim| async move {
        let (promise, future) = oneshot::channel::<()>();
        let node = sim.node("a");
        node.spawn(async move {
            clock::sleep(10 * MILLI).await;
            promise.send(()).expect("its node has crashed before");
        });
        clock::call_later(MILLI, move || node.crash());
        assert_eq!(future.await, Err(Canceled));
    });
}

#[test]
fn who_promised_may_see_that_nobody_waits_any_more() {
    always(20, |_| async {
        let (mut promise, future) = oneshot::channel::<()>();
        let waits = spawn(clock::timeout(MILLI, future));
        promise.cancellation().await;
        assert_eq!(clock::now().since_start(), MILLI);
        assert!(waits.await.expect("no panic").is_err());
        assert!(promise.is_canceled());
    });
}

#[test]
fn a_future_may_be_shared() {
    always(20, |_| async {
        let asked = Rc::new(RefCell::new(0));
        let counted = asked.clone();
        let answer = async move {
            *counted.borrow_mut() += 1;
            clock::sleep(MILLI).await;
            42
        };
        let shared = answer.boxed_local().shared();
        let tasks: Vec<_> = (0..10).map(|_| spawn(shared.clone())).collect();
        for task in tasks {
            assert_eq!(task.await.expect("no panic"), 42);
        }
        assert_eq!(*asked.borrow(), 1);
    });
}

#[test]
fn futures_are_mapped_and_chained() {
    run(|_| async {
        let doubled = spawn(async { 21 }).map_ok(|n| n * 2).map(|n| n.expect("no panic"));
        assert_eq!(doubled.await, 42);
        let then = clock::sleep(MILLI).then(|()| async { clock::now().since_start() });
        assert_eq!(then.await, MILLI);
        assert_eq!(future::ready(1).await, 1);
        assert_eq!(future::lazy(|_| 2).await, 2);
    });
}

/// Requests by number, answered in any order, as a protocol over one connection has it.
#[test]
fn answers_find_who_asked() {
    always(20, |_| async {
        let open: Rc<RefCell<BTreeMap<u32, oneshot::Sender<u32>>>> = Rc::default();
        let asks: Vec<_> = (0..20u32)
            .map(|i| {
                let (promise, answer) = oneshot::channel();
                open.borrow_mut().insert(i, promise);
                spawn(async move { answer.await.map(|answer| (i, answer)) })
            })
            .collect();
        let answering = open.clone();
        spawn(async move {
            loop {
                let mut numbers: Vec<u32> = answering.borrow().keys().copied().collect();
                if numbers.is_empty() {
                    break;
                }
                reenact::draw::shuffle(&mut numbers);
                let promise = answering.borrow_mut().remove(&numbers[0]).expect("it is there");
                promise.send(numbers[0] * 10).expect("somebody waits");
                clock::sleep(MILLI).await;
            }
        });
        for ask in asks {
            let (i, answer) = ask.await.expect("no panic").expect("kept");
            assert_eq!(answer, i * 10);
        }
    });
}

#[test]
fn the_first_of_two_is_enough() {
    run(|_| async {
        let slow = Box::pin(clock::sleep(5 * MILLI).map(|()| "slow"));
        let fast = Box::pin(clock::sleep(MILLI).map(|()| "fast"));
        match future::select(slow, fast).await {
            Either::Right((winner, loser)) => {
                assert_eq!(winner, "fast");
                assert_eq!(loser.await, "slow");
            }
            Either::Left(_) => panic!("the slow one won"),
        }
        assert_eq!(clock::now().since_start(), 5 * MILLI);
    });
}

#[test]
fn a_result_may_be_had_by_a_callback() {
    run(|_| async {
        let notes = Notes::new();
        let noted = notes.clone();
        spawn(async { 42 }).on_done(move |result| noted.put(result.expect("no panic")));
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), [42]);
    });
}
