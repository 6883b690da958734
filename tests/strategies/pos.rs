//! `Pos` reaches every order that makes a difference.

use super::chains::orders;
use reenact::Strategy;
use std::collections::BTreeSet;

#[test]
fn every_class_of_three_writers_and_three_readers_is_reached() {
    // Tasks 0 to 2 write, the others read: what counts is the order of the writers, and which of them each
    // reader comes after. 3! · 4³ classes; the rarest are one order of 720 each.
    let classes: BTreeSet<Vec<usize>> = orders(Strategy::Pos, 10_000, &[1; 6])
        .into_iter()
        .map(|order| {
            let writers = order.iter().copied().filter(|&task| task < 3);
            let before = |reader: usize| {
                let place = order.iter().position(|&task| task == reader).expect("it read");
                order[..place].iter().filter(|&&task| task < 3).count()
            };
            writers.chain((3..6).map(before)).collect()
        })
        .collect();
    assert_eq!(classes.len(), 6 * 64);
}
