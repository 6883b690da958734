//! Connections that their process has closed and their peer has not: their ports, for a while.

use crate::{
    common::{MILLI, SECOND, failure_of},
    wires::{WAY, kind, pair, steadily, steady},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    FailureKind, Sim, Simulation, clock,
    net::{TcpListener, TcpStream},
};
use std::{future::pending, io, io::ErrorKind, time::Duration};

/// How long Linux lets an orphan wait for its peer's FIN.
const FIN_TIMEOUT: Duration = Duration::from_secs(60);

fn port(client: &TcpStream) -> u16 {
    client.local_addr().expect("open").port()
}

/// What becomes of somebody else on the client's node who wants its port.
async fn wanted(sim: &Sim, port: u16) -> io::Result<()> {
    let bound = sim.node("client").spawn(TcpListener::bind(("10.0.0.3", port))).await;
    bound.expect("no panic").map(drop)
}

#[test]
fn the_port_is_free_a_minute_after_the_peer_heard_of_the_end() {
    steadily(|sim| async move {
        let (client, server) = pair(&sim).await;
        let port = port(&client);
        assert_eq!(kind(wanted(&sim, port).await), ErrorKind::AddrInUse);
        drop(client);
        clock::sleep(WAY + FIN_TIMEOUT - MILLI).await;
        assert_eq!(kind(wanted(&sim, port).await), ErrorKind::AddrInUse);
        clock::sleep(MILLI).await;
        wanted(&sim, port).await.expect("free");
        drop(server);
    });
}

#[test]
fn a_half_closed_stream_becomes_an_orphan_when_it_is_dropped() {
    steadily(|sim| async move {
        let (mut client, server) = pair(&sim).await;
        let port = port(&client);
        client.close().await.expect("closed");
        clock::sleep(2 * FIN_TIMEOUT).await;
        drop(client);
        clock::sleep(FIN_TIMEOUT - MILLI).await;
        assert_eq!(kind(wanted(&sim, port).await), ErrorKind::AddrInUse);
        clock::sleep(MILLI).await;
        wanted(&sim, port).await.expect("free");
        drop(server);
    });
}

#[test]
fn an_end_that_the_peer_has_closed_first_leaves_nothing() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let port = port(&client);
        server.close().await.expect("closed");
        clock::sleep(SECOND).await;
        drop(client);
        clock::sleep(SECOND).await;
        wanted(&sim, port).await.expect("free, though the peer still holds its end");
        assert_eq!(server.read(&mut [0; 8]).await.expect("an orderly end"), 0);
    });
}

#[test]
fn a_reset_leaves_nothing() {
    steadily(|sim| async move {
        // By the end itself, which goes with bytes unread.
        let (client, mut server) = pair(&sim).await;
        let first = port(&client);
        server.write_all(b"unread").await.expect("written");
        clock::sleep(SECOND).await;
        drop(client);
        wanted(&sim, first).await.expect("free");
        assert_eq!(kind(server.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
        drop(server);
        // As the answer to bytes that come after the end.
        let (client, mut server) = pair(&sim).await;
        let second = port(&client);
        drop(client);
        clock::sleep(SECOND).await;
        assert_eq!(kind(wanted(&sim, second).await), ErrorKind::AddrInUse);
        server.write_all(b"late").await.expect("sent");
        clock::sleep(WAY).await;
        wanted(&sim, second).await.expect("free");
    });
}

#[test]
fn an_end_that_gave_up_leaves_nothing() {
    steadily(|sim| async move {
        let (client, server) = pair(&sim).await;
        let port = port(&client);
        let _cut = sim.net().isolate("server");
        drop(client);
        clock::sleep(FIN_TIMEOUT).await;
        assert_eq!(kind(wanted(&sim, port).await), ErrorKind::AddrInUse, "the FIN is still sent again");
        clock::sleep(3_600 * SECOND).await;
        wanted(&sim, port).await.expect("free");
        drop(server);
    });
}

/// Servers that keep what they accepted do not use up the ports of clients that come and go.
#[test]
fn a_client_that_comes_and_goes_has_ports_for_ever() {
    let run = Simulation::new(1).net(steady()).record(reenact::Record::Digest).run(|sim| async move {
        sim.node("server").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
            let mut kept = Vec::new();
            loop {
                kept.push(listener.accept().await.expect("a client"));
            }
        });
        let server = (sim.node("server").ip(), 7000);
        for _ in 0..29_000 {
            drop(TcpStream::connect(server).await.expect("a port is free"));
        }
    });
    run.unwrap();
}

#[test]
fn no_run_waits_for_an_orphan() {
    let run = Simulation::new(1).net(steady()).run(|sim| async move {
        let (client, server) = pair(&sim).await;
        drop(client);
        pending::<()>().await;
        drop(server);
    });
    let at = run.stats().virtual_time;
    assert_eq!(failure_of(run).kind, FailureKind::Deadlock);
    assert!(at < SECOND, "{at:?}");
}
