//! Generators of other crates that no function seeds: where they are found, they follow the run.
//!
//! `tokio::select!`, and with it `tokio::sync::watch`, draws from a generator that is seeded from a count of
//! the process, once a thread; so does `futures::select!`. They are looked for once a process, before the
//! first run of a sweep.
//!
//! Rim.

use crate::os::Os;
use reenact_os::{Generator, Kept, outside};
use reenact_sim::{Core, hash_bytes};
use std::sync::OnceLock;

/// One that is looked for.
struct Known {
    /// What draws from it.
    draws: &'static str,
    /// What its stream of random bytes is called.
    purpose: u64,
    find: fn() -> Option<Generator>,
}

const KNOWN: [Known; 2] = [
    Known { draws: "tokio::select!", purpose: hash_bytes(b"os tokio"), find: of_tokio },
    Known { draws: "futures::select!", purpose: hash_bytes(b"os futures"), find: of_futures },
];

static FOUND: OnceLock<[Option<Generator>; 2]> = OnceLock::new();

/// What generators had before a run.
pub(super) type Before = [Option<Kept>; 2];

/// Looks for them, if nobody did.
pub(crate) fn look_for_generators() {
    FOUND.get_or_init(|| KNOWN.map(|known| outside(known.find)));
}

/// Gives those that were found the seeds of a run.
pub(super) fn seed(core: &Core) -> Before {
    let Some(found) = FOUND.get() else { return Before::default() };
    std::array::from_fn(|i| {
        let mut seed = [0; 8];
        core.bytes(KNOWN[i].purpose).fill(&mut seed);
        Some(found[i].as_ref()?.seed(u64::from_le_bytes(seed)))
    })
}

/// Gives them back what they had.
pub(super) fn restore(before: &Before) {
    for (generator, kept) in FOUND.get().into_iter().flatten().zip(before) {
        if let (Some(generator), Some(kept)) = (generator, kept) {
            generator.restore(*kept);
        }
    }
}

/// What draws from a generator that does not follow a run.
pub(crate) fn unseeded(os: Os) -> Vec<&'static str> {
    let found = |i: usize| os != Os::Off && FOUND.get().is_some_and(|found| found[i].is_some());
    (0..KNOWN.len()).filter(|&i| !found(i)).map(|i| KNOWN[i].draws).collect()
}

/// A channel asks it which of its lists a reader joins, unless this tokio has no generator.
#[cfg(feature = "tokio-select")]
fn of_tokio() -> Option<Generator> {
    use std::sync::LazyLock;
    use tokio::sync::{oneshot, watch};
    // Made once, so that a draw allocates nothing: what an allocator notes is among the thread-locals, too.
    static CHANNEL: LazyLock<(watch::Sender<()>, watch::Receiver<()>)> = LazyLock::new(|| watch::channel(()));
    fn prepare() {
        LazyLock::force(&CHANNEL);
        let (_tell, told) = oneshot::channel::<()>();
        poll(told);
    }
    fn draw() {
        poll(CHANNEL.1.clone().changed());
    }
    Generator::find(prepare, draw)
}

#[cfg(feature = "futures-select")]
fn of_futures() -> Option<Generator> {
    use futures_util::future::ready;
    fn draw() {
        poll(async {
            futures_util::select! {
                () = ready(()) => (),
                () = ready(()) => (),
            }
        });
    }
    Generator::find(|| (), draw)
}

#[cfg(any(feature = "tokio-select", feature = "futures-select"))]
fn poll(future: impl Future) {
    let _ = std::pin::pin!(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
}

#[cfg(not(feature = "tokio-select"))]
fn of_tokio() -> Option<Generator> {
    None
}

#[cfg(not(feature = "futures-select"))]
fn of_futures() -> Option<Generator> {
    None
}
