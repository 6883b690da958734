//! Nodes that stand still and go on.

use crate::common::{MILLI, Notes, SECOND, always, failure, run};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    FailureKind, NodeState, Simulation, clock,
    net::{TcpListener, TcpStream},
    trace::{Level, View},
};

#[test]
fn timers_of_a_paused_node_fire_late_and_callbacks_too_in_their_order() {
    always(20, |sim| async move {
        let notes = Notes::new();
        let db = sim.node("db");
        let (naps, calls) = (notes.clone(), notes.clone());
        db.spawn(async move {
            clock::call_later(3 * SECOND, move || calls.put(("callback", clock::now().since_start())));
            clock::sleep(2 * SECOND).await;
            naps.put(("nap", clock::now().since_start()));
        });
        clock::sleep(SECOND).await;
        db.pause();
        clock::sleep(9 * SECOND).await;
        assert_eq!(notes.len(), 0);
        db.resume();
        clock::sleep(SECOND).await;
        assert_eq!(notes.all(), [("nap", 10 * SECOND), ("callback", 10 * SECOND)]);
    });
}

#[test]
fn the_kernel_of_a_paused_node_goes_on_and_its_process_reads_what_was_buffered() {
    always(20, |sim| async move {
        let db = sim.node("db");
        db.start(|| async {
            let listener = TcpListener::bind("0.0.0.0:5432").await?;
            let (mut stream, _) = listener.accept().await?;
            let mut heard = [0; 5];
            stream.read_exact(&mut heard).await?;
            stream.write_all(&heard).await?;
            std::future::pending::<std::io::Result<()>>().await
        });
        clock::sleep(MILLI).await;
        db.pause();
        // The handshake is the kernel's, and so is the buffer.
        let mut stream = TcpStream::connect("db:5432").await.unwrap();
        stream.write_all(b"hello").await.unwrap();
        let answer = clock::timeout(60 * SECOND, stream.read_exact(&mut [0; 5])).await;
        assert!(answer.is_err(), "nobody reads it");
        db.resume();
        let mut heard = [0; 5];
        clock::timeout(SECOND, stream.read_exact(&mut heard)).await.unwrap().unwrap();
        assert_eq!(&heard, b"hello");
    });
}

#[test]
fn what_was_ready_when_the_node_was_paused_waits_too_and_nothing_is_woken_twice() {
    let polls = run(|sim| async move {
        let notes = Notes::new();
        let db = sim.node("db");
        for i in 0..3 {
            let notes = notes.clone();
            db.spawn(async move {
                for _ in 0..3 {
                    notes.put(i);
                    clock::sleep(SECOND).await;
                }
            });
        }
        // They are ready and have not run.
        db.pause();
        let late = db.spawn(async { clock::now().since_start() });
        clock::sleep(5 * SECOND).await;
        assert_eq!(notes.len(), 0);
        db.resume();
        assert_eq!(late.await.unwrap(), 5 * SECOND, "what was spawned meanwhile waits as well");
        clock::sleep(60 * SECOND).await;
        notes.len()
    });
    assert_eq!(polls, 9);
}

#[test]
fn a_node_may_pause_itself_and_goes_on_to_its_next_await() {
    run(|sim| async move {
        let notes = Notes::new();
        let (noted, world) = (notes.clone(), sim.clone());
        let db = sim.node("db");
        db.start(move || {
            let (notes, sim) = (noted.clone(), world.clone());
            async move {
                sim.node("db").pause();
                notes.put("still here");
                reenact::yield_now().await;
                notes.put("again");
            }
        });
        clock::sleep(SECOND).await;
        assert_eq!((notes.all(), db.state()), (vec!["still here"], NodeState::Paused));
        db.resume();
        clock::sleep(SECOND).await;
        assert_eq!((notes.len(), db.state()), (2, NodeState::Stopped));
    });
}

#[test]
fn a_paused_node_can_end_and_start_again_and_is_paused_no_longer() {
    run(|sim| async move {
        let starts = Notes::new();
        let noted = starts.clone();
        let db = sim.node("db");
        db.start(move || {
            noted.put(());
            clock::sleep(1000 * SECOND)
        });
        clock::sleep(SECOND).await;
        db.pause();
        db.pause();
        clock::sleep(SECOND).await;
        db.crash();
        assert_eq!(db.state(), NodeState::Crashed);
        db.pause();
        db.resume();
        assert_eq!(db.state(), NodeState::Crashed, "who is down is left as he is");
        db.restart();
        clock::sleep(SECOND).await;
        assert_eq!((starts.len(), db.state()), (2, NodeState::Running));
        db.pause();
        db.restart();
        clock::sleep(SECOND).await;
        assert_eq!((starts.len(), db.state()), (3, NodeState::Running));
    });
}

#[test]
fn a_callback_that_is_late_can_still_be_taken_back() {
    run(|sim| async move {
        let rang = Notes::new();
        let noted = rang.clone();
        let db = sim.node("db");
        let handle = db.spawn(async move { clock::call_later(SECOND, move || noted.put(())) }).await.unwrap();
        db.pause();
        clock::sleep(5 * SECOND).await;
        handle.cancel();
        db.resume();
        clock::sleep(5 * SECOND).await;
        assert_eq!(rang.len(), 0);
    });
}

#[test]
fn who_waits_for_a_paused_node_for_ever_is_told_why() {
    let failure = failure(|sim| async move {
        let db = sim.node("db");
        let task = db.spawn(async { clock::sleep(SECOND).await });
        db.pause();
        task.await
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
    assert!(failure.waiting.iter().any(|task| task.node == "db" && task.what == "its node to be resumed"));
}

#[test]
fn a_pause_is_seen_in_the_trace_and_moves_the_digest() {
    let run = |pauses: bool| {
        Simulation::new(1).run(move |sim| async move {
            let db = sim.node("db");
            db.start(|| clock::sleep(5 * SECOND));
            clock::sleep(SECOND).await;
            if pauses {
                db.pause();
                db.resume();
            }
        })
    };
    let (with, without) = (run(true), run(false));
    assert_ne!(with.digest(), without.digest());
    let text = with.trace().text(View::timeline().level(Level::Fault));
    assert_eq!(text, "db    start\ndb    pause\ndb    resume\ntest  end\n");
}

#[test]
#[should_panic(expected = "the node `test` cannot be paused")]
fn the_test_itself_cannot_be_paused() {
    run(|sim| async move { sim.node("test").pause() });
}
