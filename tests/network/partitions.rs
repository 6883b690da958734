//! Partitions: TCP waits for them to end, and gives up in the end; UDP does not wait.

use crate::{
    common::{MILLI, SECOND},
    wires::{WAY, kind, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, Simulation, clock,
    net::{TcpStream, UdpSocket},
};
use std::{io::ErrorKind, time::Duration};

#[test]
fn bytes_are_delayed_and_arrive_in_order_after_it() {
    for seed in 0..10 {
        let run = Simulation::new(seed).run(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            client.write_all(&[0, 1, 2]).await.expect("sent");
            clock::sleep(3 * MILLI).await;
            let cut = sim.net().partition(&["client"], &["server"]);
            for i in 3..20 {
                client.write_all(&[i]).await.expect("sent");
                clock::sleep(7 * MILLI).await;
            }
            clock::sleep(5 * SECOND).await;
            drop(cut);
            client.write_all(&[20]).await.expect("sent");
            let mut all = [0; 21];
            server.read_exact(&mut all).await.expect("read");
            assert!(all.iter().copied().eq(0..=20), "{all:?}");
        });
        run.unwrap();
    }
}

/// The first retransmission comes after 200 ms, then twice as late each time.
#[test]
fn they_are_sent_again_after_times_that_double() {
    for (cut_for, late) in [(100, 200), (201, 600), (601, 1_400), (20_000, 25_400)] {
        steadily(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            let cut = sim.net().partition(&["client"], &["server"]);
            let written = clock::now();
            client.write_all(b"late").await.expect("sent");
            clock::call_later(WAY + cut_for * MILLI, move || drop(cut));
            server.read_exact(&mut [0; 4]).await.expect("read");
            // It is lost on arrival, waits, and goes one way again.
            assert_eq!(clock::now() - written, WAY + late * MILLI + WAY);
        });
    }
}

#[test]
fn a_long_one_is_a_time_out_for_who_has_written() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let _cut = sim.net().isolate("server");
        let written = clock::now();
        client.write_all(b"lost").await.expect("sent");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::TimedOut);
        assert_eq!(clock::now() - written, WAY + Duration::from_millis(924_600));
        assert_eq!(kind(client.write(b"more").await), ErrorKind::BrokenPipe);
        // The other end does not know.
        assert!(clock::timeout(SECOND, server.read(&mut [0; 8])).await.is_err());
    });
}

/// After the time-out one end is closed and the other is not: it is reset when it writes.
#[test]
fn a_half_open_connection_is_reset_by_the_next_write() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let cut = sim.net().isolate("server");
        client.write_all(b"lost").await.expect("sent");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::TimedOut);
        drop((cut, client));
        server.write_all(b"anybody?").await.expect("sent");
        assert_eq!(kind(server.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}

#[test]
fn an_idle_connection_does_not_notice() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let cut = sim.net().isolate("server");
        clock::sleep(3_600 * SECOND).await;
        drop(cut);
        client.write_all(b"still").await.expect("sent");
        server.read_exact(&mut [0; 5]).await.expect("here");
    });
}

#[test]
fn both_directions_are_cut() {
    for side in 0..2 {
        steadily(move |sim| async move {
            let (client, server) = pair(&sim).await;
            let (mut from, mut to) = if side == 0 { (client, server) } else { (server, client) };
            let _cut = sim.net().partition(&["client"], &["server"]);
            from.write_all(b"lost").await.expect("sent");
            assert!(clock::timeout(60 * SECOND, to.read(&mut [0; 8])).await.is_err());
        });
    }
}

/// Whether a datagram gets from one node to another now.
async fn reaches(sim: &Sim, from: &str, to: &str) -> bool {
    let receives = sim.node(to).spawn(async {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        clock::timeout(SECOND, socket.recv(&mut [0; 8])).await.is_ok()
    });
    let to = to.to_owned();
    let sends = sim.node(from).spawn(async move {
        let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
        clock::sleep(MILLI).await;
        socket.send_to(b"hi", (to, 9)).await.expect("sent");
    });
    sends.await.expect("no panic");
    receives.await.expect("no panic")
}

#[test]
fn only_links_between_the_groups_are_cut() {
    steadily(|sim| async move {
        for name in ["a", "b", "c", "d", "e"] {
            sim.node(name);
        }
        let _cut = sim.net().partition(&["a", "b"], &["c", "d"]);
        for (from, to, whole) in [
            ("a", "b", true),
            ("c", "d", true),
            ("a", "c", false),
            ("d", "b", false),
            ("a", "e", true),
            ("e", "d", true),
        ] {
            assert_eq!(reaches(&sim, from, to).await, whole, "{from} to {to}");
        }
    });
}

#[test]
fn an_isolated_node_reaches_nobody_but_itself() {
    steadily(|sim| async move {
        sim.node("a");
        sim.node("b");
        let cut = sim.net().isolate("a");
        assert!(!reaches(&sim, "a", "b").await);
        assert!(!reaches(&sim, "test", "a").await);
        assert!(reaches(&sim, "test", "b").await);
        assert!(reaches(&sim, "a", "a").await, "loopback is no link");
        drop(cut);
        assert!(reaches(&sim, "a", "b").await);
    });
}

#[test]
fn a_group_on_both_sides_is_cut_within() {
    steadily(|sim| async move {
        sim.node("a");
        sim.node("b");
        let _cut = sim.net().partition(&["a", "b"], &["a", "b"]);
        assert!(!reaches(&sim, "a", "b").await);
        assert!(!reaches(&sim, "b", "a").await);
        assert!(reaches(&sim, "a", "a").await);
    });
}

#[test]
fn a_datagram_on_its_way_is_lost_when_the_link_is_cut_before_it_arrives() {
    steadily(|sim| async move {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        let node = sim.node("a");
        let sender = node.spawn(UdpSocket::bind("0.0.0.0:0")).await.expect("no panic").expect("free");
        for (cut_at, healed_at, arrives) in [(1, 8, false), (1, 3, true), (6, 8, true)] {
            sender.send_to(b"hi", "test:9").await.expect("sent");
            clock::sleep(cut_at * MILLI).await;
            let cut = sim.net().isolate("a");
            clock::sleep((healed_at - cut_at) * MILLI).await;
            drop(cut);
            let came = clock::timeout(SECOND, socket.recv(&mut [0; 8])).await.is_ok();
            assert_eq!(came, arrives, "cut after {cut_at} ms, healed after {healed_at} ms");
        }
    });
}

#[test]
fn a_connection_opened_in_between_is_as_good_as_any() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        for _ in 0..5 {
            let cut = sim.net().isolate("client");
            client.write_all(b"x").await.expect("sent");
            server.write_all(b"y").await.expect("sent");
            clock::sleep(SECOND).await;
            drop(cut);
            client.read_exact(&mut [0; 1]).await.expect("read");
            server.read_exact(&mut [0; 1]).await.expect("read");
        }
        drop(client);
        assert_eq!(server.read(&mut [0; 8]).await.expect("an orderly end"), 0);
        assert_eq!(kind(TcpStream::connect("server:7000").await), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn an_end_that_meets_a_partition_comes_late() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let cut = sim.net().isolate("client");
        client.write_all(b"bye").await.expect("sent");
        drop(client);
        clock::sleep(10 * SECOND).await;
        drop(cut);
        let mut all = Vec::new();
        server.read_to_end(&mut all).await.expect("an orderly end");
        assert_eq!(all, b"bye");
    });
}

/// Resets are not sent again, as on real networks: the end that did not hear of it finds out later.
#[test]
fn a_reset_that_meets_a_partition_is_lost() {
    steadily(|sim| async move {
        let (mut client, server) = pair(&sim).await;
        sim.node("server").spawn(async {});
        let cut = sim.net().isolate("server");
        sim.node("server").kill();
        drop(server);
        clock::sleep(SECOND).await;
        drop(cut);
        assert!(clock::timeout(SECOND, client.read(&mut [0; 8])).await.is_err());
        client.write_all(b"hello?").await.expect("sent");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
    });
}
