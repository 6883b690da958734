//! A deposit is made twice: the answer was lost, and the client tried again under another id.
//!
//! The server makes no deposit whose id it has seen. The client draws an id and sends the deposit until it is
//! acknowledged. Bigger sizes make more deposits.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy, Fixed},
        datagrams::{number, receive},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{cell::Cell, collections::BTreeSet, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "retry_under_new_id",
    about: "Each attempt has an id of its own, so that none is known to the server.",
    sizes: &[1, 4, 16],
    minimum: 2,
    minimum_in_words: "Packets get lost in this run, and the server's answer does.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const PATIENCE: Duration = Duration::from_millis(40);

async fn serve(balance: Rc<Cell<usize>>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let mut seen = BTreeSet::new();
    loop {
        let (id, from) = receive(&socket).await?;
        if seen.insert(number::<u64>(&id)?) {
            balance.set(balance.get() + 1);
        }
        socket.send_to(id.as_bytes(), from).await?;
    }
}

async fn deposit(version: Version, ids: &mut impl Iterator<Item = u64>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    let mut id = ids.next().expect("there is always one more");
    loop {
        socket.send_to(id.to_string().as_bytes(), "server:7000").await?;
        if let Ok(answer) = clock::timeout(PATIENCE, receive(&socket)).await {
            answer?;
            return Ok(());
        }
        match version {
            Buggy => id = ids.next().expect("there is always one more"),
            // The fix: what is tried again is the same deposit.
            Fixed => {}
        }
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let balance = Rc::new(Cell::new(0));
    let shared = balance.clone();
    sim.node("server").start(move || serve(shared.clone()));
    plan(&sim, &[FaultKind::Loss], ["server"]);
    let client = sim.node("client").spawn(async move {
        let mut ids = 0..;
        for _ in 0..size {
            deposit(version, &mut ids).await?;
        }
        io::Result::Ok(())
    });
    client.await.expect("the client does not panic").expect("a lost datagram is no error");
    assert_eq!(balance.get(), size, "not what was deposited");
}
