//! A log acknowledges a line and is stopped before it has written it.
//!
//! Clients send a line each. The log queues it for its writer, who takes a while for each, and acknowledges.
//! An operator stops the log in an orderly way. Bigger sizes have more clients.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    datagrams::receive,
};
use futures::{FutureExt, StreamExt, channel::mpsc};
use reenact::{Sim, clock, net::UdpSocket};
use std::{cell::RefCell, collections::BTreeSet, io, net::SocketAddr, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "ack_before_write",
    about: "A line is acknowledged when it is queued, and not when it is written.",
    sizes: &[2, 4, 8],
    minimum: 1,
    minimum_in_words: "A line is 8 ms late, so that the log is stopped while it is being written.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// How long a line takes to be written.
const WRITE: Duration = Duration::from_millis(1);
/// When the log is told to stop.
const STOP: Duration = Duration::from_millis(9);

type Lines = Rc<RefCell<BTreeSet<String>>>;

async fn log(version: Version, written: Lines) -> io::Result<()> {
    let socket = Rc::new(UdpSocket::bind("0.0.0.0:7000").await?);
    let (queue, mut queued) = mpsc::unbounded::<(String, SocketAddr)>();
    let answers = socket.clone();
    reenact::spawn(async move {
        while let Some((line, from)) = queued.next().await {
            clock::sleep(WRITE).await;
            written.borrow_mut().insert(line);
            // The fix: it is acknowledged now.
            if version == Fixed {
                answers.send_to(b"acknowledged", from).await?;
            }
        }
        io::Result::Ok(())
    });
    loop {
        let (line, from) = receive(&socket).await?;
        if line == "STOP" {
            return Ok(());
        }
        // The writer is there as long as this.
        let _ = queue.unbounded_send((line, from));
        if version == Buggy {
            socket.send_to(b"acknowledged", from).await?;
        }
    }
}

async fn client(line: String, acknowledged: Lines) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    socket.send_to(line.as_bytes(), "log:7000").await?;
    receive(&socket).await?;
    acknowledged.borrow_mut().insert(line);
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    let (written, acknowledged) = (Lines::default(), Lines::default());
    let shared = written.clone();
    sim.node("log").start(move || log(version, shared.clone()));
    for number in 0..size {
        sim.node(format!("client-{number}")).spawn(client(format!("line {number}"), acknowledged.clone()));
    }
    clock::sleep(STOP).await;
    let socket = UdpSocket::bind("0.0.0.0:0").await.expect("a port is free");
    socket.send_to(b"STOP", "log:7000").await.expect("a datagram is sent to whoever");
    // Longer than anything is under way.
    clock::sleep(Duration::from_millis(100)).await;
    let lost = acknowledged.borrow().difference(&written.borrow()).count();
    assert_eq!(lost, 0, "lines were acknowledged and not written");
}
