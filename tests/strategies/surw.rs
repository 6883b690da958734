//! `Surw` makes all interleavings equally likely, however uneven the tasks.

use super::chains::{Order, orders};
use reenact::Strategy;
use std::collections::BTreeMap;

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

#[test]
fn a_short_task_comes_last_of_all_as_often_as_first() {
    // One turn among 25 others has 26 places.
    let orders = orders(Strategy::Surw, 2_600, &[1, 25]);
    let last = orders.iter().filter(|order| order.last() == Some(&0)).count();
    assert!((60..=140).contains(&last), "{last} of 2,600 are 100 in the mean");
}
