//! Sources of nondeterminism that were put into tests on purpose: each is found, and its event named.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what is found is what is disallowed"
)]

use reenact::{Check, FailureKind, Os, Sim, clock, draw, trace};
use std::{
    collections::{BTreeMap, HashSet},
    future::ready,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// What the check says of a test, with nothing overridden below Rust.
fn found<F, Fut>(test: F) -> String
where
    F: Fn(Sim) -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    found_with(Os::Off, test)
}

/// What the check says of a test.
fn found_with<F, Fut>(os: Os, test: F) -> String
where
    F: Fn(Sim) -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    let report = Check::new("planted").os(os).determinism(1).seeds(5).report(test);
    let findings = report.findings();
    assert_eq!(findings.len(), 1, "{report}");
    let finding = &findings[0];
    assert_eq!(finding.failure.kind, FailureKind::Nondeterminism, "{}", finding.failure);
    let message = finding.failure.message.clone();
    assert!(message.starts_with("two runs of this seed differ\n"), "{message}");
    message
}

/// The two versions of the event, and the first suspect.
fn parts(message: &str) -> ([&str; 2], &str) {
    let line =
        |start: &str| message.lines().find_map(|line| line.trim().strip_prefix(start)).expect("a line");
    let versions = [line("first run ").trim(), line("second run ").trim()];
    assert_ne!(versions[0], versions[1], "{message}");
    (versions, line("- "))
}

async fn wait(nanos: u64) {
    clock::sleep(Duration::from_nanos(nanos)).await;
}

#[test]
fn the_order_of_a_hash_map() {
    let message = found(|sim| async move {
        for name in (0..50).collect::<HashSet<u32>>() {
            sim.node(format!("n{name}")).spawn(async {}).await.expect("no panic");
        }
    });
    let (versions, suspect) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("spawn n")), "{message}");
    assert!(message.contains(" - the iteration order of a HashMap"), "{message}");
    assert!(!suspect.starts_with("a static"), "{message}");
    assert!(message.contains("do not follow the seed"), "{message}");
}

#[test]
fn a_real_clock() {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    LazyLock::force(&START);
    let message = found(|_| async {
        wait(1).await;
        wait(START.elapsed().as_nanos() as u64).await;
    });
    let (versions, suspect) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("timer")), "{message}");
    assert!(message.contains("by the task that was spawned at tests/check/planted.rs:"), "{message}");
    assert!(suspect.starts_with("Instant::now"), "{message}");
    assert!(message.contains("\n  before it, both had\n"), "{message}");
}

#[test]
fn a_count_in_a_static() {
    static RUNS: AtomicU64 = AtomicU64::new(1);
    let message = found_with(Os::Allow, |_| wait(RUNS.fetch_add(1, Relaxed)));
    let (versions, suspect) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("timer")), "{message}");
    assert!(message.contains("a count that goes on (a third run is different again)"), "{message}");
    assert_eq!(suspect.starts_with("a static"), Os::SUPPORTED, "{message}");
}

#[test]
fn what_is_made_the_first_time_only() {
    static MADE: AtomicBool = AtomicBool::new(false);
    let message = found(|_| async {
        if !MADE.swap(true, Relaxed) {
            reenact::spawn(async {}).await.expect("no panic");
        }
        wait(5).await;
    });
    let (versions, suspect) = parts(&message);
    assert!(versions[0].contains("spawn"), "{message}");
    assert!(suspect.contains("the first run alone is another"), "{message}");
}

#[test]
fn a_foreign_thread() {
    let test = |sim: Sim| async move {
        let done = Arc::new(AtomicBool::new(false));
        let flag = done.clone();
        sim.node("db").spawn(async move {
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(2));
                flag.store(true, Relaxed);
            });
        });
        while !done.load(Relaxed) {
            wait(1_000).await;
        }
    };
    for os in [Os::Off, Os::Allow] {
        let message = found_with(os, test);
        let (versions, suspect) = parts(&message);
        assert!(versions.iter().any(|version| ["timer", "end"].iter().any(|word| version.contains(word))));
        // Calls are noticed where the overrides are on.
        let words = "a thread of the task of node db that was spawned at tests/check/planted.rs:";
        let noticed = Os::SUPPORTED && os == Os::Allow;
        assert_eq!(suspect.starts_with(words), noticed, "{message}");
        assert!(
            noticed || message.contains(" - another thread, whose results come when they come"),
            "{message}"
        );
    }
}

#[test]
fn a_select_with_a_generator_of_its_own() {
    let message = found(|_| async {
        for _ in 0..64 {
            let first = tokio::select! {
                _ = ready(()) => 1,
                _ = ready(()) => 2,
            };
            wait(first).await;
        }
    });
    let (versions, _) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("timer")), "{message}");
    assert!(message.contains("tokio::select!"), "{message}");
}

#[test]
fn a_select_of_futures_with_a_generator_of_its_own() {
    let message = found(|_| async {
        for _ in 0..64 {
            let first = futures::select! {
                _ = futures::future::ready(()) => 1,
                _ = futures::future::ready(()) => 2,
            };
            wait(first).await;
        }
    });
    let (versions, _) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("timer")), "{message}");
    assert!(message.contains("futures::select!"), "{message}");
}

#[test]
fn an_order_of_addresses() {
    let message = found(|sim| async move {
        // Never freed, so that no run gets those of another. The order is that of a map by addresses.
        let boxes = (0..20u64).map(|name| (std::ptr::from_mut(Box::leak(Box::new([name; 7]))), name));
        let hash = |address: *mut [u64; 7]| (address as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let by_address: BTreeMap<_, _> = boxes.map(|(address, name)| (hash(address), name)).collect();
        for name in by_address.into_values() {
            sim.node(format!("n{name}")).spawn(async {}).await.expect("no panic");
        }
    });
    let (versions, _) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("spawn n")), "{message}");
    assert!(message.contains(" - an order of addresses"), "{message}");
}

#[test]
fn a_payload_in_the_order_of_a_hash_map() {
    let message = found(|sim| async move {
        use reenact::net::UdpSocket;
        sim.node("db").start(|| async {
            let socket = UdpSocket::bind("0.0.0.0:7000").await?;
            let set: HashSet<u8> = (0..50).collect();
            socket.send_to(&set.into_iter().collect::<Vec<u8>>(), "test:7000").await.map(drop)
        });
        wait(1_000_000).await;
    });
    let (versions, _) = parts(&message);
    assert!(versions.iter().all(|version| version.contains("db/main send")), "{message}");
}

#[test]
fn a_draw_that_led_to_nothing() {
    static RUNS: AtomicU64 = AtomicU64::new(10);
    let message = found(|_| async {
        draw::below(RUNS.fetch_add(1, Relaxed));
    });
    assert!(message.contains("decision 0 is the first that differs"), "{message}");
    assert!(message.contains("test/main draw 1"), "{message}");
}

#[test]
fn a_mark_before_the_event_tells_more() {
    static RUNS: AtomicU64 = AtomicU64::new(1);
    let message = found(|_| async {
        let number = RUNS.fetch_add(1, Relaxed);
        trace::mark("number", number);
        wait(5).await;
        wait(number).await;
    });
    assert!(message.contains("a mark had another value"), "{message}");
    assert!(message.contains("  first run   number = 1\n  second run  number = 2\n"), "{message}");
}
