//! What the runs of a sweep have seen, added up.

use reenact::{Check, Claim, FailureKind, clock, draw};
use std::{cell::Cell, rc::Rc, time::Duration};

#[test]
fn what_is_seen_is_added_up_over_the_runs_that_count_for_any_number_of_jobs() {
    let report = |jobs| {
        let check = Check::new("dice").seeds(60).jobs(jobs).reaches(["the end"]);
        check.report(|sim| async move {
            sim.invariant("time goes on", || Ok(()));
            let die = draw::range(1..=6);
            reenact::sometimes!(die == 6, "a six");
            reenact::sometimes!(die == 7, "a seven");
            clock::sleep(Duration::from_millis(die)).await;
            assert!(die < 6 || sim.seed() % 4 != 0, "a six");
        })
    };
    let one = report(1);
    let (runs, many) = (one.runs(), report(4));
    assert_eq!(one.assertions(), many.assertions());
    assert!(one.first_failure().is_some(), "runs beyond the failing one are thrown away");
    let seen = |name| one.assertions().iter().find(|seen| seen.name() == name).unwrap();
    let six = seen("a six");
    assert_eq!((six.claim(), six.runs(), six.held() + six.failed()), (Claim::Sometimes, runs, runs));
    assert!(six.held() > 0);
    assert_eq!((seen("a seven").held(), seen("a seven").failed()), (0, runs));
    assert_eq!(seen("time goes on").runs(), runs);
    assert_eq!(one.never(), ["sometimes `a seven`", "reachable `the end`"]);
}

#[test]
fn who_broke_an_invariant_is_known_whatever_is_written_down() {
    let check = Check::new("who").seeds(20).strategy(reenact::Strategy::Random);
    let report = check.report(|sim| async move {
        let count = Rc::new(Cell::new(0));
        let seen = count.clone();
        sim.invariant("below three", move || if seen.get() < 3 { Ok(()) } else { Err("three".to_owned()) });
        sim.node("db").spawn(async move {
            for _ in 0..draw::below(6) {
                clock::sleep(Duration::from_millis(10)).await;
                count.set(count.get() + 1);
            }
        });
        clock::sleep(Duration::from_secs(1)).await;
    });
    let failure = &report.findings()[0].failure;
    assert_eq!((failure.kind, failure.node.as_deref()), (FailureKind::Invariant, Some("db")));
}

#[test]
fn a_report_says_what_never_was() {
    let report = Check::new("never").seeds(3).report(|_sim| async { reenact::sometimes!(false, "luck") });
    assert_eq!(report.to_string(), "5 runs, all passed; never in 5 runs: sometimes `luck`");
}

#[test]
fn invariants_set_in_one_place_are_told_apart_by_name_and_seeds_by_nothing() {
    let check = Check::new("two invariants").seeds(100).keep_going(5);
    let report = check.report(|sim| async move {
        let broken = draw::below(3);
        for (i, name) in ["first", "second"].into_iter().enumerate() {
            let (seed, broken) = (sim.seed(), broken == i as u64 + 1);
            sim.invariant(name, move || if broken { Err(format!("seed {seed:x}")) } else { Ok(()) });
        }
    });
    let kinds: Vec<_> = report.findings().iter().map(|finding| finding.failure.kind).collect();
    assert_eq!(kinds, [FailureKind::Invariant; 2]);
    assert_eq!(report.findings()[0].tape().len(), 1, "it is shrunk as any other failure is");
}
