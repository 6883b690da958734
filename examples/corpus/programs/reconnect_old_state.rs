//! After a reconnection, what was under way from before it replaces the newer state.
//!
//! A watcher says hello and is told the state, which is newer each time that somebody asks. It says hello
//! again when its network has changed, and takes the last it hears for the newest. Bigger sizes have more
//! watchers.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    datagrams::{number, receive},
};
use futures::FutureExt;
use reenact::{Sim, clock, net::UdpSocket};
use std::{io, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "reconnect_old_state",
    about: "What comes last is taken for the newest, whichever connection it was asked for on.",
    sizes: &[1, 4, 16],
    minimum: 1,
    minimum_in_words: "The answer to the first hello is 4 ms late, so that it comes behind that to the second.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// When the network changes.
const CHANGE: Duration = Duration::from_millis(3);

/// Tells each who says hello a newer state.
async fn serve() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    for state in 1.. {
        let (_hello, from) = receive(&socket).await?;
        socket.send_to(state.to_string().as_bytes(), from).await?;
    }
    Ok(())
}

async fn watch(version: Version) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    socket.send_to(b"hello", "server:7000").await?;
    clock::sleep(CHANGE).await;
    socket.send_to(b"hello", "server:7000").await?;
    let (mut state, mut newest) = (0u64, 0);
    for _ in 0..2 {
        let heard: u64 = number(&receive(&socket).await?.0)?;
        newest = newest.max(heard);
        state = match version {
            Buggy => heard,
            // The fix: what is older changes nothing.
            Fixed => newest,
        };
    }
    assert_eq!(state, newest, "an old state has replaced a newer one");
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("server").start(serve);
    let watchers: Vec<_> =
        (0..size).map(|i| sim.node(format!("watcher-{i}")).spawn(watch(version))).collect();
    for watcher in watchers {
        watcher.await.expect("no watcher panics").expect("the server is up");
    }
}
