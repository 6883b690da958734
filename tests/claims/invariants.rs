//! Invariants, which hold after every step.

use crate::common::{Notes, SECOND, at_drop, failure_of};
use reenact::{Claim, FailureKind, Simulation, clock, draw};
use std::{cell::Cell, rc::Rc};

#[test]
fn an_invariant_is_looked_at_once_after_each_step_that_ran_user_code() {
    let looks = Rc::new(Cell::new(0u64));
    let seen = looks.clone();
    let run = Simulation::new(1).run(|sim| async move {
        sim.invariant("looks", move || {
            seen.set(seen.get() + 1);
            Ok(())
        });
        clock::call_later(SECOND, || ());
        for _ in 0..5 {
            clock::sleep(SECOND).await;
        }
    });
    let stats = run.stats();
    assert_eq!(looks.get(), stats.polls + stats.callbacks);
    assert_eq!(stats.claims.get(Claim::Invariant, "looks").held, looks.get());
}

#[test]
fn the_step_that_breaks_an_invariant_is_the_last_one() {
    let line = line!() + 4;
    let run = Simulation::new(1).run(|sim| async move {
        let shared = Rc::new(Cell::new(0));
        let seen = shared.clone();
        sim.invariant("below three", move || match seen.get() {
            0..3 => Ok(()),
            n => Err(format!("it is {n}")),
        });
        let db = sim.node("db");
        db.spawn(async move {
            loop {
                clock::sleep(SECOND).await;
                shared.set(shared.get() + 1);
            }
        });
        clock::sleep(60 * SECOND).await;
    });
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::Invariant);
    assert_eq!(failure.message, "`below three` does not hold: it is 3");
    assert_eq!(failure.at.since_start(), 3 * SECOND);
    assert_eq!(failure.node.as_deref(), Some("db"), "who made the step");
    assert!(failure.location.unwrap().contains(&format!("invariants.rs:{line}:")), "where it was set");
}

#[test]
fn the_last_step_of_a_run_is_looked_at_too() {
    let run = Simulation::new(1).run(|sim| async move {
        let done = Rc::new(Cell::new(false));
        let seen = done.clone();
        sim.invariant("never done", move || if seen.get() { Err("done".to_owned()) } else { Ok(()) });
        clock::sleep(SECOND).await;
        done.set(true);
    });
    assert_eq!(failure_of(run).kind, FailureKind::Invariant);
}

#[test]
fn invariants_are_looked_at_in_the_order_in_which_they_were_set_up_to_the_first_that_is_broken() {
    let notes = Notes::new();
    let noted = notes.clone();
    let run = Simulation::new(1).run(|sim| async move {
        for i in 0..3 {
            let notes = noted.clone();
            sim.invariant(format!("number {i}"), move || {
                notes.put(i);
                if i == 1 { Err("it is the second".to_owned()) } else { Ok(()) }
            });
        }
    });
    assert_eq!(failure_of(run).message, "`number 1` does not hold: it is the second");
    assert_eq!(notes.all(), [0, 1]);
}

#[test]
fn what_an_invariant_does_has_no_effect() {
    let run = |looks: bool| {
        Simulation::new(1).run(move |sim| async move {
            if looks {
                let inner = sim.clone();
                sim.invariant("acts", move || {
                    reenact::spawn(async { panic!("nobody runs this") });
                    inner.node("db").crash();
                    assert_eq!(draw::below(100), 0);
                    Ok(())
                });
            }
            sim.node("db").start(std::future::pending::<()>);
            clock::sleep(SECOND).await;
            (draw::below(1_000_000), sim.node("db").state())
        })
    };
    let (with, without) = (run(true), run(false));
    assert_eq!(with.digest(), without.digest());
    assert_eq!(with.unwrap(), without.unwrap());
}

#[test]
fn a_panic_in_an_invariant_is_a_panic_of_the_run() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.invariant("sums", || {
            assert_eq!(1 + 1, 3);
            Ok(())
        });
    });
    let failure = failure_of(run);
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.message.contains("the invariant `sums` panicked"), "{}", failure.message);
}

#[test]
fn an_invariant_is_dropped_with_its_run() {
    let dropped = Rc::new(Cell::new(false));
    let flag = dropped.clone();
    let run = Simulation::new(1).run(|sim| async move {
        let guard = at_drop(move || flag.set(true));
        sim.invariant("holds something", move || {
            let _held = &guard;
            Ok(())
        });
        clock::sleep(SECOND).await;
    });
    run.unwrap();
    assert!(dropped.get());
}
