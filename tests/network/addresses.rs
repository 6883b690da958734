//! Addresses and ports: whose they are, and which are free.

use crate::{
    common::{MILLI, SECOND, run},
    wires::{kind, pair, steadily},
};
use reenact::{
    Node, clock,
    net::{TcpListener, TcpStream, UdpSocket},
};
use std::{collections::BTreeSet, future::pending, io::ErrorKind, net::SocketAddr};

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

#[test]
fn a_port_is_taken_once_a_protocol_and_a_node() {
    run(|sim| async move {
        let _listener = TcpListener::bind("0.0.0.0:80").await.expect("free");
        let error = TcpListener::bind("127.0.0.1:80").await.expect_err("taken");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::AddrInUse, "port 80 is in use on this node")
        );
        let _socket = UdpSocket::bind("0.0.0.0:80").await.expect("another protocol");
        assert_eq!(kind(UdpSocket::bind("0.0.0.0:80").await), ErrorKind::AddrInUse);
        let elsewhere = sim.node("a").spawn(TcpListener::bind("0.0.0.0:80"));
        elsewhere.await.expect("no panic").expect("another node");
    });
}

#[test]
fn a_port_is_free_again_when_its_socket_is_dropped() {
    run(|_| async {
        for _ in 0..3 {
            drop(TcpListener::bind("0.0.0.0:80").await.expect("free"));
            drop(UdpSocket::bind("0.0.0.0:80").await.expect("free"));
        }
    });
}

#[test]
fn a_port_is_free_again_when_its_process_has_ended() {
    let ends: [fn(&Node); 4] = [Node::stop, Node::kill, Node::crash, Node::restart];
    for end in ends {
        run(|sim| async move {
            let node = sim.node("a");
            node.start(|| async {
                let _listener = TcpListener::bind("0.0.0.0:80").await.expect("free");
                let _socket = UdpSocket::bind("0.0.0.0:80").await.expect("free");
                pending::<()>().await;
            });
            for _ in 0..3 {
                clock::sleep(MILLI).await;
                end(&node);
                node.restart();
            }
            clock::sleep(MILLI).await;
        });
    }
}

/// As servers set SO_REUSEADDR: connections that linger do not keep the port.
#[test]
fn a_listener_binds_again_while_its_connections_live() {
    steadily(|sim| async move {
        let node = sim.node("server");
        let (_client, _server) = pair(&sim).await;
        for _ in 0..2 {
            let again = node.spawn(TcpListener::bind("0.0.0.0:7000")).await.expect("no panic");
            drop(again.expect("free"));
        }
    });
}

#[test]
fn port_zero_is_any_free_port() {
    run(|_| async {
        let mut ports = BTreeSet::new();
        let mut listeners = Vec::new();
        for _ in 0..100 {
            let listener = TcpListener::bind("0.0.0.0:0").await.expect("free");
            let port = listener.local_addr().expect("open").port();
            assert!((32_768..=60_999).contains(&port) && ports.insert(port), "{port}");
            listeners.push(listener);
        }
        assert_eq!(ports.first(), Some(&32_768));
        assert_ne!(UdpSocket::bind("0.0.0.0:0").await.expect("free").local_addr().expect("open").port(), 0);
    });
}

#[test]
fn every_connection_has_a_port_of_its_own() {
    steadily(|sim| async move {
        let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
        let client = sim.node("client");
        let mut ports = BTreeSet::new();
        let mut streams = Vec::new();
        for _ in 0..20 {
            let stream =
                client.spawn(TcpStream::connect("test:7000")).await.expect("no panic").expect("connected");
            assert!(ports.insert(stream.local_addr().expect("open").port()));
            streams.push((stream, listener.accept().await.expect("a client").0));
        }
    });
}

/// 28,232 of them, and each can be used again.
#[test]
fn ports_of_connections_that_are_over_are_used_again() {
    let run = reenact::Simulation::new(1)
        .net(reenact::net::Config::ideal())
        .record(reenact::Record::Digest)
        .run(|sim| async move {
            let node = sim.node("a");
            for _ in 0..29_000 {
                drop(
                    node.spawn(TcpStream::connect((node.ip(), 1)))
                        .await
                        .expect("no panic")
                        .expect_err("nobody listens"),
                );
            }
            assert!(clock::now().since_start() < 10 * SECOND);
        });
    run.unwrap();
}

#[test]
fn both_ends_know_both_addresses() {
    steadily(|sim| async move {
        let (client, server) = pair(&sim).await;
        let ends =
            |stream: &TcpStream| (stream.local_addr().expect("open"), stream.peer_addr().expect("open"));
        let (own, peer) = ends(&client);
        assert_eq!(own, SocketAddr::new(sim.node("client").ip(), 32_768));
        assert_eq!(peer, SocketAddr::new(sim.node("server").ip(), 7000));
        assert_eq!(ends(&server), (peer, own));
        assert!(!client.nodelay().expect("open"));
        client.set_nodelay(true).expect("accepted");
        assert!(client.nodelay().expect("open"));
    });
}

#[test]
fn a_listener_shows_the_address_it_was_bound_to() {
    run(|sim| async move {
        let own = sim.node("test").ip();
        for (bound, port) in [("0.0.0.0", 1), ("127.0.0.1", 2), ("[::]", 3), ("[::1]", 4)] {
            let listener = TcpListener::bind(format!("{bound}:{port}")).await.expect("free");
            assert_eq!(listener.local_addr().expect("open"), addr(&format!("{bound}:{port}")));
            let socket = UdpSocket::bind(format!("{bound}:{port}")).await.expect("free");
            assert_eq!(socket.local_addr().expect("open"), addr(&format!("{bound}:{port}")));
        }
        let listener = TcpListener::bind("test:5").await.expect("free");
        assert_eq!(listener.local_addr().expect("open"), SocketAddr::new(own, 5));
    });
}

#[test]
fn an_address_of_another_node_cannot_be_bound() {
    run(|sim| async move {
        let other = sim.node("a").ip();
        assert_eq!(kind(TcpListener::bind((other, 80)).await), ErrorKind::AddrNotAvailable);
        assert_eq!(kind(UdpSocket::bind("a:80").await), ErrorKind::AddrNotAvailable);
        assert_eq!(kind(UdpSocket::bind("8.8.8.8:80").await), ErrorKind::AddrNotAvailable);
    });
}

#[test]
fn an_address_of_no_node_is_unreachable() {
    run(|_| async {
        for nowhere in ["8.8.8.8:80", "10.0.0.99:80", "[fd00::99]:80"] {
            let error = TcpStream::connect(nowhere).await.expect_err("no such node");
            assert_eq!(error.kind(), ErrorKind::HostUnreachable);
            assert!(error.to_string().contains("nodes are reached by name"), "{error}");
            let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
            assert_eq!(kind(socket.send_to(b"hi", nowhere).await), ErrorKind::HostUnreachable);
            assert_eq!(kind(socket.connect(nowhere).await), ErrorKind::HostUnreachable);
        }
    });
}

#[test]
fn loopback_stays_on_the_node() {
    steadily(|sim| async move {
        let node = sim.node("a");
        let _listener = node.spawn(TcpListener::bind("127.0.0.1:80")).await.expect("no panic").expect("free");
        assert_eq!(kind(TcpStream::connect("a:80").await), ErrorKind::ConnectionRefused);
        assert_eq!(kind(TcpStream::connect("127.0.0.1:80").await), ErrorKind::ConnectionRefused);
        // From its own node it is reached in no time to speak of.
        for own in ["127.0.0.1:80", "localhost:80", "0.0.0.0:80"] {
            let before = clock::now();
            node.spawn(TcpStream::connect(own))
                .await
                .expect("no panic")
                .unwrap_or_else(|error| panic!("{own}: {error}"));
            assert!(clock::now() - before < MILLI);
        }
        // Its other addresses are others, even from there.
        for other in ["a:80", "10.0.0.2:80", "[::1]:80", "[fd00::2]:80"] {
            let refused = node.spawn(TcpStream::connect(other)).await.expect("no panic");
            assert_eq!(kind(refused), ErrorKind::ConnectionRefused, "{other}");
        }
    });
}

#[test]
fn who_listens_on_all_addresses_is_reached_by_each_from_its_own_node() {
    steadily(|sim| async move {
        let node = sim.node("a");
        let _listener = node.spawn(TcpListener::bind("0.0.0.0:80")).await.expect("no panic").expect("free");
        for own in ["127.0.0.1:80", "localhost:80", "a:80", "10.0.0.2:80", "[::1]:80", "[fd00::2]:80"] {
            let before = clock::now();
            node.spawn(TcpStream::connect(own))
                .await
                .expect("no panic")
                .unwrap_or_else(|error| panic!("{own}: {error}"));
            assert!(clock::now() - before < MILLI);
        }
    });
}

#[test]
fn each_address_has_ports_of_its_own() {
    run(|_| async {
        let own = ["127.0.0.1", "10.0.0.1", "[::1]", "[fd00::1]"];
        for all in ["0.0.0.0", "[::]"] {
            let mut bound = Vec::new();
            for ip in own {
                let listener = TcpListener::bind(format!("{ip}:80")).await.expect("free");
                let socket = UdpSocket::bind(format!("{ip}:80")).await.expect("free");
                assert_eq!(kind(TcpListener::bind(format!("{ip}:80")).await), ErrorKind::AddrInUse);
                assert_eq!(kind(TcpListener::bind(format!("{all}:80")).await), ErrorKind::AddrInUse);
                assert_eq!(kind(UdpSocket::bind(format!("{all}:80")).await), ErrorKind::AddrInUse);
                bound.push((listener, socket));
            }
            drop(bound);
            let _listener = TcpListener::bind(format!("{all}:80")).await.expect("free again");
            let _socket = UdpSocket::bind(format!("{all}:80")).await.expect("free again");
            for ip in own {
                assert_eq!(kind(TcpListener::bind(format!("{ip}:80")).await), ErrorKind::AddrInUse);
                assert_eq!(kind(UdpSocket::bind(format!("{ip}:80")).await), ErrorKind::AddrInUse);
            }
        }
    });
}

#[test]
fn of_two_sockets_with_one_port_the_one_at_the_address_is_meant() {
    run(|sim| async move {
        let (inner, outer) = (
            UdpSocket::bind("127.0.0.1:9").await.expect("free"),
            UdpSocket::bind("10.0.0.1:9").await.expect("another address"),
        );
        sim.node("a")
            .spawn(async {
                let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
                socket.send_to(b"from afar", "test:9").await.expect("sent");
            })
            .await
            .expect("no panic");
        let mut buffer = [0; 16];
        assert_eq!(outer.recv(&mut buffer).await.expect("it arrives"), "from afar".len());
        // What it sends on its own node comes from its own address too, and is answered there.
        outer.send_to(b"next door", "127.0.0.1:9").await.expect("sent");
        let (n, from) = inner.recv_from(&mut buffer).await.expect("it arrives");
        assert_eq!((&buffer[..n], from), (&b"next door"[..], addr("10.0.0.1:9")));
        inner.send_to(b"yes", from).await.expect("it does not leave the node");
        let (n, from) = outer.recv_from(&mut buffer).await.expect("it arrives");
        assert_eq!((&buffer[..n], from), (&b"yes"[..], addr("127.0.0.1:9")));
    });
}

#[test]
fn nothing_leaves_the_node_from_a_loopback_address() {
    run(|sim| async move {
        sim.node("a");
        for (own, other) in [("127.0.0.1:9", "10.0.0.2:9"), ("[::1]:9", "[fd00::2]:9")] {
            let socket = UdpSocket::bind(own).await.expect("free");
            let refused = [
                socket.send_to(b"hi", other).await.expect_err("another node"),
                socket.send_to(b"hi", "a:9").await.expect_err("another node"),
                socket.connect(other).await.expect_err("another node"),
            ];
            for error in refused {
                assert_eq!(error.kind(), ErrorKind::InvalidInput);
                if cfg!(target_os = "linux") {
                    assert_eq!(error.raw_os_error(), Some(22));
                }
            }
            assert_eq!(kind(socket.peer_addr()), ErrorKind::NotConnected);
        }
    });
}

#[test]
fn a_name_leads_to_who_listens_on_either_address() {
    steadily(|sim| async move {
        let node = sim.node("a");
        for own in ["10.0.0.2:80", "[fd00::2]:80"] {
            let _listener = node.spawn(TcpListener::bind(own)).await.expect("no panic").expect("free");
            let stream = TcpStream::connect("a:80").await.expect("somebody listens");
            assert_eq!(stream.peer_addr().expect("connected"), addr(own));
        }
    });
}

#[test]
fn ipv6_connections_show_ipv6_addresses() {
    steadily(|sim| async move {
        let listener = TcpListener::bind("[::]:80").await.expect("free");
        let stream = sim
            .node("a")
            .spawn(TcpStream::connect("[fd00::1]:80"))
            .await
            .expect("no panic")
            .expect("connected");
        assert_eq!(stream.local_addr().expect("open"), addr("[fd00::2]:32768"));
        assert_eq!(listener.accept().await.expect("a client").1, addr("[fd00::2]:32768"));
    });
}

#[test]
fn what_comes_by_loopback_shows_loopback_addresses() {
    for (ip, from) in [("127.0.0.1", "127.0.0.1"), ("[::1]", "[::1]")] {
        let run = reenact::Simulation::new(3).run(move |_| async move {
            let listener = TcpListener::bind("0.0.0.0:80").await.expect("free");
            let stream = TcpStream::connect(format!("{ip}:80")).await.expect("the node listens");
            let (_accepted, peer) = listener.accept().await.expect("a client");
            assert_eq!(stream.peer_addr().expect("connected").to_string(), format!("{from}:80"));
            assert_eq!(stream.local_addr().expect("connected"), peer);
            let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
            socket.send_to(b"hi", format!("{ip}:9")).await.expect("sent");
            socket.recv_from(&mut [0; 9]).await.expect("it arrives").1.to_string()
        });
        assert_eq!(run.unwrap(), format!("{from}:9"));
    }
}
