//! A deposit is made twice: its id is recorded after the effect, and a second request comes between.
//!
//! A client sends a deposit again if it has heard nothing for so many turns. The server takes a turn to make
//! a deposit and one to record its id, and makes none whose id it knows. Bigger sizes have more clients.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::FutureExt;
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

pub(crate) const RACE: Race = Race {
    name: "dedup_after_effect_tasks",
    about: "A request's effect and its id are two writes, the effect first.",
    sizes: &[1, 4, 16],
    minimum: 1,
    minimum_in_words: "The server, before it records the id, is overtaken by all of the client's patience and by \
                       the second request.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

/// How many turns a client waits.
const PATIENCE: usize = 6;

#[derive(Default)]
struct Server {
    balance: usize,
    seen: BTreeSet<usize>,
}

type Shared = Arc<Mutex<Server>>;

async fn deposit(version: Version, server: Shared, id: usize, acknowledged: Arc<AtomicBool>) {
    let lock = || server.lock().expect("no panic");
    let is_new = match version {
        Buggy => !lock().seen.contains(&id),
        // The fix: whoever finds it new has recorded it.
        Fixed => lock().seen.insert(id),
    };
    if is_new {
        rt::yield_now().await;
        lock().balance += 1;
        rt::yield_now().await;
        lock().seen.insert(id);
    }
    acknowledged.store(true, Relaxed);
}

async fn client(version: Version, server: Shared, id: usize) {
    let acknowledged = Arc::<AtomicBool>::default();
    let mut requests = Vec::new();
    for _ in 0..2 {
        requests.push(rt::spawn(deposit(version, server.clone(), id, acknowledged.clone())));
        for _ in 0..PATIENCE {
            rt::yield_now().await;
            if acknowledged.load(Relaxed) {
                break;
            }
        }
        if acknowledged.load(Relaxed) {
            break;
        }
    }
    for request in requests {
        request.await.expect("no request panics");
    }
}

async fn run(version: Version, size: usize) {
    let server = Shared::default();
    let clients: Vec<_> = (0..size).map(|id| rt::spawn(client(version, server.clone(), id))).collect();
    for client in clients {
        client.await.expect("no client panics");
    }
    assert_eq!(server.lock().expect("no panic").balance, size, "not what was deposited");
}
