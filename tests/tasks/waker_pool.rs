//! Wakers are pooled; whoever keeps one never notices.
//!
//! Tasks keep, clone, drop and use wakers in drawn patterns, over many runs of one thread. A waker
//! that is used polls its own task, once, and nobody else, however old it is.

use reenact::{JoinHandle, Simulation, clock, draw, spawn};
use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// A task that counts its polls.
struct Counting {
    polls: Rc<Cell<u64>>,
    /// Whether it ends at its next poll.
    ends: Rc<Cell<bool>>,
    task: JoinHandle<()>,
}

/// Wakers that were kept, with the number of their task, or none for a task of an earlier run.
type Kept = Rc<RefCell<Vec<(Option<usize>, Waker)>>>;

fn counting(number: usize, kept: Kept) -> Counting {
    let (polls, ends) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    let (counted, over) = (polls.clone(), ends.clone());
    let task = spawn(poll_fn(move |cx| {
        counted.set(counted.get() + 1);
        for _ in 0..draw::below(3) {
            kept.borrow_mut().push((Some(number), cx.waker().clone()));
        }
        if over.get() { Poll::Ready(()) } else { Poll::Pending }
    }));
    Counting { polls, ends, task }
}

async fn settle() {
    clock::sleep(Duration::from_nanos(1)).await;
}

async fn one_run(kept: Kept) {
    let mut tasks: Vec<Counting> = Vec::new();
    for _ in 0..200 {
        match draw::below(8) {
            0 | 1 => {
                tasks.push(counting(tasks.len(), kept.clone()));
                settle().await;
            }
            2 if !kept.borrow().is_empty() => {
                let place = draw::range(0..kept.borrow().len());
                let dropped = kept.borrow_mut().swap_remove(place);
                drop(dropped);
            }
            3 if !tasks.is_empty() => {
                let task = draw::pick(&tasks);
                if draw::bool() {
                    task.ends.set(true);
                } else {
                    task.task.abort();
                }
            }
            _ if !kept.borrow().is_empty() => {
                let (number, waker) = draw::pick(&kept.borrow()).clone();
                let before: Vec<u64> = tasks.iter().map(|task| task.polls.get()).collect();
                let lives = number.is_some_and(|number| !tasks[number].task.is_finished());
                for _ in 0..draw::range(1..3u32) {
                    waker.wake_by_ref();
                }
                settle().await;
                for (i, task) in tasks.iter().enumerate() {
                    let expected = before[i] + u64::from(lives && number == Some(i));
                    assert_eq!(task.polls.get(), expected, "task {i}, woken was {number:?}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn a_waker_wakes_its_own_task_and_no_other_for_ever() {
    let kept = Kept::default();
    for seed in 0..100 {
        let inner = kept.clone();
        Simulation::new(seed).run(move |_| one_run(inner)).unwrap();
        let mut kept = kept.borrow_mut();
        kept.iter_mut().for_each(|(number, _)| *number = None);
        kept.truncate(20);
    }
}
