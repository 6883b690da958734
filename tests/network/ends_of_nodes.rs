//! What the ends of nodes look like from the other end of a connection.

use crate::{
    common::{MICRO, MILLI, SECOND},
    wires::{everywhere, kind, pair, steadily, steady},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Node, Sim, Simulation, clock,
    net::{TcpListener, TcpStream, UdpSocket},
};
use std::{future::pending, io::ErrorKind, time::Duration};

/// When a segment that never arrives is given up: after 15 retransmissions, as Linux does.
const GIVEN_UP: Duration = Duration::from_millis(924_600);

/// A connection to a node that can be restarted.
async fn pair_to_restartable(sim: &Sim) -> (TcpStream, TcpStream, Node) {
    let server = sim.node("server");
    server.start(pending::<()>);
    let (client, far) = pair(sim).await;
    (client, far, server)
}

#[test]
fn a_crash_is_silence() {
    steadily(|sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        server.crash();
        let read = clock::timeout(3_600 * SECOND, client.read(&mut [0; 8])).await;
        assert!(read.is_err(), "who only reads hears nothing, ever");
        // Who writes hears nothing either, until the kernel gives up.
        let before = clock::now();
        client.write_all(b"hello?").await.expect("sent");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::TimedOut);
        assert_eq!(clock::now() - before, GIVEN_UP + crate::wires::WAY);
        assert_eq!(kind(client.write(b"hello?").await), ErrorKind::BrokenPipe);
    });
}

#[test]
fn after_a_restart_the_host_answers_old_connections_with_a_reset() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        server.crash();
        client.write_all(b"hello?").await.expect("sent");
        clock::sleep(10 * SECOND).await;
        server.restart();
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_restart_before_the_next_write_is_a_reset_too() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        server.crash();
        server.restart();
        assert!(
            clock::timeout(60 * SECOND, client.read(&mut [0; 8])).await.is_err(),
            "silence until it writes"
        );
        client.write_all(b"hello?").await.expect("sent");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_writer_in_front_of_a_closed_window_hears_of_a_restart() {
    let run = Simulation::new(1).net(steady().window(10)).run(|sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        let writes = sim.node("client").spawn(async move { client.write_all(&[0; 100]).await });
        clock::sleep(SECOND).await;
        server.crash();
        clock::sleep(SECOND).await;
        server.restart();
        let wrote = clock::timeout(1_000 * SECOND, writes).await.expect("not for ever").expect("no panic");
        assert_eq!(kind(wrote), ErrorKind::ConnectionReset);
    });
    run.unwrap();
}

#[test]
fn a_writer_in_front_of_a_closed_window_gives_up_on_a_host_without_power() {
    let run = Simulation::new(1).net(steady().window(10)).run(|sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        let writes = sim.node("client").spawn(async move { client.write_all(&[0; 100]).await });
        clock::sleep(SECOND).await;
        server.crash();
        let wrote = clock::timeout(2_000 * SECOND, writes).await.expect("not for ever").expect("no panic");
        assert_eq!(kind(wrote), ErrorKind::TimedOut);
    });
    run.unwrap();
}

#[test]
fn bytes_on_their_way_from_a_host_that_lost_power_still_arrive() {
    steadily(|sim| async move {
        let (mut client, mut far, server) = pair_to_restartable(&sim).await;
        far.write_all(b"last").await.expect("written");
        clock::sleep(MILLI).await;
        server.crash();
        let mut last = [0; 4];
        client.read_exact(&mut last).await.expect("they were on the wire");
        assert_eq!(&last, b"last");
        assert!(clock::timeout(60 * SECOND, client.read(&mut [0; 8])).await.is_err());
    });
}

#[test]
fn a_kill_is_a_reset() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, mut far, server) = pair_to_restartable(&sim).await;
        far.write_all(b"last").await.expect("written");
        server.kill();
        let mut last = [0; 4];
        client.read_exact(&mut last).await.expect("it was written before");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
        assert_eq!(client.read(&mut [0; 8]).await.expect("the end"), 0);
    });
}

#[test]
fn a_restart_of_a_running_node_is_a_reset() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        server.restart();
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_stop_is_an_orderly_end_after_all_that_was_written() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, mut far, server) = pair_to_restartable(&sim).await;
        far.write_all(&[7; 100_000]).await.expect("written");
        server.stop();
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.expect("an orderly end");
        assert_eq!(all, [7; 100_000]);
    });
}

#[test]
fn a_main_that_returns_is_an_orderly_end_too() {
    everywhere(3, |sim: Sim| async move {
        sim.node("server").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:7000").await?;
            let (mut stream, _) = listener.accept().await?;
            stream.write_all(b"bye").await?;
            std::io::Result::Ok(())
        });
        let mut stream = TcpStream::connect("server:7000").await.expect("connected");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.expect("an orderly end");
        assert_eq!(all, b"bye");
    });
}

/// What was written is sent again by the host, though the process is gone.
#[test]
fn what_was_written_before_a_stop_survives_a_partition() {
    steadily(|sim| async move {
        let (mut client, mut far, server) = pair_to_restartable(&sim).await;
        let cut = sim.net().isolate("server");
        far.write_all(b"before").await.expect("written");
        server.stop();
        clock::sleep(30 * SECOND).await;
        drop(cut);
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.expect("an orderly end");
        assert_eq!(all, b"before");
    });
}

#[test]
fn a_stop_with_bytes_unread_is_a_reset() {
    steadily(|sim| async move {
        let (mut client, _far, server) = pair_to_restartable(&sim).await;
        client.write_all(b"unread").await.expect("written");
        clock::sleep(SECOND).await;
        server.stop();
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_power_loss_after_a_stop_takes_what_was_not_yet_through() {
    steadily(|sim| async move {
        let (mut client, mut far, server) = pair_to_restartable(&sim).await;
        let cut = sim.net().isolate("server");
        far.write_all(b"never").await.expect("written");
        server.stop();
        clock::sleep(SECOND).await;
        server.crash();
        drop(cut);
        assert!(clock::timeout(600 * SECOND, client.read(&mut [0; 8])).await.is_err());
    });
}

#[test]
fn a_socket_of_a_dead_process_says_so() {
    let ends: [fn(&Node); 4] = [Node::stop, Node::kill, Node::crash, Node::restart];
    for end in ends {
        steadily(|sim| async move {
            let (_client, mut far, server) = pair_to_restartable(&sim).await;
            let listener =
                server.spawn(TcpListener::bind("0.0.0.0:80")).await.expect("no panic").expect("free");
            let socket = server.spawn(UdpSocket::bind("0.0.0.0:80")).await.expect("no panic").expect("free");
            end(&server);
            clock::sleep(MILLI).await;
            let gone = far.read(&mut [0; 8]).await.expect_err("its process has ended");
            assert_eq!(gone.kind(), ErrorKind::NotConnected);
            assert_eq!(gone.to_string(), "the process that owned this socket has ended");
            assert_eq!(kind(far.write(b"late").await), ErrorKind::NotConnected);
            assert_eq!(kind(far.peer_addr()), ErrorKind::NotConnected);
            assert_eq!(kind(listener.accept().await), ErrorKind::NotConnected);
            assert_eq!(kind(listener.local_addr()), ErrorKind::NotConnected);
            assert_eq!(kind(socket.recv(&mut [0; 8]).await), ErrorKind::NotConnected);
            assert_eq!(kind(socket.send_to(b"late", "test:9").await), ErrorKind::NotConnected);
        });
    }
}

/// Bytes behind bytes that are lost for good are no part of the stream.
#[test]
fn what_is_behind_a_gap_is_never_read() {
    // The first segment meets a partition, the second does not, and nobody repeats the first.
    let ends: [fn(&Node); 2] = [Node::crash, Node::kill];
    for end in ends {
        for ended_at in [3, 6] {
            steadily(|sim| async move {
                let (mut client, mut far, server) = pair_to_restartable(&sim).await;
                far.write_all(b"one").await.expect("sent");
                let net = sim.net();
                clock::call_later(4 * MILLI, move || {
                    let cut = net.isolate("client");
                    clock::call_later(2 * MILLI, move || drop(cut));
                });
                clock::call_later(ended_at * MILLI, move || end(&server));
                clock::sleep(2 * MILLI).await;
                far.write_all(b"two").await.expect("sent");
                let mut read = [0; 8];
                let came = clock::timeout(600 * SECOND, client.read(&mut read)).await;
                assert!(!matches!(came, Ok(Ok(1..))), "{:?}", String::from_utf8_lossy(&read));
            });
        }
    }
}

/// A new life has a new listener on the old port, and old packets do not reach it.
#[test]
fn packets_for_a_former_life_do_not_reach_the_next() {
    everywhere(5, |sim: Sim| async move {
        let server = sim.node("server");
        server.start(|| async {
            let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
            loop {
                let (mut stream, _) = listener.accept().await.expect("it lives");
                reenact::spawn(async move {
                    let mut all = Vec::new();
                    if stream.read_to_end(&mut all).await.is_ok() {
                        assert_eq!(all, b"new");
                        let _ = stream.write_all(b"ok").await;
                    }
                });
            }
        });
        let mut old = TcpStream::connect("server:7000").await.expect("connected");
        old.write_all(b"old").await.expect("sent");
        clock::sleep(300 * MICRO).await;
        server.crash();
        server.restart();
        old.write_all(b"older").await.expect("sent");
        let mut new = TcpStream::connect("server:7000").await.expect("connected");
        new.write_all(b"new").await.expect("sent");
        new.close().await.expect("closed");
        let mut answer = Vec::new();
        new.read_to_end(&mut answer).await.expect("read");
        assert_eq!(answer, b"ok");
        assert_eq!(kind(old.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_node_that_crashes_itself_in_mid_write_sends_no_more() {
    everywhere(3, |sim: Sim| async move {
        let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
        let node = sim.node("client");
        let own = node.clone();
        node.spawn(async move {
            let mut stream = TcpStream::connect("test:7000").await.expect("connected");
            stream.write_all(b"one").await.expect("written");
            own.crash();
            let _ = stream.write_all(b"two").await;
            unreachable!("a dead task waits for ever");
        });
        let (mut stream, _) = listener.accept().await.expect("a client");
        stream.read_exact(&mut [0; 3]).await.expect("it was written before");
        assert!(clock::timeout(600 * SECOND, stream.read(&mut [0; 8])).await.is_err());
    });
}
