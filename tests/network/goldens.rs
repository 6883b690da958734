//! Three runs, frozen as people read them.
//!
//! The files are in `snapshots/`; a change there is to be read, not waved through.

use crate::{
    common::{MILLI, SECOND, snapshots},
    wires::{pair, steady},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Outcome, Simulation, clock,
    net::{TcpListener, TcpStream},
    trace::{Level, View, mark},
};
use std::io;

async fn echo() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        reenact::spawn(async move {
            let mut buffer = [0; 64];
            while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                if stream.write_all(&buffer[..n]).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Three questions and answers, and an orderly end.
fn ping_pong() -> Outcome<()> {
    Simulation::new(1).run(|sim| async move {
        sim.node("server").start(echo);
        let client = sim.node("client").spawn(async {
            let mut stream = TcpStream::connect("server:7000").await?;
            for ping in [&b"ping"[..], b"ping ping", b"ping ping ping"] {
                stream.write_all(ping).await?;
                stream.read_exact(&mut vec![0; ping.len()]).await?;
                mark("pong", ping.len());
            }
            io::Result::Ok(())
        });
        client.await.expect("no panic").expect("no error");
        clock::sleep(SECOND).await;
    })
}

/// Bytes that meet a partition, and come when it is over.
fn partition() -> Outcome<()> {
    Simulation::new(1).run(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"before").await.expect("sent");
        clock::sleep(SECOND).await;
        let cut = sim.net().partition(&["client"], &["server"]);
        client.write_all(b"during").await.expect("sent");
        clock::sleep(SECOND).await;
        client.write_all(b"still").await.expect("sent");
        clock::sleep(SECOND / 4).await;
        drop(cut);
        let mut all = [0; 17];
        server.read_exact(&mut all).await.expect("read");
        mark("read", String::from_utf8_lossy(&all));
    })
}

/// A server that loses power: silence, then a reset, then a new connection.
fn power_cut() -> Outcome<()> {
    Simulation::new(1).net(steady()).run(|sim| async move {
        let server = sim.node("server");
        server.start(echo);
        let client = sim.node("client").spawn(async {
            let mut stream = TcpStream::connect("server:7000").await?;
            for round in 0.. {
                let mut back = [0; 4];
                let answer = async {
                    stream.write_all(b"ping").await?;
                    stream.read_exact(&mut back).await
                };
                match answer.await {
                    Ok(()) => mark("answer", round),
                    Err(error) => {
                        mark("error", error.kind());
                        break;
                    }
                }
                clock::sleep(10 * MILLI).await;
            }
            let mut stream = TcpStream::connect("server:7000").await?;
            stream.write_all(b"again").await?;
            stream.read_exact(&mut [0; 5]).await?;
            mark("answer", "again");
            io::Result::Ok(())
        });
        clock::sleep(43 * MILLI).await;
        server.crash();
        clock::sleep(SECOND).await;
        server.restart();
        client.await.expect("no panic").expect("no error");
    })
}

#[test]
fn a_ping_pong() {
    let (_files, run) = (snapshots(), ping_pong());
    insta::assert_snapshot!("network-ping-pong", run.trace().text(View::per_node().level(Level::User)));
    run.unwrap();
}

#[test]
fn a_partition_with_retransmissions() {
    let (_files, run) = (snapshots(), partition());
    let trace = run.trace();
    insta::assert_snapshot!("network-partition", trace.text(View::per_node().level(Level::User)));
    insta::assert_snapshot!(
        "network-partition-faults",
        trace.text(View::timeline().level(Level::Fault).times(true))
    );
    run.unwrap();
}

#[test]
fn a_crash_and_a_restart_with_a_reset() {
    let (_files, run) = (snapshots(), power_cut());
    insta::assert_snapshot!("network-power-cut", run.trace().text(View::per_node().level(Level::User)));
    run.unwrap();
}
