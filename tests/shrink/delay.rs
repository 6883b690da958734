//! The bounded search: each order once, the smallest first, and what may be said afterwards.

use super::programs::{bare_lost_update, lost_update};
use reenact::{Check, Report, Sim, Simulation, Strategy, Tape, clock, draw, spawn, yield_now};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

fn chains(lengths: &'static [usize], budget: u64) -> (Report, usize) {
    let orders = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = orders.clone();
    let check = Check::new("chains").strategy(Strategy::Delay { budget });
    let report = check.report(move |_sim| {
        let seen = seen.clone();
        async move {
            let order = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
            for (chain, &length) in lengths.iter().enumerate() {
                let order = order.clone();
                spawn(async move {
                    for step in 0..length {
                        if step > 0 {
                            yield_now().await;
                        }
                        order.borrow_mut().push(chain);
                    }
                });
            }
            clock::sleep(Duration::from_secs(1)).await;
            seen.lock().expect("no panic").insert(order.take());
        }
    });
    let distinct = orders.lock().expect("no panic").len();
    (report, distinct)
}

fn choose(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |product, i| product * (n - i) / (i + 1))
}

#[test]
fn two_chains_have_as_many_orders_as_there_are_ways_to_merge_them() {
    const SIZES: [&[usize]; 6] = [&[1, 1], &[1, 5], &[2, 3], &[4, 4], &[6, 3], &[6, 6]];
    for sizes in SIZES {
        let (report, distinct) = chains(sizes, 1_000);
        let [a, b] = [sizes[0] as u64, sizes[1] as u64];
        assert_eq!(report.runs(), choose(a + b, a), "{sizes:?}");
        assert_eq!(distinct as u64, report.runs(), "no order was made twice");
        let certificate = report.certificate().expect("a search has one");
        assert!(certificate.is_complete());
        assert_eq!(certificate.runs(), report.runs());
    }
}

#[test]
fn three_chains_have_as_many_orders_as_a_multinomial_says() {
    let (report, distinct) = chains(&[2, 2, 2], 1_000);
    assert_eq!((report.runs(), distinct), (90, 90));
}

#[test]
fn a_budget_takes_the_orders_with_the_fewest_delays() {
    let (all, _) = chains(&[4, 4], 1_000);
    let mut before = 0;
    for budget in 0..=16 {
        let (report, distinct) = chains(&[4, 4], budget);
        assert!(report.runs() > before || budget == 16 || report.runs() == all.runs(), "budget {budget}");
        assert_eq!(report.runs(), distinct as u64);
        let certificate = report.certificate().expect("a search has one");
        assert_eq!(certificate.up_to(), Some(budget));
        assert_eq!(certificate.is_complete(), report.runs() == all.runs(), "budget {budget}");
        before = report.runs();
    }
    let (two, _) = chains(&[4, 4], 2);
    let said = format!("complete up to 2 deviations, {} runs", two.runs());
    assert_eq!(two.certificate().expect("a search has one").to_string(), said);
}

#[test]
fn a_search_that_is_cut_short_says_how_far_it_came() {
    let check = Check::new("cut short").strategy(Strategy::Delay { budget: 100 }).seeds(40);
    let report = check.report(|_sim| async {
        for _ in 0..3 {
            spawn(async {
                for _ in 0..10 {
                    yield_now().await;
                }
            });
        }
        clock::sleep(Duration::from_secs(1)).await;
    });
    let certificate = report.certificate().expect("a search has one");
    assert_eq!(report.runs(), 40);
    assert!(!certificate.is_complete());
    assert_eq!(certificate.up_to(), Some(1), "{certificate}");
}

#[test]
fn the_smallest_counterexample_comes_first() {
    let report = Check::new("lost update").strategy(Strategy::Delay { budget: 6 }).report(bare_lost_update);
    let finding = &report.findings()[0];
    let delays = |tape: &Tape| tape.entries().map(|(_, _, entry)| entry.value).sum::<u64>();
    let least = delays(finding.original().decisions().expect("recorded"));
    assert!(least >= 1);
    let below =
        Check::new("lost update").strategy(Strategy::Delay { budget: least - 1 }).report(bare_lost_update);
    assert!(below.passed(), "{below}");
    let tape = Tape::parse(&finding.token()).expect("a token");
    let again = Simulation::new(0).name("lost update").replay(tape).run(bare_lost_update);
    assert_eq!(again.digest(), finding.shrunk().digest());
}

#[test]
fn draws_and_latencies_stay_the_simplest() {
    let report = Check::new("simple").strategy(Strategy::Delay { budget: 3 }).report(|_sim: Sim| async {
        let racing = [spawn(async { yield_now().await }), spawn(async { yield_now().await })];
        assert_eq!(draw::below(1_000), 0);
        for task in racing {
            task.await.expect("no panic");
        }
    });
    assert!(report.passed(), "{report}");
    assert!(report.runs() > 3);
}

#[test]
fn a_single_run_is_the_first_in_first_out_one() {
    let run = |strategy| Simulation::new(3).strategy(strategy).run(lost_update);
    assert_eq!(run(Strategy::Delay { budget: 5 }).digest(), run(Strategy::Fifo).digest());
}
