//! Partitions by their shapes: which nodes cannot reach each other.
//!
//! Pure.

use std::fmt;

/// A shape of partitions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// One node is cut off from all others.
    Isolate,
    /// Two sides, as large as they can be alike.
    Halves,
    /// A few nodes are cut off from the rest: as many as are no majority.
    Minority,
    /// Two sides, and one node that reaches both.
    Bridge,
    /// Each node reaches a majority, and no two the same.
    Ring,
}

impl Shape {
    const ALL: [Shape; 5] = [Shape::Isolate, Shape::Halves, Shape::Minority, Shape::Bridge, Shape::Ring];

    /// How many there are.
    pub(super) const COUNT: u64 = Self::ALL.len() as u64;

    pub(super) fn from_answer(answer: u64) -> Shape {
        Self::ALL[answer as usize % Self::ALL.len()]
    }

    /// The pairs of `0..n` that cannot reach each other, when the shape begins with `start`.
    pub(super) fn pairs(self, n: usize, start: usize) -> Vec<(usize, usize)> {
        let place = |i: usize| (i + start) % n.max(1);
        let mut pairs = Vec::new();
        for (i, j) in (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))) {
            let apart = match self {
                Shape::Isolate => i == 0,
                Shape::Halves => i < n / 2 && j >= n / 2,
                Shape::Minority => {
                    let few = n.saturating_sub(1) / 2;
                    i < few && j >= few
                }
                // The first is the bridge; the others are two sides.
                Shape::Bridge => i > 0 && i <= (n - 1) / 2 && j > (n - 1) / 2,
                Shape::Ring => {
                    let distance = (j - i).min(n - (j - i));
                    // With neighbours on both sides up to this, itself among them, it is a majority.
                    distance > (n / 2).div_ceil(2)
                }
            };
            if apart {
                pairs.push((place(i).min(place(j)), place(i).max(place(j))));
            }
        }
        pairs
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shape::Isolate => "one node from all others",
            Shape::Halves => "two halves",
            Shape::Minority => "a minority from the rest",
            Shape::Bridge => "two sides with a bridge",
            Shape::Ring => "a ring of majorities",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many each node reaches, itself among them.
    fn reach(shape: Shape, n: usize) -> Vec<usize> {
        let pairs = shape.pairs(n, 0);
        (0..n).map(|i| n - pairs.iter().filter(|(a, b)| *a == i || *b == i).count()).collect()
    }

    #[test]
    fn shapes_are_what_they_are_called() {
        assert_eq!(reach(Shape::Isolate, 5), [1, 4, 4, 4, 4]);
        assert_eq!(reach(Shape::Halves, 5), [2, 2, 3, 3, 3]);
        assert_eq!(reach(Shape::Minority, 5), [2, 2, 3, 3, 3]);
        assert_eq!(reach(Shape::Minority, 4), [1, 3, 3, 3]);
        assert_eq!(reach(Shape::Bridge, 5), [5, 3, 3, 3, 3]);
        assert_eq!(reach(Shape::Ring, 5), [3; 5]);
        assert_eq!(reach(Shape::Ring, 7), [5; 7]);
    }

    #[test]
    fn a_shape_begins_with_any_node_and_fits_any_number() {
        assert_eq!(Shape::Isolate.pairs(3, 2), [(0, 2), (1, 2)]);
        for n in 0..8 {
            for answer in 0..Shape::COUNT {
                for start in 0..n {
                    let pairs = Shape::from_answer(answer).pairs(n, start);
                    assert!(pairs.iter().all(|&(a, b)| a < b && b < n));
                }
            }
        }
    }
}
