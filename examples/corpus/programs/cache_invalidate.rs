//! A cache fills itself with a value that was invalidated while it was on its way.
//!
//! A reader's miss makes the cache fetch from the database. A writer commits to the database and then
//! tells the cache to forget. If the answer to a fetch left the database before the commit and reaches
//! the cache after the invalidation, the cache holds the old value for good. Bigger sizes have more
//! keys, each with a reader and a writer.

use super::{
    Body, Program,
    Version::{self, Fixed},
    datagrams::{ask, receive},
};
use futures::FutureExt;
use reenact::{Sim, clock, net::UdpSocket};
use std::{collections::BTreeMap, io, net::SocketAddr, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "cache_invalidate",
    about: "An invalidation removes what the cache holds, but not what it is just fetching.",
    sizes: &[1, 4, 16],
    minimum: 2,
    minimum_in_words: "The writer's commit is late, so that the fetch sees the old value; and the answer to \
                       the fetch is late, so that it comes behind the invalidation.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

const DATABASE: &str = "database:7000";
const CACHE: &str = "cache:7000";
/// Longer than anything is under way.
const QUIET: Duration = Duration::from_millis(100);

/// Keys that were never written hold `old`.
async fn database() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let mut values = BTreeMap::new();
    loop {
        let (request, from) = receive(&socket).await?;
        let answer = match request.split(' ').collect::<Vec<_>>()[..] {
            ["FETCH", key] => format!("VALUE {key} {}", values.get(key).map_or("old", String::as_str)),
            ["COMMIT", key, value] => {
                values.insert(key.to_owned(), value.to_owned());
                "COMMITTED".to_owned()
            }
            _ => continue,
        };
        socket.send_to(answer.as_bytes(), from).await?;
    }
}

/// A fetch under way.
#[derive(Default)]
struct Fetch {
    readers: Vec<SocketAddr>,
    /// What it brings is old.
    invalidated: bool,
}

async fn cache(version: Version) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let mut values = BTreeMap::<String, String>::new();
    let mut fetches = BTreeMap::<String, Fetch>::new();
    loop {
        let (message, from) = receive(&socket).await?;
        match message.split(' ').collect::<Vec<_>>()[..] {
            ["GET", key] => match values.get(key) {
                Some(value) => drop(socket.send_to(value.as_bytes(), from).await?),
                None => {
                    fetches.entry(key.to_owned()).or_default().readers.push(from);
                    socket.send_to(format!("FETCH {key}").as_bytes(), DATABASE).await?;
                }
            },
            ["VALUE", key, value] => {
                let Some(fetch) = fetches.remove(key) else { continue };
                for reader in fetch.readers {
                    socket.send_to(value.as_bytes(), reader).await?;
                }
                if !fetch.invalidated {
                    values.insert(key.to_owned(), value.to_owned());
                }
            }
            ["INVALIDATE", key] => {
                values.remove(key);
                // The fix: what is being fetched is as old as what was held. Readers may have it still.
                if version == Fixed
                    && let Some(fetch) = fetches.get_mut(key)
                {
                    fetch.invalidated = true;
                }
                socket.send_to(b"INVALIDATED", from).await?;
            }
            _ => continue,
        }
    }
}

async fn write(key: String) -> io::Result<()> {
    ask(DATABASE, &format!("COMMIT {key} new")).await?;
    ask(CACHE, &format!("INVALIDATE {key}")).await.map(drop)
}

async fn read(key: String) -> io::Result<()> {
    ask(CACHE, &format!("GET {key}")).await.map(drop)
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("database").start(database);
    sim.node("cache").start(move || cache(version));
    let keys: Vec<String> = (0..size).map(|number| format!("key-{number}")).collect();
    let mut clients = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        clients.push(sim.node(format!("reader-{number}")).spawn(read(key.clone())));
        clients.push(sim.node(format!("writer-{number}")).spawn(write(key.clone())));
    }
    for client in clients {
        client.await.expect("no client panics").expect("all nodes are up");
    }
    clock::sleep(QUIET).await;
    for key in keys {
        let value = ask(CACHE, &format!("GET {key}")).await.expect("the cache is up");
        assert_eq!(value, "new", "the cache holds what the database does not, under {key}");
    }
}
