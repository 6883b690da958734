//! Two hold a lease at once: one counts its time from when it heard of it.
//!
//! A server grants a lease for a time that it counts from the grant, to one client after the other. A client
//! counts from when the grant has arrived, less a margin for the way. Bigger sizes have more clients.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    datagrams::receive,
};
use futures::FutureExt;
use reenact::{Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "lease_from_grant",
    about: "A lease is counted from its arrival, while the server counts from the grant.",
    sizes: &[2, 4, 16],
    minimum: 1,
    minimum_in_words: "The first grant is 5 ms late, and so is the end of its lease.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

const LEASE: Duration = Duration::from_millis(30);
/// What a client takes off for the time on the way.
const MARGIN: Duration = Duration::from_millis(4);

async fn grant() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (_request, from) = receive(&socket).await?;
        socket.send_to(b"granted", from).await?;
        clock::sleep(LEASE).await;
    }
}

async fn client(version: Version, holders: Rc<Cell<usize>>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    let asked = clock::now();
    socket.send_to(b"lease", "server:7000").await?;
    receive(&socket).await?;
    let begins = match version {
        Buggy => clock::now(),
        // The fix: it was granted no earlier than it was asked for. Who queued may find it over.
        Fixed => asked,
    };
    let ends = begins + (LEASE - MARGIN);
    if clock::now() >= ends {
        return Ok(());
    }
    holders.set(holders.get() + 1);
    assert_eq!(holders.get(), 1, "two hold the lease");
    clock::sleep_until(ends).await;
    holders.set(holders.get() - 1);
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("server").start(grant);
    let holders = Rc::new(Cell::new(0));
    let clients: Vec<_> =
        (0..size).map(|i| sim.node(format!("client-{i}")).spawn(client(version, holders.clone()))).collect();
    for client in clients {
        client.await.expect("no client panics").expect("the server is up");
    }
}
