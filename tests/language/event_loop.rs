//! The event loop: ready tasks first, then what is due now, then time.

use crate::common::{MILLI, Notes, always, run};
use reenact::{Simulation, Strategy, clock, net::UdpSocket, spawn, yield_now};

#[test]
fn tasks_run_then_callbacks_and_then_time_passes() {
    always(20, |_| async {
        let notes = Notes::new();
        let (soon, later, task) = (notes.clone(), notes.clone(), notes.clone());
        clock::call_later(MILLI, move || later.put("a millisecond later"));
        clock::call_soon(move || soon.put("soon"));
        spawn(async move {
            task.put("task");
            yield_now().await;
            task.put("task again");
        });
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["task", "task again", "soon", "a millisecond later"]);
    });
}

#[test]
fn what_a_callback_wakes_runs_before_time_passes() {
    always(20, |_| async {
        let notes = Notes::new();
        let (called, spawned, later) = (notes.clone(), notes.clone(), notes.clone());
        clock::call_later(MILLI, move || {
            called.put("callback");
            spawn(async move {
                for _ in 0..3 {
                    yield_now().await;
                }
                spawned.put("its task");
            });
        });
        clock::call_later(MILLI + std::time::Duration::from_nanos(1), move || {
            later.put("a nanosecond later")
        });
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["callback", "its task", "a nanosecond later"]);
    });
}

/// Even over a network that takes no time.
#[test]
fn a_message_arrives_after_all_ready_tasks_ran() {
    for seed in 0..20 {
        let run = Simulation::new(seed).net(reenact::net::Config::ideal()).run(|sim| async move {
            let notes = Notes::new();
            let (receives, runs) = (notes.clone(), notes.clone());
            sim.node("receiver").spawn(async move {
                let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
                socket.recv(&mut [0; 8]).await.expect("it came");
                receives.put("message");
            });
            let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
            socket.send_to(b"hi", "receiver:9").await.expect("sent");
            spawn(async move {
                for _ in 0..5 {
                    runs.put("task");
                    yield_now().await;
                }
            });
            clock::sleep(MILLI).await;
            assert_eq!(notes.all(), ["task", "task", "task", "task", "task", "message"]);
        });
        run.unwrap();
    }
}

#[test]
fn in_fifo_order_the_first_woken_is_the_first_polled() {
    let run = Simulation::new(1).strategy(Strategy::Fifo).run(|_| async {
        let notes = Notes::new();
        for name in ["one", "two", "three"] {
            let notes = notes.clone();
            spawn(async move {
                notes.put(name);
                yield_now().await;
                notes.put(name);
            });
        }
        clock::sleep(MILLI).await;
        notes.all()
    });
    assert_eq!(run.unwrap(), ["one", "two", "three", "one", "two", "three"]);
}

#[test]
fn the_loop_sleeps_through_what_nobody_needs() {
    run(|_| async {
        // A year is a step, as long as the run may take that long.
        clock::sleep(std::time::Duration::from_secs(23 * 3600)).await;
        assert_eq!(clock::now().since_start().as_secs(), 23 * 3600);
    });
}
