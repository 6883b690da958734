//! Datagrams: they keep their boundaries, and nothing else is promised.

use crate::{
    common::{MILLI, SECOND, always},
    wires::{WAY, everywhere, kind, steadily},
};
use reenact::{Sim, Simulation, clock, net::UdpSocket, spawn};
use std::{io::ErrorKind, net::SocketAddr, rc::Rc};

/// A socket on a node, on this port.
async fn socket(sim: &Sim, node: &str, port: u16) -> UdpSocket {
    let bound = sim.node(node).spawn(UdpSocket::bind(("0.0.0.0", port)));
    bound.await.expect("no panic").expect("free")
}

/// The next datagram within a second, and who sent it.
async fn next(socket: &UdpSocket) -> Option<(Vec<u8>, SocketAddr)> {
    let mut buffer = vec![0; 1 << 16];
    let (n, from) = clock::timeout(SECOND, socket.recv_from(&mut buffer)).await.ok()?.expect("it lives");
    buffer.truncate(n);
    Some((buffer, from))
}

#[test]
fn a_datagram_takes_one_way_and_tells_its_sender() {
    steadily(|sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        let before = clock::now();
        assert_eq!(a.send_to(b"hello", "b:2").await.expect("sent"), 5);
        assert_eq!(clock::now(), before);
        let (bytes, from) = next(&b).await.expect("it came");
        assert_eq!((bytes.as_slice(), from), (&b"hello"[..], SocketAddr::new(sim.node("a").ip(), 1)));
        assert_eq!(clock::now() - before, WAY);
        b.send_to(b"you too", from).await.expect("sent");
        assert_eq!(next(&a).await.expect("it came").0, b"you too");
    });
}

#[test]
fn boundaries_are_kept() {
    everywhere(2, |sim: Sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        let sizes = [0, 1, 135, 136, 137, 1_500, 9_000, 65_507];
        for size in sizes {
            let sent = vec![size as u8; size];
            // Until one gets through.
            let came = loop {
                assert_eq!(a.send_to(&sent, "b:2").await.expect("sent"), size);
                match next(&b).await {
                    Some((came, _)) if came.len() == size => break came,
                    _ => continue,
                }
            };
            assert!(came == sent);
        }
    });
}

#[test]
fn what_does_not_fit_is_cut_off_and_lost() {
    steadily(|sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        for said in [&b"a long one"[..], b"short"] {
            a.send_to(said, "b:2").await.expect("sent");
            clock::sleep(SECOND).await;
        }
        let mut buffer = [0; 6];
        assert_eq!(b.recv(&mut buffer).await.expect("it came"), 6);
        assert_eq!(&buffer, b"a long");
        assert_eq!(b.recv(&mut buffer).await.expect("it came"), 5);
        assert_eq!(&buffer[..5], b"short");
    });
}

#[test]
fn too_large_is_an_error() {
    steadily(|sim| async move {
        let a = socket(&sim, "a", 1).await;
        let error = a.send_to(&[0; 65_508], "test:9").await.expect_err("too large");
        assert!(error.to_string().to_lowercase().contains("message too long"), "{error}");
        if cfg!(target_os = "linux") {
            assert_eq!(error.raw_os_error(), Some(90), "EMSGSIZE");
        }
        assert_eq!(a.send_to(&[0; 65_507], "test:9").await.expect("just not"), 65_507);
    });
}

#[test]
fn peeking_leaves_it_there() {
    steadily(|sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        a.send_to(b"hello", "b:2").await.expect("sent");
        let mut buffer = [0; 3];
        for _ in 0..2 {
            let (n, from) = b.peek_from(&mut buffer).await.expect("it came");
            assert_eq!((n, from.port(), &buffer), (3, 1, b"hel"));
        }
        assert_eq!(next(&b).await.expect("it is there").0, b"hello");
        assert_eq!(next(&b).await, None);
    });
}

#[test]
fn to_a_port_without_a_socket_it_is_lost() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("b");
        let a = socket(&sim, "a", 1).await;
        assert_eq!(a.send_to(b"hello?", "b:2").await.expect("loss is no error"), 6);
        clock::sleep(SECOND).await;
    });
    let stats = run.stats();
    assert_eq!((stats.packets_sent, stats.packets_lost, stats.packets_delivered), (1, 1, 0));
    run.unwrap();
}

#[test]
fn a_connected_socket_sends_to_its_peer_and_hears_nobody_else() {
    steadily(|sim| async move {
        let (a, b, c) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await, socket(&sim, "c", 3).await);
        let nobody = a.send(b"to whom?").await.expect_err("no address");
        assert!(nobody.to_string().contains("Destination address required"), "{nobody}");
        assert_eq!(kind(a.peer_addr()), ErrorKind::NotConnected);
        a.connect("b:2").await.expect("known");
        assert_eq!(a.peer_addr().expect("connected"), SocketAddr::new(sim.node("b").ip(), 2));
        a.send(b"hello").await.expect("sent");
        assert_eq!(next(&b).await.expect("it came").0, b"hello");
        c.send_to(b"a stranger", "a:1").await.expect("sent");
        b.send_to(b"a friend", "a:1").await.expect("sent");
        let other = socket(&sim, "b", 4).await;
        other.send_to(b"another port", "a:1").await.expect("sent");
        assert_eq!(next(&a).await.expect("it came").0, b"a friend");
        assert_eq!(next(&a).await, None);
        // An address that is given counts more than the peer.
        a.send_to(b"elsewhere", "c:3").await.expect("sent");
        assert_eq!(next(&c).await.expect("it came").0, b"elsewhere");
    });
}

#[test]
fn a_full_inbox_drops_what_comes_last() {
    steadily(|sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        for i in 0..2_000u32 {
            a.send_to(&i.to_le_bytes(), "b:2").await.expect("sent");
        }
        clock::sleep(SECOND).await;
        let mut kept = 0u32;
        while let Some((bytes, _)) = next(&b).await {
            assert_eq!(bytes, kept.to_le_bytes());
            kept += 1;
        }
        assert_eq!(kept, 1_024);
        for _ in 0..5 {
            a.send_to(&[0; 60_000], "b:2").await.expect("sent");
        }
        clock::sleep(SECOND).await;
        let mut kept = 0;
        while next(&b).await.is_some() {
            kept += 1;
        }
        assert_eq!(kept, 3, "212,992 bytes hold three of 60,000");
    });
}

#[test]
fn a_receive_that_is_given_up_loses_nothing() {
    steadily(|sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        for i in 0..10u8 {
            assert!(clock::timeout(MILLI, b.recv(&mut [0; 8])).await.is_err());
            a.send_to(&[i], "b:2").await.expect("sent");
            clock::sleep(WAY).await;
            assert_eq!(next(&b).await.expect("it came").0, [i]);
        }
    });
}

#[test]
fn several_may_receive_from_one_socket() {
    always(20, |sim: Sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, Rc::new(socket(&sim, "b", 2).await));
        let tasks: Vec<_> = (0..5)
            .map(|_| {
                let b = b.clone();
                spawn(async move {
                    let mut byte = [0];
                    b.recv(&mut byte).await.expect("it came");
                    byte[0]
                })
            })
            .collect();
        clock::sleep(MILLI).await;
        for i in 0..5 {
            a.send_to(&[i], "b:2").await.expect("sent");
        }
        let mut got = Vec::new();
        for task in tasks {
            got.push(task.await.expect("no panic"));
        }
        got.sort();
        assert_eq!(got, [0, 1, 2, 3, 4]);
    });
}

/// Two share their task's waker; more than thirty have wakers of their own.
#[test]
fn several_futures_of_one_task_may_receive() {
    always(5, |sim: Sim| async move {
        for count in [2u8, 40] {
            let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
            let receive = |_| async {
                let mut byte = [0];
                b.recv(&mut byte).await.expect("it came");
                byte[0]
            };
            let all = futures::future::join_all((0..count).map(receive));
            let send = async {
                for i in 0..count {
                    clock::sleep(MILLI / 4).await;
                    a.send_to(&[i], "b:2").await.expect("sent");
                }
            };
            let (mut got, ()) = futures::future::join(all, send).await;
            got.sort();
            assert_eq!(got, (0..count).collect::<Vec<_>>());
        }
    });
}

#[test]
fn loopback_loses_nothing_and_keeps_the_order() {
    let run = Simulation::new(1).net(reenact::net::Config::lossy()).run(|_| async {
        let socket = UdpSocket::bind("127.0.0.1:9").await.expect("free");
        for i in 0..200u8 {
            socket.send_to(&[i], "127.0.0.1:9").await.expect("sent");
        }
        for i in 0..200u8 {
            assert_eq!(next(&socket).await.expect("it came").0, [i]);
        }
    });
    run.unwrap();
}

#[test]
fn bound_to_loopback_it_hears_its_own_node_only() {
    steadily(|sim| async move {
        let own = sim.node("b").spawn(UdpSocket::bind("127.0.0.1:2")).await.expect("no panic").expect("free");
        let (far, near) = (socket(&sim, "a", 1).await, socket(&sim, "b", 3).await);
        far.send_to(b"far", "b:2").await.expect("sent");
        near.send_to(b"to another address", "b:2").await.expect("sent");
        near.send_to(b"near", "127.0.0.1:2").await.expect("sent");
        assert_eq!(next(&own).await.expect("it came").0, b"near");
        assert_eq!(next(&own).await, None);
    });
}

#[test]
fn what_waits_in_an_inbox_is_gone_with_its_node() {
    steadily(|sim| async move {
        let (a, node) = (socket(&sim, "a", 1).await, sim.node("b"));
        let former = socket(&sim, "b", 2).await;
        node.start(std::future::pending::<()>);
        a.send_to(b"old", "b:2").await.expect("sent");
        clock::sleep(SECOND).await;
        a.send_to(b"on its way", "b:2").await.expect("sent");
        node.restart();
        assert_eq!(kind(former.recv(&mut [0; 8]).await), ErrorKind::NotConnected);
        let latter = socket(&sim, "b", 2).await;
        // A host does not know for which life a datagram was meant.
        assert_eq!(next(&latter).await.expect("it came").0, b"on its way");
        assert_eq!(next(&latter).await, None);
    });
}

#[test]
fn ipv6_datagrams_come_from_ipv6_addresses() {
    steadily(|sim| async move {
        let (a, b) = (socket(&sim, "a", 1).await, socket(&sim, "b", 2).await);
        a.send_to(b"six", "[fd00::3]:2").await.expect("sent");
        assert_eq!(next(&b).await.expect("it came").1.to_string(), "[fd00::2]:1");
    });
}
