//! A counter on a server loses an addition when two overlap.
//!
//! Each client, as it begins, tells the next one to begin and then asks the counter for an addition.
//! The server keeps an addition in its journal before it counts. So the additions follow each other
//! unless a request is late.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    datagrams::{ask, number, receive},
};
use futures::FutureExt;
use reenact::{Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};
use tokio::sync::Mutex;

pub(crate) const PROGRAM: Program = Program {
    name: "lost_update",
    about: "A counter is read, an await goes by, and it is written: what others wrote meanwhile is lost.",
    sizes: &[2, 5, 20],
    minimum: 1,
    minimum_in_words: "The first client's request is between 0.5 and 1.5 ms late: it comes while the second's \
                       is in the journal, or the second's comes while it is.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// How long the disk takes to keep an entry of the journal.
const JOURNAL: Duration = Duration::from_micros(500);

#[derive(Default)]
struct Counter {
    value: Cell<usize>,
    turn: Mutex<()>,
}

impl Counter {
    async fn add(&self, version: Version) {
        // The fix: nobody else adds between the reading and the writing.
        let _turn = match version {
            Buggy => None,
            Fixed => Some(self.turn.lock().await),
        };
        let value = self.value.get();
        clock::sleep(JOURNAL).await;
        self.value.set(value + 1);
    }
}

async fn serve(version: Version) -> io::Result<()> {
    let socket = Rc::new(UdpSocket::bind("0.0.0.0:7000").await?);
    let counter = Rc::new(Counter::default());
    loop {
        let (request, from) = receive(&socket).await?;
        let (socket, counter) = (socket.clone(), counter.clone());
        // A task for each request: who waits for the journal holds up nobody.
        reenact::spawn(async move {
            if request == "ADD" {
                counter.add(version).await;
            }
            socket.send_to(counter.value.get().to_string().as_bytes(), from).await
        });
    }
}

async fn client(number: usize, last: bool) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7001").await?;
    if number > 0 {
        receive(&socket).await?;
    }
    if !last {
        socket.send_to(b"BEGIN", format!("client-{}:7001", number + 1)).await?;
    }
    ask("counter:7000", "ADD").await.map(drop)
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("counter").start(move || serve(version));
    let names = (0..size).map(|number| (number, sim.node(format!("client-{number}"))));
    // All nodes are there before the first client speaks to the next.
    let nodes: Vec<_> = names.collect();
    let clients: Vec<_> =
        nodes.iter().map(|(number, node)| node.spawn(client(*number, number + 1 == size))).collect();
    for client in clients {
        client.await.expect("no panic").expect("a client speaks to nodes that are up");
    }
    let count = ask("counter:7000", "GET").await.expect("the counter is up");
    assert_eq!(number(&count).ok(), Some(size), "additions were lost");
}
