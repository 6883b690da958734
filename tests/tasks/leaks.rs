//! What is left at the end of a run, for those who ask.

use crate::common::SECOND;
use reenact::{Outcome, Simulation, clock, net::TcpListener, task};
use std::future::pending;

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
fn nothing_is_told_to_who_did_not_ask_and_asking_changes_nothing() {
    let (with, without) = (run(true), run(false));
    assert!(without.leaks().is_empty());
    assert_eq!(with.digest(), without.digest());
}
