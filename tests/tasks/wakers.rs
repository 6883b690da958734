//! A task's waker may be cloned, sent, kept for ever and used at any time.
#![expect(clippy::disallowed_methods, reason = "what other threads do is looked at")]

use crate::common::{MILLI, Notes, always, at_drop, run};
use reenact::{FailureKind, Sim, Simulation, clock, spawn, yield_now};
use std::{
    cell::{Cell, RefCell},
    future::{pending, poll_fn},
    rc::Rc,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
};

/// Where a waker is kept.
type Kept = Rc<RefCell<Option<Waker>>>;

/// Keeps its waker, and is done when it is polled for the second time.
async fn keep(place: Kept) {
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        *place.borrow_mut() = Some(cx.waker().clone());
        if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Counts its polls, for ever.
async fn count(polls: Rc<Cell<u32>>, place: Kept) {
    poll_fn(|cx| {
        polls.set(polls.get() + 1);
        *place.borrow_mut() = Some(cx.waker().clone());
        Poll::<()>::Pending
    })
    .await;
}

fn waker(place: &Kept) -> Waker {
    place.borrow().clone().expect("the task was polled")
}

#[test]
fn a_kept_waker_wakes_its_task() {
    always(20, |sim: Sim| async move {
        let place = Kept::default();
        let task = sim.node("a").spawn(keep(place.clone()));
        clock::sleep(MILLI).await;
        assert!(!task.is_finished());
        let waker = waker(&place);
        sim.node("b").spawn(async move { waker.wake() });
        task.await.expect("no panic");
    });
}

#[test]
fn a_waker_may_go_through_another_thread_and_come_back() {
    run(|_| async {
        let place = Kept::default();
        let task = spawn(keep(place.clone()));
        clock::sleep(MILLI).await;
        let waker = waker(&place);
        let waker = std::thread::spawn(move || waker.clone()).join().expect("no panic");
        waker.wake_by_ref();
        task.await.expect("no panic");
    });
}

#[test]
fn woken_twice_it_is_polled_once() {
    run(|_| async {
        let (polls, place) = (Rc::default(), Kept::default());
        let _task = spawn(count(Rc::clone(&polls), place.clone()));
        clock::sleep(MILLI).await;
        for _ in 0..3 {
            waker(&place).wake();
        }
        clock::sleep(MILLI).await;
        assert_eq!(polls.get(), 2);
    });
}

#[test]
fn a_wake_in_its_own_poll_is_another_poll() {
    run(|_| async {
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            if polls == 5 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        assert_eq!(polls, 5);
    });
}

#[test]
fn a_wake_in_its_last_poll_is_nothing() {
    always(20, |_| async {
        let task = spawn(poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Ready(7)
        }));
        assert_eq!(task.await.expect("no panic"), 7);
        yield_now().await;
    });
}

#[test]
fn a_wake_after_its_end_wakes_nobody_who_came_after_it() {
    run(|_| async {
        let place = Kept::default();
        let former = spawn(keep(place.clone()));
        clock::sleep(MILLI).await;
        let old = waker(&place);
        old.wake_by_ref();
        former.await.expect("no panic");
        // The next task takes the room of the former.
        let (polls, newer) = (Rc::default(), Kept::default());
        let _latter = spawn(count(Rc::clone(&polls), newer.clone()));
        clock::sleep(MILLI).await;
        old.wake();
        clock::sleep(MILLI).await;
        assert_eq!(polls.get(), 1);
        waker(&newer).wake();
        clock::sleep(MILLI).await;
        assert_eq!(polls.get(), 2);
    });
}

#[test]
fn a_wake_of_an_aborted_task_is_nothing() {
    run(|_| async {
        let (polls, place) = (Rc::default(), Kept::default());
        let task = spawn(count(Rc::clone(&polls), place.clone()));
        clock::sleep(MILLI).await;
        task.abort();
        waker(&place).wake();
        clock::sleep(MILLI).await;
        assert_eq!(polls.get(), 1);
    });
}

#[test]
fn a_wake_after_its_run_is_nothing() {
    let smuggled: Arc<Mutex<Option<Waker>>> = Arc::default();
    let place = smuggled.clone();
    run(|_| async {
        poll_fn(move |cx| {
            *place.lock().expect("no panic") = Some(cx.waker().clone());
            Poll::Ready(())
        })
        .await;
    });
    let waker = smuggled.lock().expect("no panic").take().expect("it was put there");
    waker.wake_by_ref();
    let counting = |waker: Option<Waker>| {
        Simulation::new(2).run(move |_| async move {
            if let Some(waker) = waker {
                waker.wake_by_ref();
            }
            yield_now().await;
        })
    };
    let (with, without) = (counting(Some(waker.clone())), counting(None));
    assert_eq!((with.digest(), with.stats()), (without.digest(), without.stats()));
    std::thread::spawn(move || waker.wake()).join().expect("no panic");
}

#[test]
fn a_destructor_may_wake() {
    always(10, |sim: Sim| async move {
        let notes = Notes::new();
        let victims = [sim.node("crashing"), sim.node("aborting"), sim.node("never ending")];
        let tasks: Vec<_> = victims
            .iter()
            .map(|node| {
                let place = Kept::default();
                let (woken, noted) = (spawn(keep(place.clone())), notes.clone());
                spawn(async move {
                    if woken.await.is_ok() {
                        noted.put("woken");
                    }
                });
                let wakes = at_drop(move || waker(&place).wake());
                node.spawn(async move {
                    let _wakes = wakes;
                    pending::<()>().await
                })
            })
            .collect();
        clock::sleep(MILLI).await;
        victims[0].crash();
        clock::sleep(MILLI).await;
        assert_eq!(notes.len(), 1);
        tasks[1].abort();
        clock::sleep(MILLI).await;
        assert_eq!(notes.len(), 2);
        // The third wakes when the run has ended.
    });
}

#[test]
fn wakers_know_whom_they_wake() {
    run(|_| async {
        let seen: Rc<RefCell<Vec<Waker>>> = Rc::default();
        let look = |seen: Rc<RefCell<Vec<Waker>>>| async move {
            for _ in 0..3 {
                poll_fn(|cx| {
                    seen.borrow_mut().push(cx.waker().clone());
                    Poll::Ready(())
                })
                .await;
                yield_now().await;
            }
        };
        look(seen.clone()).await;
        let own: Vec<Waker> = seen.take();
        assert!(own.iter().all(|waker| waker.will_wake(&own[0])), "one task, one waker");
        for _ in 0..2 {
            spawn(look(seen.clone())).await.expect("no panic");
            for waker in seen.take() {
                assert!(!waker.will_wake(&own[0]), "another task, another waker");
            }
        }
    });
}

#[test]
fn a_wake_from_another_thread_fails_the_run() {
    let run = Simulation::new(1).run(|_| async {
        poll_fn(|cx| {
            let waker = cx.waker().clone();
            std::thread::spawn(move || waker.wake()).join().expect("no panic");
            Poll::<()>::Pending
        })
        .await;
    });
    let failure = run.result.expect_err("it is not repeatable");
    assert_eq!(failure.kind, FailureKind::Nondeterminism);
    for part in ["woken from another thread", "std::thread::spawn", "tasks of the simulation"] {
        assert!(failure.message.contains(part), "{failure}");
    }
}

#[test]
fn a_wake_from_another_thread_fails_the_run_also_when_it_ends_in_that_step() {
    let failure = crate::common::failure(|_| async {
        let place = Kept::default();
        let _task = spawn(keep(place.clone()));
        clock::sleep(MILLI).await;
        let waker = waker(&place);
        std::thread::spawn(move || waker.wake()).join().expect("no panic");
    });
    assert_eq!(failure.kind, FailureKind::Nondeterminism);
    assert!(failure.message.contains("woken from another thread"), "{failure}");
}

#[test]
fn a_wake_from_a_run_on_another_thread_fails_the_run_that_was_woken_only() {
    let run = Simulation::new(1).run(|_| async {
        poll_fn(|cx| {
            let waker = cx.waker().clone();
            let other = std::thread::spawn(move || {
                Simulation::new(2).run(|_| async move {
                    waker.wake();
                    yield_now().await;
                })
            });
            other.join().expect("no panic").unwrap();
            Poll::<()>::Pending
        })
        .await;
    });
    assert_eq!(run.result.expect_err("it is not repeatable").kind, FailureKind::Nondeterminism);
    // The thread is as good as new.
    Simulation::new(1).run(|_| clock::sleep(MILLI)).unwrap();
}
