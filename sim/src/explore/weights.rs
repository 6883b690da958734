//! Weights by place, and a place drawn by weight: a tree of sums, sixteen to one.
//!
//! A wide tree, so that neither has much to guess: a change adds to a few sums at known places, and to find a
//! place is to walk along a few short rows.

/// How many of a level are in one sum of the next.
const WIDE: usize = 16;

/// The weights. A place that was never set weighs nothing.
#[derive(Default)]
pub(super) struct Weights {
    /// The weights, then sums of sums; the last level is one row.
    levels: Vec<Vec<u64>>,
    total: u64,
}

impl Weights {
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    #[inline]
    pub(super) fn set(&mut self, place: usize, weight: u64) {
        if self.levels.first().is_none_or(|weights| place >= weights.len()) {
            self.grow(place + 1);
        }
        let difference = weight.wrapping_sub(self.levels[0][place]);
        if difference == 0 {
            return;
        }
        self.total = self.total.wrapping_add(difference);
        let mut i = place;
        for level in &mut self.levels {
            level[i] = level[i].wrapping_add(difference);
            i /= WIDE;
        }
    }

    #[cold]
    fn grow(&mut self, places: usize) {
        let mut weights = if self.levels.is_empty() { Vec::new() } else { self.levels.swap_remove(0) };
        weights.resize(places.next_power_of_two().max(WIDE), 0);
        self.levels = vec![weights];
        while let Some(below) = self.levels.last().filter(|level| level.len() > WIDE) {
            let mut level: Vec<u64> = below.chunks(WIDE).map(|row| row.iter().sum()).collect();
            level.resize(level.len().next_multiple_of(WIDE), 0);
            self.levels.push(level);
        }
    }

    /// The place into whose share of the total `at` falls; `at` is below the total.
    pub(super) fn find(&self, mut at: u64) -> usize {
        debug_assert!(at < self.total);
        let mut place = 0;
        for level in self.levels.iter().rev() {
            place *= WIDE;
            while at >= level[place] {
                at -= level[place];
                place += 1;
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_share_is_as_large_as_its_weight(sets in prop::collection::vec((0usize..600, 0u64..9), 0..90)) {
            let mut tree = Weights::default();
            let mut weights = vec![0u64; 600];
            for (place, weight) in sets {
                tree.set(place, weight);
                weights[place] = weight;
            }
            prop_assert_eq!(tree.total(), weights.iter().sum::<u64>());
            let mut shares = vec![0u64; 600];
            for at in 0..tree.total() {
                shares[tree.find(at)] += 1;
            }
            prop_assert_eq!(shares, weights);
        }
    }
}
