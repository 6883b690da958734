//! A writer stands still between the look at its lease and its write, which comes after that of the next.
//!
//! A server grants a lease to one writer at a time, with a number that grows, and extends it. The first writer
//! has it until it stands still; then another gets it. A writer sees to it that it has the lease, prepares
//! what it writes, and sends it to a store. Bigger sizes have more writers that wait for the lease.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy},
        datagrams::{ask, number, receive},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "write_after_pause",
    about: "Who had a lease when it looked writes, however long ago that was; the store takes it.",
    sizes: &[1, 3, 7],
    minimum: 1,
    minimum_in_words: "The writer stands still while it prepares a write.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const LEASE: Duration = Duration::from_millis(70);
/// What a writer takes off for a write's preparation and its way.
const MARGIN: Duration = Duration::from_millis(55);
const PREPARE: Duration = Duration::from_millis(40);
/// How long one prepares a write that has waited for the lease.
const PREPARED: Duration = Duration::from_millis(2);
const RETRY: Duration = Duration::from_millis(8);
const HORIZON: Duration = Duration::from_secs(2);

async fn grant() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let (mut holder, mut ends, mut token) = (String::new(), clock::now(), 0);
    loop {
        let (who, from) = receive(&socket).await?;
        let is_free = clock::now() >= ends;
        if is_free {
            token += 1;
            holder.clone_from(&who);
        }
        let is_his = who == holder;
        if is_his {
            ends = clock::now() + LEASE;
        }
        socket.send_to(if is_his { token } else { 0 }.to_string().as_bytes(), from).await?;
    }
}

async fn store(version: Version, newest: Rc<Cell<u64>>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (token, from) = receive(&socket).await?;
        let token: u64 = number(&token)?;
        // The fix: what an old holder sends is refused.
        if version == Buggy || token >= newest.get() {
            assert!(token >= newest.get(), "an old holder has written behind a newer one");
            newest.set(token);
        }
        socket.send_to(b"done", from).await?;
    }
}

async fn writer(name: String, prepare: Duration) -> io::Result<()> {
    loop {
        let asked = clock::now();
        let token = ask("server:7000", &name).await?;
        if token != "0" && clock::now() < asked + (LEASE - MARGIN) {
            clock::sleep(prepare).await;
            ask("store:7000", &token).await?;
        } else {
            clock::sleep(RETRY).await;
        }
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let newest = Rc::default();
    sim.node("server").start(grant);
    sim.node("store").start(move || store(version, Rc::clone(&newest)));
    sim.node("first").start(|| writer("first".to_owned(), PREPARE));
    // The first has the lease before anybody else asks.
    clock::sleep(LEASE).await;
    for i in 0..size {
        let name = format!("other-{i}");
        sim.node(&name).start(move || writer(name.clone(), PREPARED));
    }
    plan(&sim, &[FaultKind::Pause], ["first"]);
    clock::sleep(HORIZON).await;
}
