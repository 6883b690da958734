//! Listeners: a queue of connections, and those who take from it.

use crate::{
    common::{MILLI, Notes, SECOND, always},
    wires::{everywhere, kind, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    JoinSet, Sim, Simulation, clock,
    net::{TcpListener, TcpStream},
    spawn,
};
use std::{io::ErrorKind, rc::Rc};

#[test]
fn connections_wait_in_a_queue_and_their_bytes_with_them() {
    steadily(|sim| async move {
        let server = sim.node("server");
        let listener =
            server.spawn(TcpListener::bind("0.0.0.0:7000")).await.expect("no panic").expect("free");
        let mut clients = Vec::new();
        for i in 0..5u8 {
            let mut stream = TcpStream::connect("server:7000").await.expect("connected");
            stream.write_all(&[i]).await.expect("written");
            clients.push(stream);
        }
        clock::sleep(SECOND).await;
        for i in 0..5u8 {
            let (mut stream, peer) = listener.accept().await.expect("a client");
            let mut byte = [0];
            stream.read_exact(&mut byte).await.expect("a byte");
            assert_eq!((byte, peer), ([i], clients[i as usize].local_addr().expect("open")));
        }
        assert!(clock::timeout(SECOND, listener.accept()).await.is_err());
    });
}

/// A backlog of 1,024, and one more, as on Linux.
#[test]
fn the_queue_holds_1025_and_the_others_try_again() {
    steadily(|sim| async move {
        let server = sim.node("server");
        let listener =
            server.spawn(TcpListener::bind("0.0.0.0:7000")).await.expect("no panic").expect("free");
        let connected = Notes::new();
        let clients: Vec<_> = (0..1_030)
            .map(|i| {
                let (address, connected) = ((server.ip(), 7000), connected.clone());
                spawn(async move {
                    let stream = TcpStream::connect(address).await.expect("connected");
                    connected.put(i);
                    stream
                })
            })
            .collect();
        clock::sleep(SECOND / 2).await;
        assert_eq!(connected.len(), 1_025);
        let mut accepted = Vec::new();
        while accepted.len() < 1_030 {
            accepted.push(listener.accept().await.expect("a client"));
        }
        for client in clients {
            client.await.expect("no panic");
        }
        assert_eq!(connected.len(), 1_030);
        assert!(clock::now().since_start() < 2 * SECOND);
    });
}

#[test]
fn two_may_accept_from_one_listener() {
    always(20, |sim: Sim| async move {
        let (listener, accepted) =
            (Rc::new(TcpListener::bind("0.0.0.0:7000").await.expect("free")), Notes::new());
        for who in 0..2 {
            let (listener, accepted) = (listener.clone(), accepted.clone());
            spawn(async move {
                loop {
                    let (_, peer) = listener.accept().await.expect("it lives");
                    accepted.put((peer, who));
                    // A little work, so that the other has its chance.
                    clock::sleep(MILLI).await;
                }
            });
        }
        let mut clients = JoinSet::new();
        for i in 0..20 {
            clients.insert(sim.node(format!("client-{i}")).spawn(TcpStream::connect("test:7000")));
        }
        clients.join_all().await.into_iter().for_each(|stream| drop(stream.expect("connected")));
        clock::sleep(SECOND).await;
        let mut all = accepted.all();
        for who in 0..2 {
            assert!(all.iter().filter(|&&(_, one)| one == who).count() >= 5, "{all:?}");
        }
        all.sort();
        all.dedup_by_key(|&mut (peer, _)| peer);
        assert_eq!(all.len(), 20, "each was accepted once");
    });
}

/// Two share their task's waker; more than thirty have wakers of their own.
#[test]
fn several_futures_of_one_task_may_accept() {
    always(5, |sim: Sim| async move {
        for count in [2u16, 40] {
            let listener = TcpListener::bind(("0.0.0.0", count)).await.expect("free");
            let accept = |_| async { listener.accept().await.expect("it lives").1 };
            let all = futures::future::join_all((0..count).map(accept));
            let clients: Vec<_> = (0..count)
                .map(|i| sim.node(format!("client-{i}")).spawn(TcpStream::connect(("test", count))))
                .collect();
            let mut peers = all.await;
            peers.sort();
            peers.dedup();
            assert_eq!(peers.len(), usize::from(count));
            for client in clients {
                client.await.expect("no panic").expect("connected");
            }
        }
    });
}

#[test]
fn accept_may_be_given_up_without_losing_a_connection() {
    everywhere(2, |sim: Sim| async move {
        let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
        let clients: Vec<_> = (0..10)
            .map(|i| sim.node(format!("client-{i}")).spawn(TcpStream::connect(("test", 7000))))
            .collect();
        let mut accepted = Vec::new();
        while accepted.len() < 10 {
            if let Ok(connection) = clock::timeout(MILLI / 7, listener.accept()).await {
                accepted.push(connection.expect("it lives"));
            }
        }
        for client in clients {
            client.await.expect("no panic").expect("connected");
        }
    });
}

#[test]
fn a_dropped_listener_resets_who_waits_and_refuses_who_comes() {
    steadily(|sim| async move {
        let server = sim.node("server");
        let listener =
            server.spawn(TcpListener::bind("0.0.0.0:7000")).await.expect("no panic").expect("free");
        let mut taken = TcpStream::connect("server:7000").await.expect("connected");
        let (mut kept, _) = listener.accept().await.expect("a client");
        let mut waiting = TcpStream::connect("server:7000").await.expect("connected");
        clock::sleep(SECOND).await;
        drop(listener);
        assert_eq!(kind(waiting.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
        assert_eq!(kind(TcpStream::connect("server:7000").await), ErrorKind::ConnectionRefused);
        // What was accepted is no affair of the listener's.
        taken.write_all(b"hello").await.expect("written");
        let mut bytes = [0; 5];
        kept.read_exact(&mut bytes).await.expect("read");
        assert_eq!(&bytes, b"hello");
    });
}

#[test]
fn a_connection_whose_client_went_away_can_still_be_accepted() {
    steadily(|sim| async move {
        let server = sim.node("server");
        let listener =
            server.spawn(TcpListener::bind("0.0.0.0:7000")).await.expect("no panic").expect("free");
        let mut client = TcpStream::connect("server:7000").await.expect("connected");
        client.write_all(b"bye").await.expect("written");
        drop(client);
        clock::sleep(SECOND).await;
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.expect("an orderly end");
        assert_eq!(all, b"bye");
    });
}

/// Each client has a node of its own; each sends its number and hears it back.
#[test]
fn a_thousand_clients_at_a_time() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("server").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
            loop {
                let (mut stream, _) = listener.accept().await.expect("it lives");
                spawn(async move {
                    let mut buffer = [0; 64];
                    while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                        if stream.write_all(&buffer[..n]).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
        let clients: Vec<_> = (0..1_000u32)
            .map(|i| {
                sim.node(format!("client-{i}")).spawn(async move {
                    let mut stream = TcpStream::connect("server:7000").await.expect("connected");
                    for round in 0..3 {
                        let said = (i * 3 + round).to_le_bytes();
                        stream.write_all(&said).await.expect("written");
                        let mut heard = [0; 4];
                        stream.read_exact(&mut heard).await.expect("read");
                        assert_eq!(heard, said);
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.expect("no panic");
        }
    });
    assert!(run.stats().virtual_time < SECOND);
    run.unwrap();
}
