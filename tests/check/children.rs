//! Tests that are run in processes of their own, and do nothing here.
#![expect(clippy::disallowed_methods, reason = "these tests do what tests must not")]

use super::process::is_child;
use reenact::{Sim, clock, draw};
use std::time::Duration;

/// Fails on about one seed in ten, in no run of the sweep's own.
#[reenact::test(seeds = 100)]
async fn fails_at_times(sim: Sim) {
    if !is_child() {
        return;
    }
    let dice: Vec<_> = (0..3)
        .map(|i| {
            sim.node(format!("n{i}")).spawn(async {
                clock::sleep(Duration::from_millis(draw::below(9))).await;
                draw::below(30)
            })
        })
        .collect();
    for die in dice {
        let die = die.await.expect("no panic");
        assert!(die < 29, "the die\nshows {die}");
    }
}

#[reenact::test(seeds = 100, keep_going = 5)]
async fn fails_in_many_ways() -> Result<(), String> {
    match draw::below(4) {
        n if n > 0 && is_child() => Err(format!("the {} way", ["first", "second", "third"][n as usize - 1])),
        _ => Ok(()),
    }
}

#[reenact::test(seeds = 200, keep_going = 100)]
async fn fails_in_very_many_ways() -> Result<(), String> {
    let letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    match draw::pick(&letters) {
        letter if is_child() => Err(format!("the way {letter}")),
        _ => Ok(()),
    }
}

#[reenact::test]
async fn fails_without_a_panic() {
    let (_keep, never) = futures::channel::oneshot::channel::<()>();
    if is_child() {
        let waiters: Vec<_> = (0..20).map(|_| reenact::spawn(std::future::pending::<()>())).collect();
        let _ = never.await;
        drop(waiters);
    }
}

#[reenact::test(seeds = 10)]
async fn passes(sim: Sim) {
    if is_child() {
        println!("seed {:#x}", sim.seed());
    }
}

/// Of a builder that knows nothing of its place.
#[test]
fn fails_without_a_site() {
    if is_child() {
        reenact::Check::new("a name, with. dots").seeds([5]).run(|_| async { panic!("always") });
    }
}

#[test]
fn asks_for_nothing() {
    if is_child() {
        let _ = std::panic::catch_unwind(|| reenact::Check::new("nothing").seeds(0));
        let _ = std::panic::catch_unwind(|| reenact::Check::new("nothing").jobs(0));
        let _ = reenact::Check::new("nothing").keep_going(0);
    }
}

#[reenact::test(seeds = 10)]
async fn prints_and_fails() {
    if is_child() {
        println!("printed by the run");
        panic!("and then it panics");
    }
}

#[reenact::test(seeds = 20)]
#[should_panic(expected = "the die\nshows")]
async fn is_meant_to_fail() {
    assert!(!is_child() || draw::below(3) < 1, "the die\nshows more");
    assert!(is_child(), "the die\nshows nothing here");
}

/// Dies on one of its seeds, without a word.
#[test]
fn aborts() {
    if is_child() {
        reenact::Check::new("dies").seeds(0..50).run(|sim| async move {
            if sim.seed() == 37 && std::env::var_os("LIVE").is_none() {
                std::process::abort();
            }
        });
    }
}

/// Two checks of one name, of which the second finds something.
#[test]
fn makes_two_checks() {
    if is_child() {
        for sides in [6, 7] {
            reenact::Check::new("a die").run(move |_sim| async move {
                println!("{sides} sides");
                assert_ne!(reenact::draw::below(sides), 6, "seven");
            });
        }
    }
}

#[reenact::test(seeds = 1)]
#[should_panic]
async fn may_panic_anyhow() {
    panic!("as it should");
}

#[reenact::test(seeds = 1)]
async fn r#match() {
    assert!(!is_child(), "always");
}

/// Blocks its thread on one of its seeds, for a while.
#[test]
fn is_stuck() {
    if !is_child() {
        return;
    }
    reenact::__private::set_watchdog(Duration::from_millis(100));
    reenact::Check::new("is stuck").seeds(0..3).determinism(0).run(|sim| async move {
        if sim.seed() == 2 {
            sim.node("busy").spawn(async { std::thread::sleep(Duration::from_millis(600)) });
            clock::sleep(Duration::from_secs(1)).await;
        }
    });
}

/// Waits without an end: for a message, a thread, a lock; each comes after a while.
#[test]
fn is_blocked() {
    if !is_child() {
        return;
    }
    let late = || std::thread::spawn(|| std::thread::sleep(Duration::from_millis(1500)));
    reenact::__private::set_watchdog(Duration::from_millis(100));
    for what in ["message", "thread", "lock"] {
        let (tell, told) = std::sync::mpsc::channel();
        let lock = std::sync::Arc::new(std::sync::Mutex::new(()));
        let (taken, thread) = (lock.clone(), late());
        let holder = std::thread::spawn(move || {
            let _guard = taken.lock();
            let _ = tell.send("locked");
            let _ = late().join();
            tell.send("late")
        });
        assert_eq!(told.recv(), Ok("locked"));
        let run = reenact::Simulation::new(7).name(what).run(move |sim| async move {
            let blocks = async move {
                match what {
                    "message" => drop(told.recv()),
                    "thread" => drop(thread.join()),
                    _ => drop(lock.lock()),
                }
            };
            sim.node("busy").spawn(blocks).await
        });
        assert!(run.unwrap().is_ok());
        assert!(holder.join().is_ok());
    }
}
