//! Locks and their kin, from crates that know nothing of this one.

use crate::common::{MILLI, Notes, SECOND, always, failure};
use async_lock::{Barrier, Mutex, OnceCell, RwLock, Semaphore};
use reenact::{FailureKind, Sim, Simulation, clock, spawn, yield_now};
use std::{cell::Cell, rc::Rc, sync::Arc};

#[test]
fn a_mutex_lets_one_in_at_a_time() {
    always(20, |_| async {
        let (lock, inside) = (Rc::new(Mutex::new(0)), Rc::new(Cell::new(0)));
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (lock, inside) = (lock.clone(), inside.clone());
                spawn(async move {
                    for _ in 0..5 {
                        let mut count = lock.lock().await;
                        inside.set(inside.get() + 1);
                        assert_eq!(inside.get(), 1);
                        let read = *count;
                        yield_now().await;
                        *count = read + 1;
                        inside.set(inside.get() - 1);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(*lock.lock().await, 50);
    });
}

/// Reads and writes of two tasks, with a wait in between.
#[test]
fn without_a_mutex_updates_are_lost_on_some_seeds() {
    let count = |simulation: Simulation| {
        let run = simulation.run(|_| async {
            let count = Rc::new(Cell::new(0));
            let tasks: Vec<_> = (0..2)
                .map(|_| {
                    let count = count.clone();
                    spawn(async move {
                        let read = count.get();
                        clock::sleep(reenact::draw::below(3) as u32 * MILLI).await;
                        count.set(read + 1);
                    })
                })
                .collect();
            for task in tasks {
                task.await.expect("no panic");
            }
            count.get()
        });
        run.unwrap()
    };
    let lost = (0..100).filter(|&seed| count(Simulation::new(seed)) == 1).count();
    assert!((1..100).contains(&lost), "{lost} of 100 seeds lost an update");
}

#[test]
fn a_lock_may_be_held_across_a_wait() {
    always(10, |sim: Sim| async move {
        let lock = Arc::new(Mutex::new(()));
        let holds = lock.clone();
        sim.node("a").spawn(async move {
            let _held = holds.lock().await;
            clock::sleep(SECOND).await;
        });
        clock::sleep(MILLI).await;
        assert!(lock.try_lock().is_none());
        drop(lock.lock().await);
        assert_eq!(clock::now().since_start(), SECOND);
    });
}

#[test]
fn readers_share_and_a_writer_is_alone() {
    always(20, |_| async {
        let (lock, readers) = (Rc::new(RwLock::new(0)), Rc::new(Cell::new(0)));
        let mut tasks = Vec::new();
        for i in 0..12 {
            let (lock, readers) = (lock.clone(), readers.clone());
            tasks.push(spawn(async move {
                if i % 4 == 0 {
                    let mut value = lock.write().await;
                    assert_eq!(readers.get(), 0);
                    yield_now().await;
                    *value += 1;
                    assert_eq!(readers.get(), 0);
                } else {
                    let _value = lock.read().await;
                    readers.set(readers.get() + 1);
                    yield_now().await;
                    readers.set(readers.get() - 1);
                }
            }));
        }
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(*lock.read().await, 3);
    });
}

#[test]
fn a_semaphore_lets_so_many_in() {
    always(20, |_| async {
        let (permits, inside, most) =
            (Rc::new(Semaphore::new(3)), Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (permits, inside, most) = (permits.clone(), inside.clone(), most.clone());
                spawn(async move {
                    let _permit = permits.acquire().await;
                    inside.set(inside.get() + 1);
                    most.set(most.get().max(inside.get()));
                    clock::sleep(MILLI).await;
                    inside.set(inside.get() - 1);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!((most.get(), clock::now().since_start()), (3, 4 * MILLI));
    });
}

#[test]
fn a_barrier_waits_for_all() {
    always(20, |_| async {
        let (barrier, notes) = (Rc::new(Barrier::new(4)), Notes::new());
        for i in 0..4 {
            let (barrier, notes) = (barrier.clone(), notes.clone());
            spawn(async move {
                clock::sleep(i * MILLI).await;
                notes.put("comes");
                barrier.wait().await;
                notes.put("goes");
            });
        }
        clock::sleep(SECOND).await;
        assert_eq!(notes.all(), ["comes", "comes", "comes", "comes", "goes", "goes", "goes", "goes"]);
    });
}

#[test]
fn a_once_cell_is_filled_once() {
    always(20, |_| async {
        let (cell, filled) = (Rc::new(OnceCell::new()), Rc::new(Cell::new(0)));
        let tasks: Vec<_> = (0..5)
            .map(|_| {
                let (cell, filled) = (cell.clone(), filled.clone());
                spawn(async move {
                    *cell
                        .get_or_init(|| async {
                            filled.set(filled.get() + 1);
                            clock::sleep(MILLI).await;
                            42
                        })
                        .await
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.expect("no panic"), 42);
        }
        assert_eq!(filled.get(), 1);
    });
}

#[test]
fn locks_taken_in_two_orders_are_a_deadlock_on_some_seeds() {
    let run = |seed| {
        Simulation::new(seed).run(|_| async {
            let locks = Rc::new([Mutex::new(()), Mutex::new(())]);
            let tasks = [(0, 1), (1, 0)].map(|(first, second)| {
                let locks = locks.clone();
                spawn(async move {
                    let _first = locks[first].lock().await;
                    yield_now().await;
                    let _second = locks[second].lock().await;
                })
            });
            for task in tasks {
                task.await.expect("no panic");
            }
        })
    };
    let failures: Vec<_> = (0..100).filter_map(|seed| run(seed).result.err()).collect();
    assert!((1..100).contains(&failures.len()), "{} of 100 seeds", failures.len());
    for failure in failures {
        assert_eq!(failure.kind, FailureKind::Deadlock);
        let stuck = failure.waiting.iter().filter(|waiting| waiting.what.contains("a waker held elsewhere"));
        assert_eq!(stuck.count(), 2, "{failure}");
    }
}

#[test]
fn a_lock_that_is_taken_twice_is_a_deadlock() {
    let failure = failure(|_| async {
        let lock = Mutex::new(());
        let _held = lock.lock().await;
        lock.lock().await;
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
}
