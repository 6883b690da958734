//! What is added in one place moves nothing in another: draws belong to a task, the lateness of
//! packets to a socket.

use crate::common::{MILLI, Notes, SECOND, run};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, clock, draw,
    net::{TcpListener, TcpStream, UdpSocket},
    spawn,
    task::Builder,
    yield_now,
};
use std::time::Duration;

/// Draws of a task, with a turn between two.
async fn draws() -> Vec<u64> {
    let mut draws = Vec::new();
    for _ in 0..10 {
        draws.push(draw::below(1 << 40));
        yield_now().await;
    }
    draws
}

#[test]
fn draws_are_what_they_always_were() {
    // Other numbers here mean that every seed anybody wrote down means another run.
    let drawn = reenact::Simulation::new(42).run(|sim| async move {
        let mine: Vec<u64> = (0..4).map(|_| draw::below(1_000)).collect();
        let others = sim.node("db").spawn(async { [draw::below(1_000), draw::below(1_000)] });
        (mine, others.await.expect("no panic"))
    });
    assert_eq!(drawn.unwrap(), (vec![975, 993, 596, 687], [784, 725]));
}

#[test]
fn one_more_draw_moves_nothing_in_another_task() {
    let others = |more: u32| {
        run(move |sim| async move {
            let busy = spawn(async move {
                for _ in 0..more {
                    draw::below(100);
                    yield_now().await;
                }
                draws().await
            });
            let (sibling, elsewhere) = (spawn(draws()), sim.node("a").spawn(draws()));
            let busy = busy.await.expect("no panic");
            (busy, [sibling.await.expect("no panic"), elsewhere.await.expect("no panic"), draws().await])
        })
    };
    let (none, three) = (others(0), others(3));
    assert_eq!(none.1, three.1);
    assert_eq!(none.0[3..], three.0[..7], "and the own draws go on where they were");
}

#[test]
fn all_tasks_draw_differently() {
    let mut all = run(|sim| async move {
        let mut tasks = vec![sim.node("a").spawn(draws()), sim.node("b").spawn(draws())];
        tasks.extend((0..3).map(|_| spawn(draws())));
        tasks.extend(["x", "y", "x"].map(|name| Builder::new().name(name).spawn(draws())));
        let mut all = draws().await;
        for task in tasks {
            all.extend(task.await.expect("no panic"));
        }
        all
    });
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 90);
}

#[test]
fn callbacks_draw_by_themselves() {
    let drawn = |callbacks: u32| {
        run(move |_| async move {
            let notes = Notes::new();
            for i in 0..callbacks {
                let notes = notes.clone();
                clock::call_later(i * MILLI, move || notes.put(draw::below(1 << 40)));
            }
            let own = draws().await;
            clock::sleep(SECOND).await;
            (own, notes.all())
        })
    };
    let ((own, none), (same, three)) = (drawn(0), drawn(3));
    assert_eq!((own, none.len(), three.len()), (same, 0, 3));
    assert!(three[0] != three[1] && three[1] != three[2] && three[0] != three[2]);
}

#[test]
fn a_named_task_more_moves_no_draw_of_its_siblings() {
    let draws_of = |more: bool| {
        run(move |_| async move {
            let first = spawn(draws());
            if more {
                drop(Builder::new().name("more").spawn(draws()));
            }
            let (second, named) = (spawn(draws()), Builder::new().name("named").spawn(draws()));
            [first.await.expect("no panic"), second.await.expect("no panic"), named.await.expect("no panic")]
        })
    };
    assert_eq!(draws_of(false), draws_of(true));
}

/// A datagram every 20 ms from `a` to `b`, and a stream; when each of them came.
async fn conversation(sim: Sim) -> (Vec<Duration>, Vec<u64>) {
    let times = Notes::new();
    let heard = times.clone();
    sim.node("b").spawn(async move {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        loop {
            socket.recv(&mut [0; 8]).await.expect("it lives");
            heard.put(clock::now().since_start());
        }
    });
    let read = times.clone();
    sim.node("b").spawn(async move {
        let listener = TcpListener::bind("0.0.0.0:7").await.expect("free");
        let (mut stream, _) = listener.accept().await.expect("a client");
        while let Ok(1..) = stream.read(&mut [0; 8]).await {
            read.put(clock::now().since_start());
        }
    });
    let drawn = sim.node("a").spawn(async {
        let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
        clock::sleep(MILLI).await;
        let mut stream = TcpStream::connect("b:7").await.expect("connected");
        let mut drawn = Vec::new();
        for i in 1..=20 {
            clock::sleep_until(clock::Instant::ZERO + i * 50 * MILLI).await;
            socket.send_to(b"hi", "b:9").await.expect("sent");
            stream.write_all(b"hi").await.expect("sent");
            drawn.push(draw::below(1 << 40));
        }
        drawn
    });
    let drawn = drawn.await.expect("no panic");
    clock::sleep(SECOND).await;
    (times.all(), drawn)
}

/// Chatter of others, about which nobody here cares.
async fn chatter(sim: Sim) {
    for (name, port) in [("c", 9), ("d", 9)] {
        let inner = sim.clone();
        sim.node(name).spawn(async move {
            let socket = UdpSocket::bind(("0.0.0.0", port)).await.expect("free");
            loop {
                let other = draw::pick(&["b", "c", "d"]);
                socket.send_to(b"blah", (*other, 10)).await.expect("sent");
                drop(inner.node("e").spawn(clock::sleep(MILLI)));
                clock::sleep(Duration::from_micros(draw::range(1..5_000))).await;
            }
        });
    }
}

#[test]
fn other_nodes_move_no_draw_and_no_packet() {
    let alone = run(conversation);
    let among_others = run(|sim| async move {
        drop(Builder::new().name("chatter").spawn(chatter(sim.clone())));
        conversation(sim).await
    });
    assert_eq!(alone.0.len(), 40);
    assert_eq!(alone, among_others);
}

/// The nodes exist in another order, so that their addresses are others.
#[test]
fn a_node_made_before_moves_no_draw_and_no_packet() {
    let with = |names: &'static [&'static str]| {
        run(move |sim| async move {
            for name in names {
                sim.node(*name);
            }
            conversation(sim).await
        })
    };
    let expected = with(&[]);
    assert_eq!(with(&["b", "a"]), expected);
    assert_eq!(with(&["x", "y", "b", "z", "a"]), expected);
}
