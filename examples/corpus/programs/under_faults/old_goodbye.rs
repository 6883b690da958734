//! The end of an old connection strikes a client off who has come back on a new one.
//!
//! A server keeps who is there, and on which connection, and pings each. Where it finds a connection lost, it
//! strikes its client off, who is then not told what happens. Bigger sizes have more clients.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy, Fixed},
    },
    plan,
};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use reenact::{
    FaultKind, Sim, clock,
    net::{TcpListener, TcpStream},
};
use std::{cell::RefCell, collections::BTreeMap, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "old_goodbye",
    about: "Who is there is known by name, and struck off by name, whichever connection is lost.",
    sizes: &[1, 4, 8],
    minimum: 1,
    minimum_in_words: "A connection is lost, and the client is back before the server pings.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const PING: Duration = Duration::from_millis(50);
/// A client that is not pinged for so long takes its connection for lost.
const SILENCE: Duration = Duration::from_millis(200);
const HORIZON: Duration = Duration::from_secs(2);
/// Longer than a client needs to come back, and the server to ping.
const SETTLE: Duration = Duration::from_secs(1);

/// Who is there, and on which of its connections, as each counts its own.
type Present = Rc<RefCell<BTreeMap<u8, u8>>>;

async fn attend(version: Version, present: Present, mut stream: TcpStream) -> io::Result<()> {
    let mut hello = [0; 2];
    stream.read_exact(&mut hello).await?;
    let [name, connection] = hello;
    // What was under way on an older connection may come after that of a newer one.
    let newest = present.borrow().get(&name).map_or(connection, |&known| known.max(connection));
    present.borrow_mut().insert(name, newest);
    while stream.write_all(b".").await.is_ok() {
        clock::sleep(PING).await;
    }
    let strike_off = match version {
        Buggy => true,
        // The fix: only if it has not come back meanwhile.
        Fixed => present.borrow().get(&name) == Some(&connection),
    };
    if strike_off {
        present.borrow_mut().remove(&name);
    }
    Ok(())
}

async fn serve(version: Version, present: Present) -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (stream, _client) = listener.accept().await?;
        reenact::spawn(attend(version, present.clone(), stream));
    }
}

async fn client(name: u8) -> io::Result<()> {
    // Far fewer are lost in a run.
    for connection in 0..=u8::MAX {
        let Ok(mut stream) = TcpStream::connect("server:7000").await else { continue };
        let mut ping = [0];
        if stream.write_all(&[name, connection]).await.is_ok() {
            while let Ok(Ok(())) = clock::timeout(SILENCE, stream.read_exact(&mut ping)).await {}
        }
    }
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    let present = Present::default();
    let shared = present.clone();
    sim.node("server").start(move || serve(version, shared.clone()));
    let names: Vec<String> = (0..size).map(|i| format!("client-{i}")).collect();
    for (i, name) in (0..).zip(&names) {
        sim.node(name).start(move || client(i));
    }
    plan(&sim, &[FaultKind::Close], names);
    clock::sleep(HORIZON).await;
    sim.faults().stop();
    clock::sleep(SETTLE).await;
    assert_eq!(present.borrow().len(), size, "a client is connected, and not known to be there");
}
