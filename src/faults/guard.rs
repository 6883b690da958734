//! What the system is to survive: how many victims are out of order at once.
//!
//! Pure. A victim is out of order when it is down or stands still, and when it cannot reach a majority
//! of all victims; where none can, those count that are not on the largest side.

use reenact_sim::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// How many of `victims` are out of order, of which some are down, and some pairs apart.
pub(super) fn out_of_order(
    victims: &[NodeId],
    is_down: impl Fn(NodeId) -> bool,
    apart: &BTreeSet<(NodeId, NodeId)>,
) -> usize {
    let n = victims.len();
    let up: Vec<NodeId> = victims.iter().copied().filter(|&node| !is_down(node)).collect();
    // How many each reaches that is up, itself among them.
    let mut reach: BTreeMap<NodeId, usize> = up.iter().map(|&node| (node, up.len())).collect();
    for &(a, b) in apart.iter().filter(|(a, b)| !is_down(*a) && !is_down(*b)) {
        for end in [a, b] {
            reach.entry(end).and_modify(|count| *count -= 1);
        }
    }
    let in_majority = reach.values().filter(|&&count| count * 2 > n).count();
    let in_order = if in_majority > 0 { in_majority } else { reach.into_values().max().unwrap_or(0) };
    n - in_order
}

#[cfg(test)]
mod tests {
    use super::out_of_order;
    use crate::faults::shapes::Shape;
    use reenact_sim::NodeId;

    fn count(n: u32, down: &[u32], shape: Option<Shape>) -> usize {
        let victims: Vec<NodeId> = (1..=n).map(NodeId).collect();
        let pairs = shape.map_or(Vec::new(), |shape| shape.pairs(n as usize, 0));
        let apart = pairs.into_iter().map(|(a, b)| (victims[a], victims[b])).collect();
        out_of_order(&victims, |node| down.contains(&node.0), &apart)
    }

    #[test]
    fn who_is_down_or_cut_off_from_a_majority_is_out_of_order() {
        assert_eq!(count(5, &[], None), 0);
        assert_eq!(count(5, &[2, 4], None), 2);
        assert_eq!(count(5, &[], Some(Shape::Isolate)), 1);
        assert_eq!(count(5, &[1], Some(Shape::Isolate)), 1, "it is the one that is cut off");
        assert_eq!(count(5, &[2], Some(Shape::Isolate)), 2);
        assert_eq!(count(5, &[], Some(Shape::Halves)), 2);
        assert_eq!(count(5, &[], Some(Shape::Ring)), 0, "each reaches a majority");
        assert!(count(5, &[1], Some(Shape::Ring)) > 2, "but not if one of them is down");
    }

    #[test]
    fn where_nobody_reaches_a_majority_the_largest_side_is_in_order() {
        assert_eq!(count(2, &[], Some(Shape::Isolate)), 1);
        assert_eq!(count(4, &[], Some(Shape::Halves)), 2);
        assert_eq!(count(3, &[1, 2], None), 2);
        assert_eq!(count(1, &[1], None), 1);
        assert_eq!(count(0, &[], None), 0);
    }
}
