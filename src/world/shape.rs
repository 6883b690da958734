//! Partitions by their shape.
//!
//! Pure: it is told the nodes and how to draw, and answers which cannot reach each other. The shapes are
//! those that Jepsen's nemeses cut.

/// A shape of a partition, for [`NetHandle::shape`](super::NetHandle::shape).
///
/// ```
/// use reenact::{Simulation, net::Shape};
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let nodes = ["a", "b", "c", "d", "e"];
///     for name in nodes {
///         sim.node(name);
///     }
///     // Two of the five, drawn from the seed, do not reach the other three.
///     let _cut = sim.net().shape(Shape::Minority, &nodes);
/// });
/// run.unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// One node, which is drawn, and the others.
    Isolate,
    /// The first half of the nodes and the second; of an odd number the second half has one more.
    Halves,
    /// Two halves that are drawn.
    RandomHalves,
    /// As many nodes as are less than half, which are drawn, and the majority.
    Minority,
    /// Two halves, and a node that reaches both: the one in the middle.
    Bridge,
    /// Each node reaches a majority, and no two reach the same one: on a ring, which is drawn, each
    /// reaches its neighbours.
    MajoritiesRing,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Shape; 6] = [
        Shape::Isolate,
        Shape::Halves,
        Shape::RandomHalves,
        Shape::Minority,
        Shape::Bridge,
        Shape::MajoritiesRing,
    ];

    /// Which of `count` nodes do not reach each other, by their places in the list: each pair once.
    /// `below(n)` draws a number below `n`.
    pub(crate) fn cuts(self, count: usize, below: &mut dyn FnMut(u64) -> u64) -> Vec<(usize, usize)> {
        let mut order: Vec<usize> = (0..count).collect();
        let mut shuffle = || {
            for i in (1..count).rev() {
                // 0 leaves an element where it is.
                order.swap(i, i - below(i as u64 + 1) as usize);
            }
            std::mem::take(&mut order)
        };
        match self {
            Shape::Isolate if count > 0 => {
                let one = below(count as u64) as usize;
                between(&[one], &(0..count).filter(|&other| other != one).collect::<Vec<_>>())
            }
            Shape::Isolate => Vec::new(),
            Shape::Halves => split(&order, count / 2),
            Shape::RandomHalves => split(&shuffle(), count / 2),
            Shape::Minority => split(&shuffle(), count.saturating_sub(1) / 2),
            Shape::Bridge => {
                let (first, rest) = order.split_at(count / 2);
                between(first, rest.get(1..).unwrap_or_default())
            }
            Shape::MajoritiesRing => ring(&shuffle()),
        }
    }
}

fn split(order: &[usize], at: usize) -> Vec<(usize, usize)> {
    let (first, second) = order.split_at(at);
    between(first, second)
}

fn between(first: &[usize], second: &[usize]) -> Vec<(usize, usize)> {
    first.iter().flat_map(|&a| second.iter().map(move |&b| (a, b))).collect()
}

/// Cuts what is farther apart on the ring than a majority around each node reaches.
fn ring(order: &[usize]) -> Vec<(usize, usize)> {
    let count = order.len();
    // A majority is the node itself and so many neighbours, half of them on each side.
    let reach = (count / 2).div_ceil(2);
    let mut cuts = Vec::new();
    for i in 0..count {
        for j in i + 1..count {
            let apart = (j - i).min(count - (j - i));
            if apart > reach {
                cuts.push((order[i], order[j]));
            }
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Whom each node reaches, itself included.
    fn reached(shape: Shape, count: usize, mut seed: u64) -> Vec<BTreeSet<usize>> {
        let mut draw = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % n
        };
        let cuts = shape.cuts(count, &mut draw);
        let cut = |a, b| cuts.contains(&(a, b)) || cuts.contains(&(b, a));
        assert_eq!(cuts.iter().collect::<BTreeSet<_>>().len(), cuts.len(), "each pair once");
        (0..count).map(|a| (0..count).filter(|&b| !cut(a, b)).collect()).collect()
    }

    fn sizes(shape: Shape, count: usize) -> Vec<usize> {
        reached(shape, count, 7).iter().map(BTreeSet::len).collect()
    }

    fn sorted(mut sizes: Vec<usize>) -> Vec<usize> {
        sizes.sort();
        sizes
    }

    #[test]
    fn shapes_are_what_they_say() {
        assert_eq!(sorted(sizes(Shape::Isolate, 5)), [1, 4, 4, 4, 4]);
        assert_eq!(sizes(Shape::Halves, 5), [2, 2, 3, 3, 3]);
        assert_eq!(sorted(sizes(Shape::RandomHalves, 4)), [2, 2, 2, 2]);
        assert_eq!(sorted(sizes(Shape::Minority, 5)), [2, 2, 3, 3, 3]);
        assert_eq!(sorted(sizes(Shape::Minority, 4)), [1, 3, 3, 3]);
        assert_eq!(sizes(Shape::Bridge, 5), [3, 3, 5, 3, 3]);
    }

    #[test]
    fn on_the_ring_each_reaches_a_majority_and_no_two_the_same() {
        for count in [5, 7, 9, 11] {
            let reached = reached(Shape::MajoritiesRing, count, 3);
            assert!(reached.iter().all(|set| set.len() > count / 2 && set.len() < count), "{reached:?}");
            assert_eq!(reached.iter().collect::<BTreeSet<_>>().len(), count);
        }
    }

    #[test]
    fn few_nodes_are_no_trouble() {
        for shape in Shape::ALL {
            for count in 0..4 {
                let _ = sizes(shape, count);
            }
        }
    }
}
