//! `Pct` hits a bug of depth d with a probability of at least 1 / (n k^(d - 1)).

use super::chains::{Order, orders, place};
use reenact::{Check, Shrink, Strategy, yield_now};
use std::{cell::Cell, rc::Rc};

/// Whether turns of two tasks, given in turn, came in this order: so many constraints, less one.
fn alternate(order: &Order, turns: &[usize]) -> bool {
    let places: Vec<usize> =
        turns.iter().enumerate().map(|(i, &turn)| place(order, (i + 1) % 2, turn)).collect();
    places.is_sorted()
}

#[test]
fn bugs_of_depth_one_to_four_are_hit_as_often_as_promised() {
    // Beside the two tasks there is the main; every turn may be a pick among several.
    let (turns, tasks, picks) = ([4, 4], 3.0, 8.0f64);
    let planted: [(u32, &[usize], u64); 4] = [
        (1, &[0, 0], 2_000),
        (2, &[1, 0, 2], 4_000),
        (3, &[1, 1, 2, 2], 10_000),
        (4, &[1, 0, 2, 1, 3], 20_000),
    ];
    for (depth, bug, seeds) in planted {
        let orders = orders(Strategy::Pct { depth }, seeds, &turns);
        let hits = orders.iter().filter(|order| alternate(order, bug)).count() as f64;
        let promised = seeds as f64 / (tasks * picks.powi(depth as i32 - 1));
        assert!(hits >= promised - 3.0 * promised.sqrt(), "depth {depth}: {hits} hits, {promised} promised");
        assert!(hits < seeds as f64, "the bug is not in every order");
    }
}

#[test]
fn a_change_has_a_priority_of_its_own_and_not_always_the_lowest() {
    // Of three tasks that were put down one after the other, the last may run before the first: with the
    // lowest priority for each, it never could.
    let orders = orders(Strategy::Pct { depth: 4 }, 5_000, &[2, 2, 2]);
    assert!(orders.iter().any(|order| order[..] == [0, 1, 2, 2, 1, 0]));
    assert!(orders.iter().any(|order| order[..] == [0, 1, 2, 0, 1, 2]));
}

#[test]
fn who_waits_for_another_by_giving_way_does_not_wait_for_ever() {
    let check = Check::new("spin").strategy(Strategy::Pct { depth: 3 }).seeds(50).max_steps(200_000);
    let report = check.shrink(Shrink::off()).report(|_sim| async {
        let done = Rc::new(Cell::new(false));
        let set = done.clone();
        let spin = reenact::spawn(async move {
            while !done.get() {
                yield_now().await;
            }
        });
        reenact::spawn(async move {
            yield_now().await;
            set.set(true);
        });
        spin.await.expect("it comes to an end");
    });
    assert!(report.passed(), "{report}");
}
