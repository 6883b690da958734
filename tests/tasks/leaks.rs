//! What is left at the end of a run, for those who ask.

use crate::common::SECOND;
use reenact::{
    Outcome, Simulation, clock,
    net::{Config, TcpListener, TcpStream, UdpSocket},
    task,
};
use std::{cell::RefCell, future::pending, rc::Rc};

fn run(leaks: bool) -> Outcome<()> {
    let simulation = Simulation::new(1);
    let simulation = if leaks { simulation.leaks() } else { simulation };
    simulation.run(|sim| async move {
        let db = sim.node("db");
        db.start(|| async {
            let listener = TcpListener::bind("0.0.0.0:5432").await?;
            listener.accept().await.map(drop)
        });
        task::Builder::new().name("forgotten").spawn(pending::<()>());
        let ended = db.spawn(clock::sleep(SECOND));
        let dead = sim.node("dead");
        dead.spawn(pending::<()>());
        dead.crash();
        clock::sleep(5 * SECOND).await;
        drop(ended);
    })
}

#[test]
fn tasks_that_have_not_ended_are_told_with_what_they_wait_for() {
    let run = run(true);
    let left: Vec<_> = run.leaks().iter().map(|left| (&*left.node, &*left.task, &*left.what)).collect();
    assert_eq!(
        left,
        [
            ("test", "forgotten", "nothing: nobody holds its waker, so it can never run again"),
            ("db", "main", "a connection to port 5432"),
        ]
    );
}

#[test]
fn sockets_timers_and_callbacks_are_told_whoever_holds_them() {
    let kept = Rc::new(RefCell::new((Vec::new(), Vec::new(), Vec::new())));
    let mine = kept.clone();
    let steady = Config::default().latency(SECOND / 200..SECOND / 200);
    let run = Simulation::new(1).net(steady).leaks().run(|sim| async move {
        let (db, keeps) = (sim.node("db"), mine.clone());
        db.start(move || {
            let keeps = keeps.clone();
            async move {
                let listener = TcpListener::bind("0.0.0.0:5432").await?;
                // The first is held by nobody's task, the second waits to be accepted.
                let (stream, _) = listener.accept().await?;
                keeps.borrow_mut().0.push(stream);
                clock::sleep(1_000 * SECOND).await;
                std::io::Result::Ok(())
            }
        });
        clock::sleep(SECOND).await;
        for _ in 0..2 {
            let stream = TcpStream::connect("db:5432").await?;
            mine.borrow_mut().0.push(stream);
        }
        let closed = TcpStream::connect("db:5432").await?;
        drop(closed);
        let socket = UdpSocket::bind("127.0.0.1:9").await?;
        mine.borrow_mut().1.push(socket);
        let mut timer = Box::pin(clock::sleep(50 * SECOND));
        assert!(futures::poll!(&mut timer).is_pending());
        mine.borrow_mut().2.push(timer);
        clock::call_later(70 * SECOND, || ());
        clock::call_later(80 * SECOND, || ()).cancel();
        clock::sleep(5 * SECOND).await;
        std::io::Result::Ok(())
    });
    let held: Vec<String> = run.held().iter().map(ToString::to_string).collect();
    let bound = run.result.as_ref().expect("it ends").is_ok();
    assert!(bound);
    assert_eq!(
        held,
        [
            "test: a stream from 10.0.0.1:32768 to 10.0.0.2:5432",
            "test: a stream from 10.0.0.1:32769 to 10.0.0.2:5432",
            "test: a datagram socket on 127.0.0.1:9",
            "test: a timer due at 51.030s",
            "test: a callback due at 71.030s",
            "db: a listener on 0.0.0.0:5432",
            "db: a stream from 10.0.0.2:5432 to 10.0.0.1:32768",
            "db: a stream from 10.0.0.2:5432 to 10.0.0.1:32769",
            "db: a stream from 10.0.0.2:5432 to 10.0.0.1:32770",
            "db: a timer due at 1001.015s",
        ]
    );
    drop(kept);
}

#[test]
fn nothing_is_told_to_who_did_not_ask_and_asking_changes_nothing() {
    let (with, without) = (run(true), run(false));
    assert!(without.leaks().is_empty() && without.held().is_empty());
    assert_eq!(with.digest(), without.digest());
}
