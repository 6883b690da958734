//! Streams in two halves, looked at, tried, and waited for.

use crate::{
    common::{MILLI, SECOND},
    wires::{WAY, kind, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt, future::join_all};
use reenact::{
    Simulation, clock,
    net::{Config, TcpListener, TcpSocket, TcpStream},
    spawn,
};
use std::{io::ErrorKind, sync::Arc};

#[test]
fn owned_halves_go_to_different_tasks() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let (mut read, mut write) = client.into_split();
        assert_eq!(read.local_addr().expect("open"), write.local_addr().expect("open"));
        let reader = spawn(async move {
            let mut all = Vec::new();
            read.read_to_end(&mut all).await.map(|_| all)
        });
        let writer = spawn(async move { write.write_all(b"question").await });
        writer.await.expect("no panic").expect("sent");
        // The write half is dropped, so its direction is closed.
        let mut heard = Vec::new();
        server.read_to_end(&mut heard).await.expect("read");
        assert_eq!(heard, b"question");
        server.write_all(b"answer").await.expect("sent");
        drop(server);
        assert_eq!(reader.await.expect("no panic").expect("read"), b"answer");
    });
}

#[test]
fn halves_reunite_with_their_own_only() {
    steadily(|sim| async move {
        let (client, server) = pair(&sim).await;
        let ((read, write), (other_read, other_write)) = (client.into_split(), server.into_split());
        let error = read.reunite(other_write).expect_err("of different streams");
        let (mut client, mut server) =
            (error.0.reunite(write).expect("of one"), error.1.reunite(other_read).expect("of one"));
        client.write_all(b"still open").await.expect("sent");
        server.read_exact(&mut [0; 10]).await.expect("read");
    });
}

#[test]
fn a_forgotten_write_half_closes_nothing() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let (_read, write) = client.into_split();
        write.forget();
        assert!(clock::timeout(SECOND, server.read(&mut [0])).await.is_err());
    });
}

#[test]
fn borrowed_halves_work_at_once() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let (mut read, mut write) = client.split();
        let mut heard = [0; 3];
        let answer = async {
            server.read_exact(&mut [0; 3]).await?;
            server.write_all(b"two").await
        };
        let done = futures::join!(write.write_all(b"one"), read.read_exact(&mut heard), answer);
        assert!(done.0.is_ok() && done.1.is_ok() && done.2.is_ok());
        assert_eq!(&heard, b"two");
    });
}

#[test]
fn trying_never_waits() {
    steadily(|sim| async move {
        sim.net().config(Config::default().latency(WAY).window(10));
        let (client, server) = pair(&sim).await;
        assert_eq!(kind(client.try_read(&mut [0])), ErrorKind::WouldBlock);
        assert_eq!(client.try_write(&[7; 25]).expect("room"), 10);
        assert_eq!(kind(client.try_write(&[7])), ErrorKind::WouldBlock);
        let start = clock::now();
        server.readable().await.expect("open");
        assert_eq!(clock::now() - start, WAY);
        assert_eq!(server.try_read(&mut [0; 64]).expect("there"), 10);
        client.writable().await.expect("open");
        assert_eq!(clock::now() - start, 2 * WAY);
        assert_eq!(client.try_write(&[7; 25]).expect("room"), 10);
        drop(client);
        clock::sleep(SECOND).await;
        server.readable().await.expect("open");
        assert_eq!(server.try_read(&mut [0; 64]).expect("there"), 10);
        assert_eq!(server.try_read(&mut [0; 64]).expect("the end"), 0);
    });
}

#[test]
fn peeking_takes_nothing() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        for word in [&b"ab"[..], b"cde"] {
            client.write_all(word).await.expect("sent");
        }
        clock::sleep(SECOND).await;
        server.read_exact(&mut [0]).await.expect("read");
        let mut buffer = [0; 3];
        for _ in 0..2 {
            assert_eq!(server.peek(&mut buffer).await.expect("there"), 3);
            assert_eq!(&buffer, b"bcd");
        }
        let mut all = [0; 64];
        assert_eq!(server.peek(&mut all).await.expect("there"), 4);
        server.read_exact(&mut all[..4]).await.expect("read");
        assert_eq!(&all[..4], b"bcde");
        assert!(clock::timeout(SECOND, server.peek(&mut all)).await.is_err());
        drop(client);
        assert_eq!(server.peek(&mut all).await.expect("the end"), 0);
    });
}

#[test]
fn everybody_who_waits_is_woken() {
    steadily(|sim| async move {
        let (mut client, server) = pair(&sim).await;
        let server = Arc::new(server);
        let waiting: Vec<_> = (0..5)
            .map(|i| {
                let server = server.clone();
                spawn(async move {
                    if i % 2 == 0 { server.readable().await } else { server.peek(&mut [0]).await.map(drop) }
                })
            })
            .collect();
        clock::sleep(MILLI).await;
        client.write_all(b"!").await.expect("sent");
        let woken = clock::timeout(SECOND, join_all(waiting)).await.expect("in time");
        assert!(woken.into_iter().all(|result| result.is_ok_and(|result| result.is_ok())));
    });
}

#[test]
fn a_socket_may_choose_where_it_connects_from_and_how_many_wait() {
    steadily(|sim| async move {
        let at = |port: u16| format!("0.0.0.0:{port}").parse().expect("an address");
        let own = |port: u16| std::net::SocketAddr::new(sim.node("test").ip(), port);
        let socket = TcpSocket::new_v4().expect("made");
        socket.bind(at(7000)).expect("not bound yet");
        assert_eq!(kind(socket.bind(at(7001))), ErrorKind::InvalidInput);
        let listener = socket.listen(1).expect("free");
        let from = |port| {
            let socket = TcpSocket::new_v4().expect("made");
            socket.set_nodelay(true).expect("kept");
            socket.bind(at(port)).expect("not bound yet");
            socket.connect(own(7000))
        };
        let first = from(4000).await.expect("connected");
        assert!(first.nodelay().expect("open"));
        assert_eq!(first.local_addr().expect("open"), own(4000));
        assert_eq!(kind(from(4000).await), ErrorKind::AddrInUse);
        let _second = TcpStream::connect(own(7000)).await.expect("connected");
        let third = spawn(TcpStream::connect(own(7000)));
        clock::sleep(SECOND / 2).await;
        assert!(!third.is_finished(), "two wait already");
        assert_eq!(listener.accept().await.expect("one").1.port(), 4000);
        third.await.expect("no panic").expect("asked again");
        assert_eq!(
            kind(TcpSocket::new_v6().expect("made").connect(own(7000)).await),
            ErrorKind::InvalidInput
        );
        assert!(TcpListener::bind("0.0.0.0:4000").await.is_err());
    });
}

#[test]
fn fragments_hurt_nobody_who_expects_them() {
    let mut counts = [0; 2];
    for (i, config) in [Config::default(), Config::default().fragment(1, 2)].into_iter().enumerate() {
        for seed in 0..10 {
            let run = Simulation::new(seed).net(config.clone()).run(|sim| async move {
                let (mut client, mut server) = pair(&sim).await;
                let sent: Vec<u8> = (0..5_000u32).map(|i| (i % 251) as u8).collect();
                let expected = sent.clone();
                let writer = spawn(async move {
                    client.write_all(&sent).await.expect("sent");
                    client.close().await.expect("closed");
                    client
                });
                let mut came = Vec::new();
                server.read_to_end(&mut came).await.expect("read");
                assert!(came == expected);
                drop(writer);
                sim.net().stats().fragmented
            });
            counts[i] += run.unwrap();
        }
    }
    assert!(counts[0] == 0 && counts[1] > 50, "{counts:?}");
}

#[test]
fn fragments_are_short_reads_short_writes_and_cut_segments() {
    let (mut short_writes, mut short_reads, mut cut) = (0, 0, 0);
    for seed in 0..50 {
        let run = Simulation::new(seed).net(Config::default().fragment(1, 2)).run(|sim| async move {
            let (mut client, server) = pair(&sim).await;
            let sent = sim.net().stats().sent;
            let written = client.write(&[7; 100]).await.expect("sent");
            let segments = sim.net().stats().sent - sent;
            clock::sleep(SECOND).await;
            (written, segments, server.try_read(&mut [0; 100]).expect("there"))
        });
        let (written, segments, read) = run.unwrap();
        assert!(written >= 1 && read >= 1 && read <= written);
        short_writes += u32::from(written < 100);
        short_reads += u32::from(read < written);
        cut += u32::from(segments == 2);
    }
    for count in [short_writes, short_reads, cut] {
        assert!((10..=40).contains(&count), "{short_writes} {short_reads} {cut}");
    }
}
