//! Assertions in the code under test.

use crate::common::{SECOND, failure_of};
use reenact::{Claim, FailureKind, OnPanic, Simulation, clock};

#[test]
fn a_broken_claim_fails_the_run_where_it_stands_and_in_the_task_that_makes_it() {
    let line = line!() + 4;
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("db").start(|| async {
            clock::sleep(SECOND).await;
            reenact::always!(1 + 1 == 3, "sums are right, as {}", 1 + 1);
        });
        clock::sleep(5 * SECOND).await;
    });
    let (at, steps) = (run.stats().virtual_time, run.stats().steps);
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::Invariant);
    assert_eq!(failure.message, "`sums are right, as 2` does not hold, which is claimed to hold always");
    assert_eq!(failure.place().as_deref(), Some("db/main"));
    assert!(failure.location.unwrap().contains(&format!("assertions.rs:{line}:")));
    assert_eq!((failure.at.since_start(), failure.step), (at, steps), "the run ends there");
}

#[test]
fn a_broken_claim_fails_the_run_whatever_panics_lead_to() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("db").on_panic(OnPanic::Catch).start(|| async {
            reenact::unreachable_point!("state {}", 7);
            panic!("and it panics, too");
        });
        clock::sleep(SECOND).await;
    });
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::Invariant);
    assert_eq!(failure.message, "`state 7` was reached, which is claimed to be unreachable");
}

#[test]
fn claims_are_counted_and_move_no_digest() {
    let run = |claims: bool| {
        Simulation::new(1).run(move |_sim| async move {
            for i in 0..10 {
                if claims {
                    reenact::always!(i < 10);
                    reenact::sometimes!(i == 3, "three");
                    reenact::reachable!("the loop");
                }
                clock::sleep(SECOND).await;
            }
        })
    };
    let (with, without) = (run(true), run(false));
    assert_eq!(with.digest(), without.digest());
    let tally = |claim, name| {
        let tally = with.stats().claims.get(claim, name);
        (tally.held, tally.failed)
    };
    assert_eq!(tally(Claim::Always, "i < 10"), (10, 0));
    assert_eq!(tally(Claim::Sometimes, "three"), (1, 9));
    assert_eq!(tally(Claim::Reachable, "the loop"), (10, 0));
    assert!(without.stats().claims.is_empty());
}

#[test]
fn the_dead_claim_nothing() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            reenact::always!(false, "said by a destructor of a crashed node");
        }
    }
    let run = Simulation::new(1).run(|sim| async move {
        let db = sim.node("db");
        db.start(|| async {
            let _last = Last;
            clock::sleep(9 * SECOND).await;
        });
        clock::sleep(SECOND).await;
        db.crash();
    });
    run.unwrap();
}

#[test]
fn outside_of_a_run_only_what_is_broken_is_heard_of() {
    reenact::always!(true, "fine");
    reenact::sometimes!(false, "not today");
    reenact::reachable!("here");
    let panicked = std::panic::catch_unwind(|| reenact::always!(1 > 2, "order")).unwrap_err();
    assert!(panicked.downcast_ref::<String>().unwrap().contains("`order` does not hold"));
}
