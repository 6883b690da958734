//! A run that cannot go on says who waits, where it was spawned, and for what.

use crate::common::{MILLI, SECOND, failure, failure_of};
use futures::channel::oneshot;
use reenact::{
    Failure, FailureKind, Outcome, Record, Simulation, Waiting, clock, net, spawn, task::Builder, yield_now,
};
use std::{
    future::{pending, poll_fn},
    task::Poll,
    time::Duration,
};

fn waiting<'a>(failure: &'a Failure, task: &str) -> &'a Waiting {
    let found = failure.waiting.iter().find(|waiting| format!("{}/{}", waiting.node, waiting.task) == task);
    found.unwrap_or_else(|| panic!("{task} is not in the report: {failure}"))
}

#[track_caller]
fn waits_for(failure: &Failure, task: &str, what: &str) {
    let waiting = waiting(failure, task);
    assert!(waiting.what.contains(what), "{what}: {waiting}");
}

#[test]
fn a_deadlock_names_every_task_with_what_it_waits_for() {
    let failure = failure(|sim| async move {
        let node = sim.node("db");
        let (kept, promise) = oneshot::channel::<()>();
        let named = Builder::new().name("promised").spawn(async move {
            let _ = promise.await;
            drop(kept);
        });
        node.spawn(async {
            let listener = net::TcpListener::bind("0.0.0.0:7000").await.expect("free");
            drop(listener.accept().await);
        });
        node.spawn(async {
            let socket = net::UdpSocket::bind("0.0.0.0:9").await.expect("free");
            drop(socket.recv(&mut [0; 8]).await);
        });
        node.spawn(pending::<()>());
        node.spawn(clock::sleep(Duration::MAX));
        drop(named.await);
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
    assert_eq!(failure.message, "nothing is ready and nothing is due, but 6 tasks wait");
    assert_eq!(failure.waiting.len(), 6);
    waits_for(&failure, "test/main", "the end of task test/promised");
    waits_for(&failure, "test/promised", "a waker held elsewhere");
    waits_for(&failure, "db/#0", "a connection to port 7000");
    waits_for(&failure, "db/#1", "a datagram to port 9");
    waits_for(&failure, "db/#2", "nobody holds its waker");
    waits_for(&failure, "db/#3", "a timer due at never");
}

#[test]
fn the_report_says_where_each_was_spawned_and_how_often_it_ran() {
    let line = line!() + 2;
    let failure = failure(|sim| async move {
        let task = sim.node("db").spawn(async {
            yield_now().await;
            yield_now().await;
            pending::<()>().await
        });
        drop(task.await);
    });
    let task = waiting(&failure, "db/#0");
    assert!(task.spawned.starts_with(&format!("{}:{line}:", file!())), "{task}");
    assert_eq!(task.polls, 3);
    let text = failure.to_string();
    assert!(text.starts_with("deadlock (t=0.000s, step "), "{text}");
    assert!(text.contains(&format!("\n  db/#0 (spawned at {}:{line}:", file!())), "{text}");
    assert!(text.contains("polled 3 times) waits for nothing: nobody holds its waker"), "{text}");
}

#[test]
fn a_reader_and_a_writer_say_on_which_connection() {
    let run = Simulation::new(1).net(net::Config::default().window(10)).run(|sim| async move {
        use futures::{AsyncReadExt, AsyncWriteExt};
        sim.node("server").spawn(async {
            let listener = net::TcpListener::bind("0.0.0.0:7").await.expect("free");
            let (mut reader, _) = listener.accept().await.expect("a client");
            let (_idle, _) = listener.accept().await.expect("a client");
            drop(reader.read(&mut [0; 8]).await);
            unreachable!("nobody writes");
        });
        clock::sleep(MILLI).await;
        let _reader = net::TcpStream::connect("server:7").await.expect("connected");
        let mut writer = net::TcpStream::connect("server:7").await.expect("connected");
        drop(writer.write_all(&[0; 11]).await);
        unreachable!("nobody reads");
    });
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::Deadlock);
    waits_for(&failure, "server/#0", "bytes on connection 0");
    waits_for(&failure, "test/main", "room in the window of connection 1");
}

#[test]
fn nodes_are_in_the_report_in_the_order_in_which_they_were_made() {
    let failure = failure(|sim| async move {
        for name in ["zoe", "adam"] {
            sim.node(name).spawn(pending::<()>());
        }
        pending::<()>().await;
    });
    let nodes: Vec<_> = failure.waiting.iter().map(|waiting| waiting.node.as_str()).collect();
    assert_eq!(nodes, ["test", "zoe", "adam"]);
}

#[test]
fn a_test_that_ends_leaves_no_deadlock_behind() {
    Simulation::new(1)
        .run(|_| async {
            spawn(pending::<()>());
        })
        .unwrap();
}

/// Does one of each: polls, a timer, a callback, datagrams.
fn busy(simulation: Simulation) -> Outcome<()> {
    simulation.run(|_| async {
        clock::call_later(MILLI, || ());
        yield_now().await;
        clock::sleep(2 * MILLI).await;
        let socket = net::UdpSocket::bind("127.0.0.1:9").await.expect("free");
        socket.send_to(b"hi", "127.0.0.1:9").await.expect("sent");
        socket.recv(&mut [0; 8]).await.expect("received");
    })
}

#[test]
fn a_run_may_take_as_many_steps_as_it_was_allowed_and_not_one_more() {
    let run = busy(Simulation::new(1));
    let (steps, stats) = (run.stats().steps, run.stats().clone());
    assert_eq!((stats.polls, stats.timers_fired, stats.callbacks, stats.packets_delivered), (4, 1, 1, 1));
    assert_eq!(steps, 4 + 1 + 1 + 1);
    busy(Simulation::new(1).max_steps(steps)).unwrap();
    for limit in 0..steps {
        let run = busy(Simulation::new(1).max_steps(limit));
        assert_eq!(run.stats().steps, limit);
        let failure = failure_of(run);
        assert_eq!((failure.kind, failure.step), (FailureKind::StepLimit, limit));
    }
}

#[test]
fn a_spin_trips_the_step_limit_and_is_named() {
    let spin = async || loop {
        yield_now().await;
    };
    let run = Simulation::new(1).max_steps(1_000).run(|sim| async move {
        sim.node("calm").spawn(pending::<()>());
        sim.node("mad").spawn(spin());
        pending::<()>().await;
    });
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::StepLimit);
    assert!(
        failure.message.contains("did not end within 1000 steps (virtual time is 0.000s; mad/#0 ran most,"),
        "{failure}"
    );
    assert_eq!(failure.waiting[0].node, "mad");
    waits_for(&failure, "mad/#0", "its turn: it is ready");
    waits_for(&failure, "calm/#0", "nobody holds its waker");
}

#[test]
fn a_spin_without_our_futures_trips_it_too() {
    let run = Simulation::new(1).max_steps(1_000).run(|_| {
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        })
    });
    assert_eq!(failure_of(run).kind, FailureKind::StepLimit);
}

#[test]
fn callbacks_that_call_themselves_trip_it_too() {
    fn again() {
        clock::call_soon(again);
    }
    let run = Simulation::new(1).max_steps(1_000).run(|_| async {
        again();
        pending::<()>().await;
    });
    assert_eq!(failure_of(run).kind, FailureKind::StepLimit);
}

#[test]
fn what_is_due_at_the_limit_of_time_happens_and_what_is_due_later_does_not() {
    let sleep = |time| Simulation::new(1).max_virtual(SECOND).run(move |_| clock::sleep(time));
    sleep(SECOND).unwrap();
    let run = sleep(SECOND + Duration::from_nanos(1));
    assert_eq!(run.stats().virtual_time, Duration::ZERO);
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::TimeLimit);
    assert!(
        failure.message.contains("within 1.000s of virtual time: the next thing is due at 1.000000001s"),
        "{failure}"
    );
    waits_for(&failure, "test/main", "a timer due at 1.000000001s");
}

#[test]
fn a_run_may_take_a_day_and_not_more() {
    let day = Duration::from_secs(24 * 3600);
    Simulation::new(1).run(move |_| clock::sleep(day)).unwrap();
    assert_eq!(
        failure_of(Simulation::new(1).run(move |_| clock::sleep(day + SECOND))).kind,
        FailureKind::TimeLimit
    );
}

/// What is kept of it is bounded, and what it did is not changed by that.
#[test]
fn a_run_that_does_not_end_does_not_fill_the_memory() {
    async fn spin() {
        loop {
            yield_now().await;
        }
    }
    let run = |record| Simulation::new(1).max_steps(2_200_000).record(record).run(|_| spin());
    let all = run(Record::All);
    assert_eq!(all.result.as_ref().map_err(|failure| failure.kind), Err(FailureKind::StepLimit));
    let (kept, first) = (all.trace().len(), all.trace().raw().first as usize);
    assert!(first > 0 && kept < 1 << 22, "{kept} events are kept");
    assert!(kept + first > 2 * 2_200_000, "a wake and a poll each step");
    assert_eq!(all.decisions(), None);
    assert_eq!(all.digest(), run(Record::Digest).digest());
}
