//! Programs that use what does not follow a seed by itself.

use reenact::{clock, trace};
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant, SystemTime},
};

/// A program, by name: an async function without arguments.
pub(crate) type Program = (&'static str, fn() -> futures::future::LocalBoxFuture<'static, ()>);

/// All of them.
pub(crate) const PROGRAMS: [Program; 3] = [
    ("the order of a hash map", || Box::pin(order_of_a_map())),
    ("Instant::now", || Box::pin(instants())),
    ("SystemTime::now", || Box::pin(system_times())),
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

async fn instants() {
    let start = Instant::now();
    for _ in 0..10 {
        clock::sleep(Duration::from_micros(reenact::draw::below(1_000))).await;
        wait(start.elapsed().as_nanos() as u64).await;
    }
    assert_eq!(start.elapsed(), clock::now().since_start());
}

async fn system_times() {
    for _ in 0..10 {
        clock::sleep(Duration::from_micros(reenact::draw::below(1_000))).await;
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        wait(since.as_nanos() as u64).await;
    }
    assert_eq!(SystemTime::now(), clock::system_time());
}
