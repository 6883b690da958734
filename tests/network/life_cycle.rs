//! The life of a connection, packet by packet, frozen as a network engineer would write it down.
//!
//! Every packet takes 5 ms one way, so that times can be read. The files are in `snapshots/`: first what
//! happened when, as a capture on both hosts would show it, then what became of each packet.

use crate::{
    common::{MILLI, snapshots},
    wires::{pair, steady},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Outcome, Sim, Simulation, clock,
    net::{Config, PacketKind, TcpListener, TcpStream, Verdict},
    trace::{Level, View, mark},
};
use std::io::ErrorKind;

/// What a run did on the wire.
fn capture(config: Config, main: impl AsyncFnOnce(Sim) + 'static) -> String {
    let run: Outcome<()> = Simulation::new(1).net(config).run(|sim| main(sim));
    let trace = run.trace();
    let kinds = [
        "bind",
        "connect",
        "connected",
        "accept",
        "send",
        "recv",
        "lost",
        "resend",
        "broken",
        "mark",
        "cut",
        "mend",
        "crash",
        "start",
    ];
    let timeline = View::timeline().level(Level::User).kinds(&kinds).times(true);
    let text = format!("{}\n{}", trace.text(timeline), trace.text(View::messages().times(true)));
    run.unwrap();
    text
}

#[test]
fn a_handshake_takes_a_round_trip_and_half_a_one_more_for_the_server() {
    let _files = snapshots();
    let text = capture(steady(), async |sim| {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"first").await.expect("sent");
        server.read_exact(&mut [0; 5]).await.expect("read");
    });
    insta::assert_snapshot!("network-life-handshake", text);
}

#[test]
fn an_orderly_close_is_a_fin_each_way() {
    let _files = snapshots();
    let text = capture(steady(), async |sim| {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"question").await.expect("sent");
        client.close().await.expect("open");
        let mut all = Vec::new();
        server.read_to_end(&mut all).await.expect("all of it");
        mark("the server has read", all.len());
        server.write_all(b"answer").await.expect("sent");
        drop(server);
        client.read_to_end(&mut all).await.expect("all of it");
        mark("the client has read", all.len());
    });
    insta::assert_snapshot!("network-life-close", text);
}

#[test]
fn resets_answer_whoever_asks_in_vain_or_writes_to_nobody() {
    let _files = snapshots();
    let text = capture(steady(), async |sim| {
        let (mut client, server) = pair(&sim).await;
        let nobody = sim.node("client").spawn(TcpStream::connect("server:9")).await.expect("no panic");
        mark("nobody listens there", nobody.expect_err("refused").kind());
        client.write_all(b"unread").await.expect("sent");
        clock::sleep(10 * MILLI).await;
        drop(server);
        mark("the server had something unread", "");
        let error = client.read(&mut [0]).await.expect_err("reset");
        mark("the client reads", error.kind());
        let error = client.write(b"x").await.expect_err("over");
        mark("the client writes", error.kind());
    });
    insta::assert_snapshot!("network-life-reset", text);
}

#[test]
fn what_is_lost_is_sent_again_after_a_time_out_that_doubles() {
    let _files = snapshots();
    let text = capture(steady(), async |sim| {
        let (mut client, mut server) = pair(&sim).await;
        let mut left = 3;
        let _rule = sim.net().rule(move |packet| match packet.kind() {
            PacketKind::Data if left > 0 => {
                left -= 1;
                Verdict::Drop
            }
            _ => Verdict::Pass,
        });
        client.write_all(b"lost thrice").await.expect("sent");
        client.write_all(b"behind it").await.expect("sent");
        let mut all = [0; 20];
        server.read_exact(&mut all).await.expect("it comes in the end");
        mark("the server has read", String::from_utf8_lossy(&all));
    });
    insta::assert_snapshot!("network-life-loss", text);
}

#[test]
fn syns_into_silence_double_their_distance_until_the_connect_has_timed_out() {
    let _files = snapshots();
    let text = capture(steady(), async |sim| {
        let client = sim.node("client");
        sim.node("server").start(async || {
            let _listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
            std::future::pending::<()>().await;
        });
        let _cut = sim.net().isolate("server");
        let error = client.spawn(TcpStream::connect("server:7000")).await.expect("no panic");
        let kind = error.expect_err("nobody answers").kind();
        assert_eq!(kind, ErrorKind::TimedOut);
        mark("the client gives up", kind);
    });
    insta::assert_snapshot!("network-life-syn", text);
}
