//! `Surw` makes all interleavings equally likely, however uneven the tasks.

use super::chains::{Order, orders, orders_of};
use reenact::{Strategy, task, yield_now};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// Pearson's statistic of how often each of so many outcomes was seen, if all are equally likely.
fn chi_square(orders: &[Order], outcomes: usize) -> f64 {
    let mut counts = BTreeMap::<&Order, u64>::new();
    for order in orders {
        *counts.entry(order).or_default() += 1;
    }
    assert!(counts.len() <= outcomes);
    let expected = orders.len() as f64 / outcomes as f64;
    let seen: f64 = counts.values().map(|&count| (count as f64 - expected).powi(2) / expected).sum();
    seen + (outcomes - counts.len()) as f64 * expected
}

#[test]
fn the_interleavings_of_two_chains_are_equally_likely() {
    // C(7, 3) = 35 of them: with 34 degrees of freedom, 65.2 is exceeded once in a thousand times.
    let turns = [3, 4];
    let statistic = chi_square(&orders(Strategy::Surw, 7_000, &turns), 35);
    assert!(statistic < 65.2, "{statistic}");
    let random = chi_square(&orders(Strategy::Random, 7_000, &turns), 35);
    assert!(random > 1_000.0, "the random walk is far from it: {random}");
}

#[test]
fn the_interleavings_of_three_chains_are_equally_likely() {
    // 7! / (1! 2! 4!) = 105: with 104 degrees of freedom, 154.3 is exceeded once in a thousand times.
    let statistic = chi_square(&orders(Strategy::Surw, 10_500, &[1, 2, 4]), 105);
    assert!(statistic < 154.3, "{statistic}");
}

/// Two tasks that have one and twelve turns to take before each touches the same thing three times.
#[test]
fn the_orders_of_what_is_touched_are_equally_likely_whatever_else_there_is() {
    let orders = orders_of(Strategy::Surw, 2_000, || async {
        let order = Rc::new(RefCell::new(Order::new()));
        let tasks = [1, 12].map(|turns| {
            let order = order.clone();
            reenact::spawn(async move {
                for _ in 0..turns {
                    yield_now().await;
                }
                for _ in 0..3 {
                    task::touch("the account");
                    order.borrow_mut().push(turns);
                    yield_now().await;
                }
            })
        });
        for task in tasks {
            task.await.expect("it ends");
        }
        order.take()
    });
    // C(6, 3) = 20 orders; in two of three runs it is these touches that matter.
    let mut counts = BTreeMap::<&Order, u64>::new();
    for order in &orders {
        *counts.entry(order).or_default() += 1;
    }
    assert_eq!(counts.len(), 20);
    assert!(counts.values().all(|&count| count >= 40), "{counts:?}");
}

#[test]
fn a_short_task_comes_last_of_all_as_often_as_first() {
    // One turn among 25 others has 26 places.
    let orders = orders(Strategy::Surw, 2_600, &[1, 25]);
    let last = orders.iter().filter(|order| order.last() == Some(&0)).count();
    assert!((60..=140).contains(&last), "{last} of 2,600 are 100 in the mean");
}
