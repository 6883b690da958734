//! Wakers that are not the task's own, as combinators make them, may run any code when they are
//! cloned, woken and dropped.

use crate::common::{MILLI, Notes, SECOND, run};
use reenact::{Simulation, clock, draw, net, spawn, yield_now};
use std::{
    cell::RefCell,
    future::{pending, poll_fn},
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

/// Uses the simulation whenever it is woken or dropped, and wakes the task behind it.
struct Busy(Waker);

impl Busy {
    fn work() {
        clock::now();
        draw::below(10);
        drop(spawn(yield_now()));
        clock::call_soon(|| ());
    }

    fn waker(cx: &Context<'_>) -> Waker {
        Arc::new(Busy(cx.waker().clone())).into()
    }
}

impl Wake for Busy {
    fn wake(self: Arc<Self>) {
        Busy::work();
        self.0.wake_by_ref();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        Busy::work();
    }
}

/// Polls a future with a waker like that, a new one each time.
async fn busily<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| future.as_mut().poll(&mut Context::from_waker(&Busy::waker(cx)))).await
}

#[test]
fn they_may_use_the_simulation() {
    run(|sim| async move {
        busily(clock::sleep(MILLI)).await;
        busily(yield_now()).await;
        assert_eq!(busily(sim.node("a").spawn(async { 5 })).await.expect("no panic"), 5);
        let socket = net::UdpSocket::bind("127.0.0.1:9").await.expect("free");
        socket.send_to(b"hi", "127.0.0.1:9").await.expect("sent");
        assert_eq!(busily(socket.recv(&mut [0; 8])).await.expect("received"), 2);
    });
}

#[test]
fn they_may_use_it_when_what_they_wait_for_is_dropped() {
    run(|sim| async move {
        let timeout = |future| clock::timeout(MILLI, future);
        assert!(
            timeout(Box::pin(busily(clock::sleep(SECOND))) as std::pin::Pin<Box<dyn Future<Output = ()>>>)
                .await
                .is_err()
        );
        let task = sim.node("a").spawn(pending::<()>());
        assert!(clock::timeout(MILLI, busily(task)).await.is_err());
        let socket = net::UdpSocket::bind("127.0.0.1:9").await.expect("free");
        assert!(clock::timeout(MILLI, busily(socket.recv(&mut [0; 8]))).await.is_err());
    });
}

#[test]
fn they_may_use_it_at_the_end_of_a_node_and_of_the_run() {
    run(|sim| async move {
        for name in ["crashing", "at the end"] {
            sim.node(name).spawn(async {
                let listener = net::TcpListener::bind("0.0.0.0:7").await.expect("free");
                busily(listener.accept()).await.expect("nobody connects");
            });
            sim.node(name).spawn(busily(clock::sleep(SECOND)));
            sim.node(name).spawn(busily(pending::<()>()));
        }
        clock::sleep(MILLI).await;
        sim.node("crashing").crash();
        clock::sleep(MILLI).await;
    });
}

/// Wakes a task that does not exist any more: the waker outlives whoever made it.
#[test]
fn they_may_outlive_the_task_that_made_them() {
    run(|_| async {
        let shared = Rc::new(RefCell::new(Some(Box::pin(clock::sleep(5 * MILLI)))));
        let taken = shared.clone();
        let first = spawn(async move {
            let mut sleep = taken.borrow_mut().take().expect("it is there");
            poll_fn(|cx| {
                let poll = sleep.as_mut().poll(&mut Context::from_waker(&Busy::waker(cx)));
                assert!(poll.is_pending());
                Poll::Ready(())
            })
            .await;
            *taken.borrow_mut() = Some(sleep);
        });
        first.await.expect("no panic");
        clock::sleep(10 * MILLI).await;
        assert!(shared.borrow().as_ref().expect("it is there").is_elapsed());
    });
}

/// What they spawn, draw and set follows the seed as everything else does.
#[test]
fn what_they_do_is_repeated() {
    let simulate = |simulation: Simulation| {
        simulation.run(|sim| async move {
            for name in ["a", "b"] {
                sim.node(name).spawn(async {
                    for _ in 0..5 {
                        busily(clock::sleep(draw::below(3) as u32 * MILLI)).await;
                        let _ = clock::timeout(MILLI, busily(clock::sleep(2 * MILLI))).await;
                    }
                });
            }
            clock::sleep(12 * MILLI).await;
            sim.node("a").crash();
            clock::sleep(MILLI).await;
        })
    };
    for seed in 0..50 {
        let first = simulate(Simulation::new(seed));
        let decisions = first.decisions().expect("everything was recorded").clone();
        for tape in [decisions, first.tape().clone()] {
            let again = simulate(Simulation::new(!seed).replay(tape).expect(first.trace().clone()));
            assert_eq!(again.result, first.result);
            assert_eq!((again.digest(), again.decisions()), (first.digest(), first.decisions()));
        }
        first.unwrap();
    }
}

/// The same waker as before must not be cloned again and again, nor a former one be woken.
#[test]
fn the_last_one_that_polled_is_woken() {
    struct Named(&'static str, std::sync::mpsc::Sender<&'static str>, Waker);
    impl Wake for Named {
        fn wake(self: Arc<Self>) {
            self.1.send(self.0).expect("somebody listens");
            self.2.wake_by_ref();
        }
    }
    run(|_| async {
        let (sender, woken) = std::sync::mpsc::channel();
        let notes = Notes::new();
        let mut sleep = pin!(clock::sleep(Duration::from_millis(3)));
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            for name in ["first", "second"] {
                let waker = Arc::new(Named(name, sender.clone(), cx.waker().clone())).into();
                let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
                if poll.is_ready() {
                    notes.put(polls);
                    return Poll::Ready(());
                }
            }
            Poll::Pending
        })
        .await;
        assert_eq!(notes.all(), [2]);
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), ["second"]);
    });
}
