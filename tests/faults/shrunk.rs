//! A failure that needs a fault is shrunk to that fault, which is named.

use crate::common::{MILLI, SECOND};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Check, FaultKind, Faults, Finding, Report, clock,
    net::{TcpListener, TcpStream, UdpSocket},
    task,
};
use std::{cell::Cell, io, rc::Rc};

/// The first finding, with its reasons in words.
fn found(report: &Report) -> (Finding, Vec<String>) {
    let finding = report.findings().remove(0);
    let reasons = finding.explanation().unwrap().reasons();
    let words = reasons.iter().map(|reason| format!("{} {}", reason.who(), reason.what())).collect();
    (finding, words)
}

#[test]
fn a_crash_is_left_alone_of_all_that_went_wrong() {
    let check = Check::new("crash").seeds(200).faults(Faults::swarm().tolerate(1));
    let report = check.report(|sim| async move {
        for i in 1..=3 {
            sim.node(format!("n{i}")).start(std::future::pending::<()>);
        }
        clock::sleep(30 * SECOND).await;
        let world = sim.clone();
        let crashed = move || world.node("n2").incarnation() > 0;
        assert!(!crashed(), "n2 was down");
    });
    let (finding, words) = found(&report);
    assert_eq!(finding.tape().len(), 1, "{words:?}");
    assert!(words[0].starts_with("n2 crashes at ") || words[0].starts_with("n2 is killed at "), "{words:?}");
}

#[test]
fn how_long_a_node_is_down_is_a_decision_of_its_own() {
    let check = Check::new("down").seeds(300).faults(Faults::only([FaultKind::Crash]).tolerate(1));
    let report = check.report(|sim| async move {
        sim.node("n1").start(std::future::pending::<()>);
        let mut down = 0;
        for _ in 0..600 {
            clock::sleep(50 * MILLI).await;
            down = if sim.node("n1").state().is_alive() { 0 } else { down + 1 };
            assert!(down < 40, "down for two seconds");
        }
    });
    let (finding, words) = found(&report);
    assert_eq!(finding.tape().len(), 2, "{words:?}");
    assert!(words.iter().any(|words| words.starts_with("n1 crashes at ")), "{words:?}");
    assert!(words.iter().any(|words| words == "n1 is down for 2.000s"), "{words:?}");
}

#[test]
fn a_partition_is_named_with_the_links_it_cuts() {
    async fn listen() -> io::Result<()> {
        let listener = TcpListener::bind("0.0.0.0:7000").await?;
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await?);
        }
    }
    let check = Check::new("cut").seeds(300).faults(Faults::only([FaultKind::Partition]));
    let report = check.report(|sim| async move {
        let failed = Rc::new(Cell::new(false));
        for i in 1..=3 {
            let failed = failed.clone();
            sim.node(format!("n{i}")).start(move || {
                let failed = failed.clone();
                async move {
                    reenact::spawn(listen());
                    loop {
                        clock::sleep(SECOND / 2).await;
                        let peer = i % 3 + 1;
                        let connect = TcpStream::connect(format!("n{peer}:7000"));
                        if clock::timeout(SECOND, connect).await.is_err() {
                            failed.set(true);
                        }
                    }
                }
            });
        }
        clock::sleep(30 * SECOND).await;
        assert!(!failed.get(), "somebody was not reached");
    });
    let (finding, words) = found(&report);
    assert!(finding.tape().len() <= 3, "{words:?}");
    assert!(words[0].starts_with("the network is cut at ") && words[0].contains(" <-> "), "{words:?}");
}

#[test]
fn a_connection_that_breaks_half_is_told_apart_from_one_that_breaks_whole() {
    let check = Check::new("half").seeds(400).faults(Faults::only([FaultKind::Close]).victims(["client"]));
    let report = check.report(|sim| async move {
        sim.node("server").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:7000").await?;
            loop {
                let (mut stream, _) = listener.accept().await?;
                reenact::spawn(async move { stream.read(&mut [0]).await });
            }
            #[expect(unreachable_code, reason = "it gives the type of the error")]
            io::Result::Ok(())
        });
        let lost = Rc::new(Cell::new(false));
        let told = lost.clone();
        sim.node("client").start(move || {
            let told = told.clone();
            async move {
                clock::sleep(MILLI).await;
                let mut stream = TcpStream::connect("server:7000").await?;
                stream.write_all(b"").await?;
                told.set(stream.read(&mut [0]).await.is_err());
                std::future::pending::<io::Result<()>>().await
            }
        });
        clock::sleep(20 * SECOND).await;
        assert!(!lost.get(), "the client heard that its connection broke");
    });
    let (finding, words) = found(&report);
    assert_eq!(finding.tape().len(), 1, "{words:?}");
    assert!(words[0].starts_with("client loses a connection at "), "{words:?}");
}

#[test]
fn a_future_that_was_given_up_half_way_is_named() {
    let check = Check::new("given up").seeds(300).faults(Faults::only([FaultKind::Cancel]));
    let report = check.report(|_sim| async {
        let transfer = async {
            clock::sleep(MILLI).await;
            clock::sleep(MILLI).await;
        };
        let ended = task::cancellable(transfer).await;
        assert!(ended.is_ok(), "the transfer is half done");
    });
    let (finding, words) = found(&report);
    assert_eq!(finding.tape().len(), 1, "{words:?}");
    assert!(
        words[0].starts_with("test/main cancellable poll ") && words[0].ends_with("is cancelled"),
        "{words:?}"
    );
}

#[test]
fn a_jam_that_a_bug_needs_is_told_with_whom_and_how_long() {
    let check = Check::new("jammed").seeds(400).faults(Faults::only([FaultKind::Jam]).tolerate(1));
    let report = check.report(|sim| async move {
        sim.node("n1").start(|| async {
            let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
            for _ in 0..200 {
                clock::sleep(100 * MILLI).await;
                let _ = socket.send_to(b"tick", "n2:1").await;
            }
        });
        let listens = sim.node("n2");
        listens.start(|| async {
            let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
            while clock::timeout(2 * SECOND, socket.recv(&mut [0; 8])).await.is_ok() {}
            assert!(clock::now().since_start() > 19 * SECOND, "nothing was heard for two seconds");
        });
        clock::sleep(30 * SECOND).await;
    });
    let (_, reasons) = found(&report);
    assert!(reasons.iter().any(|line| line.starts_with("the network is jammed at ")), "{reasons:?}");
    assert!(reasons.iter().any(|line| line.contains("n1 -> n2")), "{reasons:?}");
    assert!(reasons.iter().any(|line| line.starts_with("the network is jammed for ")), "{reasons:?}");
}
