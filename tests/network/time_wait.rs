//! Ports of connections that were closed: who closed first waits before it connects to the same peer again.

use crate::{
    common::SECOND,
    wires::{kind, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, Simulation, clock,
    net::{Config, TcpListener, TcpSocket, TcpStream},
};
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

/// Where a node of this name accepts connections, reads what comes, and closes when its peer has closed.
async fn server(sim: &Sim, name: &str) -> SocketAddr {
    let node = sim.node(name);
    node.start(|| async {
        let listener = TcpListener::bind("0.0.0.0:80").await?;
        loop {
            let (mut stream, _) = listener.accept().await?;
            reenact::spawn(async move { stream.read_to_end(&mut Vec::new()).await });
        }
        #[expect(unreachable_code, reason = "it says what the node's main returns")]
        io::Result::Ok(())
    });
    clock::sleep(SECOND).await;
    SocketAddr::new(node.ip(), 80)
}

/// Connects from a port of node `test`.
async fn connect_from(port: u16, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new("0.0.0.0".parse().expect("an address"), port))?;
    socket.connect(to).await
}

/// Closes a stream, and waits until its peer has closed too.
async fn close_first(mut stream: TcpStream) {
    stream.close().await.expect("open");
    assert_eq!(stream.read(&mut [0]).await.expect("open"), 0);
}

#[test]
fn who_closes_first_waits_a_minute_before_it_has_the_port_again() {
    steadily(|sim| async move {
        let (one, other) = (server(&sim, "one").await, server(&sim, "other").await);
        close_first(connect_from(5_000, one).await.expect("free")).await;
        for again in [one, other] {
            assert_eq!(kind(connect_from(5_000, again).await), ErrorKind::AddrInUse);
        }
        assert_eq!(kind(TcpListener::bind("0.0.0.0:5000").await), ErrorKind::AddrInUse);
        clock::sleep(59 * SECOND).await;
        assert_eq!(kind(connect_from(5_000, one).await), ErrorKind::AddrInUse);
        clock::sleep(SECOND).await;
        close_first(connect_from(5_000, one).await.expect("its time is over")).await;
    });
}

#[test]
fn sockets_that_share_their_port_need_not_wait() {
    steadily(|sim| async move {
        let address = server(&sim, "server").await;
        let shared = || {
            let socket = TcpSocket::new_v4().expect("made");
            socket.set_reuseaddr(true).expect("set");
            socket.bind("0.0.0.0:5000".parse().expect("an address")).expect("unbound");
            socket
        };
        for _ in 0..3 {
            close_first(shared().connect(address).await.expect("shared")).await;
        }
        // Dropped before its peer has closed, it is told of that as an orphan, and shares its port no less.
        drop(shared().connect(address).await.expect("shared"));
        clock::sleep(SECOND).await;
        assert!(TcpListener::bind("0.0.0.0:5000").await.is_ok(), "as with SO_REUSEADDR");
    });
}

#[test]
fn who_closes_last_waits_for_nothing() {
    steadily(|sim| async move {
        let listener = sim.node("server").spawn(TcpListener::bind("0.0.0.0:80")).await;
        let listener = listener.expect("no panic").expect("free");
        let address = SocketAddr::new(sim.node("server").ip(), 80);
        for _ in 0..3 {
            let (client, accepted) = futures::join!(connect_from(5_000, address), listener.accept());
            let mut client = client.expect("free");
            drop(accepted.expect("accepted"));
            assert_eq!(client.read(&mut [0]).await.expect("open"), 0);
            drop(client);
            clock::sleep(SECOND).await;
        }
    });
}

#[test]
fn a_reset_leaves_nothing_to_wait_for() {
    steadily(|sim| async move {
        let address = server(&sim, "server").await;
        for _ in 0..3 {
            let stream = connect_from(5_000, address).await.expect("free");
            stream.set_zero_linger().expect("open");
        }
    });
}

#[test]
fn a_crash_forgets_who_waits() {
    steadily(|sim| async move {
        let address = server(&sim, "server").await;
        let client = sim.node("client");
        let once =
            move || async move { close_first(connect_from(5_000, address).await.expect("free")).await };
        client.start(once);
        clock::sleep(SECOND).await;
        client.crash();
        client.restart();
        clock::sleep(SECOND).await;
        assert_eq!(client.incarnation(), 1);
    });
}

#[test]
fn too_many_connections_in_a_minute_use_up_the_ports_towards_a_peer() {
    const PORTS: usize = 28_232;
    let run = Simulation::new(1).net(Config::ideal()).run(|sim| async move {
        let (one, other) = (server(&sim, "one").await, server(&sim, "other").await);
        for _ in 0..PORTS {
            close_first(TcpStream::connect(one).await.expect("a port is left")).await;
        }
        let none = TcpStream::connect(one).await.expect_err("none is left");
        assert_eq!(none.kind(), ErrorKind::AddrNotAvailable);
        assert!(none.to_string().contains("ephemeral port"), "{none}");
        assert!(TcpStream::connect(other).await.is_ok(), "another peer");
        clock::sleep(60 * SECOND).await;
        assert!(TcpStream::connect(one).await.is_ok(), "a minute later");
    });
    run.unwrap();
}
