//! A deposit is made twice: by the time its second copy comes, the server has forgotten its id.
//!
//! Clients send deposits, each under an id that grows, until they are acknowledged. The server makes none
//! whose id is among the last two that it has seen. Bigger sizes make more deposits.

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
use std::{
    cell::Cell,
    collections::{BTreeMap, VecDeque},
    io,
    rc::Rc,
    time::Duration,
};

pub(crate) const PROGRAM: Program = Program {
    name: "dedup_evicts",
    about: "A server knows the last two ids only, while more than two deposits are under way.",
    sizes: &[2, 4, 16],
    minimum: 2,
    minimum_in_words: "Packets get lost in this run, and an answer does: the others make deposits before the second try.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const CLIENTS: usize = 3;
const PATIENCE: Duration = Duration::from_millis(40);

/// What the server remembers.
#[derive(Default)]
struct Memory {
    /// The last two.
    last: VecDeque<String>,
    /// The last one of each client.
    of_client: BTreeMap<String, String>,
}

impl Memory {
    /// Whether a deposit, `<client> <number>`, is known; it is from then on.
    fn knows(&mut self, version: Version, deposit: &str) -> bool {
        let client = deposit.split(' ').next().unwrap_or_default();
        let known = match version {
            Buggy => self.last.iter().any(|known| known == deposit),
            // The fix: of each client the last, since none sends another before it is acknowledged.
            Fixed => self.of_client.get(client).is_some_and(|known| known == deposit),
        };
        if !known {
            self.of_client.insert(client.to_owned(), deposit.to_owned());
            self.last.push_back(deposit.to_owned());
            self.last.drain(..self.last.len().saturating_sub(2));
        }
        known
    }
}

async fn serve(version: Version, balance: Rc<Cell<usize>>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let mut memory = Memory::default();
    // Each client is answered on a socket of its own, so that what is lost is lost to one client.
    let mut answers = Vec::new();
    for _ in 0..CLIENTS {
        answers.push(UdpSocket::bind("0.0.0.0:0").await?);
    }
    loop {
        let (deposit, from) = receive(&socket).await?;
        if !memory.knows(version, &deposit) {
            balance.set(balance.get() + 1);
        }
        let client: usize = number(deposit.split(' ').next().unwrap_or_default())?;
        answers[client].send_to(deposit.as_bytes(), from).await?;
    }
}

async fn client(client: usize, deposits: usize) -> io::Result<()> {
    for number in 0..deposits {
        // A socket for each: what comes late for another is not heard.
        let socket = UdpSocket::bind("0.0.0.0:0").await?;
        loop {
            socket.send_to(format!("{client} {number}").as_bytes(), "server:7000").await?;
            if let Ok(answer) = clock::timeout(PATIENCE, receive(&socket)).await {
                answer?;
                break;
            }
        }
    }
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    let balance = Rc::new(Cell::new(0));
    let shared = balance.clone();
    sim.node("server").start(move || serve(version, shared.clone()));
    plan(&sim, &[FaultKind::Loss], ["server"]);
    let clients: Vec<_> =
        (0..CLIENTS).map(|i| sim.node(format!("client-{i}")).spawn(client(i, size))).collect();
    for client in clients {
        client.await.expect("no client panics").expect("a lost datagram is no error");
    }
    assert_eq!(balance.get(), CLIENTS * size, "not what was deposited");
}
