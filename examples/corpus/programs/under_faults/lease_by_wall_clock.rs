//! Two hold a lease at once: its end was written down as a time of day, and the clock was set.
//!
//! A server grants a lease to one client at a time. A client counts its time from when it asked, by a clock
//! that nobody sets. Bigger sizes have more clients.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy, Fixed},
        datagrams::receive,
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "lease_by_wall_clock",
    about: "A server keeps the end of a lease as a time of day.",
    sizes: &[2, 4, 8],
    minimum: 1,
    minimum_in_words: "The server's clock jumps ahead while the lease is held.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const LEASE: Duration = Duration::from_millis(500);
/// What a client takes off: clocks go up to a tenth too fast.
const MARGIN: Duration = Duration::from_millis(60);
/// How long a client waits that was refused.
const RETRY: Duration = Duration::from_millis(15);
const HORIZON: Duration = Duration::from_secs(3);

async fn grant(version: Version) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let (mut ends, mut ends_by_day) = (clock::now(), clock::system_time());
    loop {
        let (_request, from) = receive(&socket).await?;
        let is_free = match version {
            Buggy => clock::system_time() >= ends_by_day,
            // The fix: how much time has passed is asked of a clock that nobody sets.
            Fixed => clock::now() >= ends,
        };
        if is_free {
            (ends, ends_by_day) = (clock::now() + LEASE, clock::system_time() + LEASE);
        }
        socket.send_to(if is_free { b"yes" } else { b"no" }, from).await?;
    }
}

async fn client(holders: Rc<Cell<usize>>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    loop {
        let asked = clock::now();
        socket.send_to(b"lease", "server:7000").await?;
        if receive(&socket).await?.0 == "yes" {
            holders.set(holders.get() + 1);
            assert_eq!(holders.get(), 1, "two hold the lease");
            clock::sleep_until(asked + (LEASE - MARGIN)).await;
            holders.set(holders.get() - 1);
        }
        clock::sleep(RETRY).await;
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("server").start(move || grant(version));
    let holders = Rc::new(Cell::new(0));
    for i in 0..size {
        let holders = holders.clone();
        sim.node(format!("client-{i}")).start(move || client(holders.clone()));
    }
    plan(&sim, &[FaultKind::Clock], ["server"]);
    clock::sleep(HORIZON).await;
}
