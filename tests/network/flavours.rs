//! Partitions that are one-way, slow or jammed, and their shapes.

use crate::{
    common::{MILLI, SECOND},
    wires::{WAY, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, Simulation, clock,
    net::{Flavour, LossReason, Shape, TcpStream, UdpSocket},
};
use std::{io::ErrorKind, time::Duration};

/// After how long `test` hears a datagram that `node` sends now, if within a minute.
async fn hears(sim: &Sim, node: &str) -> Option<Duration> {
    let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
    let sent = sim.node(node).spawn(async {
        UdpSocket::bind("0.0.0.0:0").await.expect("free").send_to(b"hi", "test:9").await.expect("sent");
    });
    let start = clock::now();
    sent.await.expect("no panic");
    clock::timeout(60 * SECOND, socket.recv(&mut [0; 2])).await.ok().map(|_| clock::now() - start)
}

#[test]
fn one_way_cuts_one_way() {
    steadily(|sim| async move {
        sim.node("a");
        sim.node("b");
        let cut = sim.net().one_way(&["a"], &["test"]);
        assert_eq!(hears(&sim, "a").await, None);
        assert_eq!(hears(&sim, "b").await, Some(WAY));
        assert_eq!(sim.net().stats().lost_to(LossReason::Partition), 1);
        drop(cut);
        assert_eq!(hears(&sim, "a").await, Some(WAY));
        let _other = sim.net().one_way(&["test"], &["a"]);
        assert_eq!(hears(&sim, "a").await, Some(WAY));
    });
}

#[test]
fn a_half_heard_connect_times_out() {
    steadily(|sim| async move {
        sim.node("a").spawn(async { reenact::net::TcpListener::bind("0.0.0.0:1").await?.accept().await });
        let _cut = sim.net().one_way(&["a"], &["test"]);
        assert_eq!(TcpStream::connect("a:1").await.expect_err("cut").kind(), ErrorKind::TimedOut);
        assert_eq!(sim.elapsed(), 127 * SECOND);
    });
}

#[test]
fn a_slow_partition_delays_and_loses_nothing() {
    steadily(|sim| async move {
        sim.node("a");
        sim.node("b");
        let slow = sim.net().flavour(Flavour::Slow(2 * SECOND)).isolate("a");
        assert_eq!(hears(&sim, "a").await, Some(WAY + 2 * SECOND));
        assert_eq!(hears(&sim, "b").await, Some(WAY));
        assert_eq!(sim.net().stats().slowed, 1);
        drop(slow);
        assert_eq!(hears(&sim, "a").await, Some(WAY));
    });
}

#[test]
fn a_jam_ends_in_a_burst_in_order() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let jam = sim.net().flavour(Flavour::Jam).partition(&["client"], &["server"]);
        for byte in 0..50 {
            client.write_all(&[byte]).await.expect("sent");
            clock::sleep(100 * MILLI).await;
        }
        let mut came = [0; 50];
        let early = clock::timeout(SECOND, server.read(&mut came)).await;
        assert!(early.is_err());
        let released = clock::now();
        drop(jam);
        client.write_all(b"!").await.expect("sent");
        server.read_exact(&mut came).await.expect("read");
        assert_eq!(clock::now(), released, "all at once");
        assert!((0..).zip(came).all(|(i, byte)| i == byte));
        server.read_exact(&mut came[..1]).await.expect("read");
        assert_eq!((clock::now(), came[0]), (released + WAY, b'!'));
        assert_eq!(sim.net().stats().held, 50);
    });
}

#[test]
fn a_connect_in_a_jam_times_out() {
    steadily(|sim| async move {
        sim.node("a");
        let jam = sim.net().flavour(Flavour::Jam).isolate("a");
        assert_eq!(TcpStream::connect("a:1").await.expect_err("jammed").kind(), ErrorKind::TimedOut);
        drop(jam);
        // What comes late finds nobody.
        assert_eq!(TcpStream::connect("a:1").await.expect_err("nobody").kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn healing_ends_all_flavours() {
    steadily(|sim| async move {
        sim.node("a");
        for flavour in [Flavour::Drop, Flavour::Slow(SECOND), Flavour::Jam] {
            sim.net().flavour(flavour).isolate("a").keep();
        }
        sim.net().hold("a", "test");
        assert_eq!(hears(&sim, "a").await, None);
        sim.net().heal();
        clock::sleep(SECOND).await; // what was held arrives, and finds nobody
        assert_eq!(hears(&sim, "a").await, Some(WAY));
    });
}

#[test]
fn links_are_cut_by_the_names_of_their_nodes() {
    steadily(|sim| async move {
        sim.node("eu-1");
        sim.node("us-1");
        let _cut = sim.net().cut_where(|from, to| from.starts_with("eu") && to == "test");
        assert_eq!(hears(&sim, "eu-1").await, None);
        assert_eq!(hears(&sim, "us-1").await, Some(WAY));
    });
}

#[test]
fn a_shape_leaves_a_majority_where_it_says_so() {
    for seed in 0..10 {
        let run = Simulation::new(seed).run(|sim| async move {
            let names = ["test", "a", "b", "c", "d"];
            for name in names {
                sim.node(name);
            }
            let _cut = sim.net().shape(Shape::Minority, &names);
            let mut heard = 1;
            for name in &names[1..] {
                heard += usize::from(hears(&sim, name).await.is_some());
            }
            heard
        });
        let heard = run.unwrap();
        assert!(heard == 2 || heard == 3, "{heard}");
    }
}
