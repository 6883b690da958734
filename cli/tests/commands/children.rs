//! What is swept: tests that do something only in a process that was started by another test.

use reenact::{Check, Sim, clock, draw, trace::mark};
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

fn is_child() -> bool {
    std::env::var_os("COMMANDS_CHILD").is_some()
}

#[reenact::test(seeds = 10)]
async fn passes(sim: Sim) {
    if is_child() {
        let _ = sim.node("a").spawn(clock::sleep(Duration::from_millis(draw::below(9)))).await;
    }
}

#[reenact::test(seeds = 10)]
async fn fails(sim: Sim) {
    if is_child() {
        let number = sim.node("a").spawn(async { draw::below(10) }).await.expect("no panic");
        mark("number", number);
        assert_ne!(number, 7, "seven");
    }
}

/// Fails only after other runs in its process.
#[reenact::test(seeds = 10)]
async fn leaks() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    if is_child() {
        assert!(RUNS.fetch_add(1, Relaxed) < 30, "the thirty-first");
    }
}

#[reenact::test(seeds = 10)]
async fn dies() {
    if is_child() {
        std::process::abort();
    }
}

#[test]
fn is_no_simulation() {}

#[reenact::test(seeds = 10)]
async fn takes_its_time() {
    if is_child() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Its first check passes.
#[test]
fn dies_in_its_second_check() {
    if is_child() {
        Check::new("early").seeds(10).run(|_| async {});
        Check::new("late").seeds(10).run(|_| async { std::process::abort() });
    }
}

#[test]
fn fails_outside_its_check() {
    if is_child() {
        Check::new("inside").seeds(10).run(|_| async {});
        assert!(!is_child(), "outside");
    }
}

#[test]
fn fails_in_its_second_check() {
    if is_child() {
        Check::new("early").seeds(10).run(|_| async {});
        Check::new("sevens").seeds(10).run(|_| async { assert_ne!(draw::below(10), 7, "seven again") });
    }
}

#[reenact::test(seeds = 10)]
#[should_panic(expected = "as it should")]
async fn fails_as_it_should() {
    panic!("as it should");
}
