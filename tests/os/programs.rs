//! Programs that use what does not follow a seed by itself.

use futures::future::LocalBoxFuture;
use reenact::{clock, trace};
#[cfg(all(feature = "tokio-select", target_os = "linux"))]
use std::future::ready;
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hasher},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// A program, by name.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// It takes no part in anything but its own run.
    pub(crate) run: fn() -> LocalBoxFuture<'static, ()>,
}

/// Those whose every run is another one, unless what they ask below Rust follows the seed.
pub(crate) const PROGRAMS: &[Program] = &[
    Program { name: "the order of a hash map", run: || Box::pin(order_of_a_map()) },
    Program { name: "rand::rng", run: || Box::pin(rand_rng()) },
    Program { name: "fastrand", run: || Box::pin(fast_rand()) },
    Program { name: "uuid", run: || Box::pin(uuids()) },
    Program { name: "Instant::now", run: || Box::pin(instants()) },
    Program { name: "SystemTime::now", run: || Box::pin(system_times()) },
    Program { name: "tokio::sync and a hash map", run: || Box::pin(tokio_sync()) },
    Program { name: "keys of rustls", run: || Box::pin(tls_keys()) },
    #[cfg(all(feature = "tokio-select", target_os = "linux"))]
    Program { name: "tokio::select!", run: || Box::pin(tokio_select()) },
    #[cfg(all(feature = "tokio-select", target_os = "linux"))]
    Program { name: "tokio::sync::watch", run: || Box::pin(tokio_watch()) },
    #[cfg(all(feature = "futures-select", target_os = "linux"))]
    Program { name: "futures::select!", run: || Box::pin(futures_select()) },
];

/// Waits for as long as a number says, so that another number is another run.
async fn wait(number: u64) {
    trace::mark("number", number);
    clock::sleep(Duration::from_nanos(number % 1_000_000_007)).await;
}

async fn order_of_a_map() {
    let set: HashSet<u64> = (0..100).collect();
    let map: HashMap<u64, ()> = set.iter().map(|&key| (key, ())).collect();
    for (place, key) in set.into_iter().chain(map.into_keys()).enumerate() {
        wait(place as u64 * key).await;
    }
}

async fn rand_rng() {
    use rand::Rng as _;
    let tasks: Vec<_> =
        (0..4).map(|_| reenact::spawn(async { wait(rand::rng().next_u64()).await })).collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

async fn fast_rand() {
    for _ in 0..5 {
        wait(fastrand::u64(..)).await;
    }
}

async fn uuids() {
    for _ in 0..5 {
        wait(uuid::Uuid::new_v4().as_u64_pair().0).await;
    }
}

async fn instants() {
    let start = Instant::now();
    for _ in 0..10 {
        clock::sleep(Duration::from_micros(reenact::draw::below(1_000))).await;
        wait(start.elapsed().as_nanos() as u64).await;
    }
    // Real time does not stand still.
    wait((start.elapsed() - clock::now().since_start()).as_nanos() as u64).await;
}

async fn system_times() {
    for _ in 0..10 {
        clock::sleep(Duration::from_micros(reenact::draw::below(1_000))).await;
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        wait(since.as_nanos() as u64).await;
    }
}

/// Channels and locks of tokio, among workers that start in the order of a map.
async fn tokio_sync() {
    let (tell, mut told) = tokio::sync::mpsc::channel(2);
    let lock = Arc::new(tokio::sync::Mutex::new(0));
    let permits = Arc::new(tokio::sync::Semaphore::new(2));
    let workers: HashSet<u64> = (0..10).collect();
    for worker in workers {
        let (tell, lock, permits) = (tell.clone(), lock.clone(), permits.clone());
        reenact::spawn(async move {
            let _permit = permits.acquire().await.expect("it is not closed");
            let mut count = lock.lock().await;
            *count += 1;
            clock::sleep(Duration::from_micros(worker * *count)).await;
            tell.send(worker * 100 + *count).await.expect("somebody listens");
        });
    }
    drop(tell);
    while let Some(number) = told.recv().await {
        wait(number).await;
    }
}

/// The first flight of a handshake: it holds random bytes and the public half of a new key.
async fn tls_keys() {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("it has some")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let name = "db.example".try_into().expect("a name");
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut flight = Vec::new();
    while client.wants_write() {
        client.write_tls(&mut flight).expect("a vector takes all");
    }
    let mut hasher = DefaultHasher::new();
    hasher.write(&flight);
    wait(hasher.finish()).await;
}

/// Each branch is ready; which one is taken is drawn, by two tasks in turn.
#[cfg(all(feature = "tokio-select", target_os = "linux"))]
async fn tokio_select() {
    async fn taken() {
        for round in 0..10 {
            let branch = tokio::select! {
                () = ready(()) => 0,
                () = ready(()) => 1,
                () = ready(()) => 2,
            };
            wait(round * 3 + branch).await;
        }
    }
    let other = reenact::spawn(taken());
    taken().await;
    other.await.expect("no panic");
}

/// Readers are woken list by list, and which list one joins is drawn.
#[cfg(all(feature = "tokio-select", target_os = "linux"))]
async fn tokio_watch() {
    let (tell, told) = tokio::sync::watch::channel(0);
    let readers: Vec<_> = (0..8)
        .map(|reader| {
            let mut told = told.clone();
            reenact::spawn(async move {
                while told.changed().await.is_ok() {
                    wait(reader).await;
                }
            })
        })
        .collect();
    for round in 1..5 {
        clock::sleep(Duration::from_millis(1)).await;
        tell.send(round).expect("they listen");
    }
    drop(tell);
    for reader in readers {
        reader.await.expect("no panic");
    }
}

#[cfg(all(feature = "futures-select", target_os = "linux"))]
async fn futures_select() {
    for round in 0..20 {
        let branch = futures::select! {
            () = futures::future::ready(()) => 0,
            () = futures::future::ready(()) => 1,
            () = futures::future::ready(()) => 2,
        };
        wait(round * 3 + branch).await;
    }
}
