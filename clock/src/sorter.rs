//! Sorting a slot's items.
//!
//! Why it exists: the items of a slot are spread over a short time and came in
//! the order of their keys, and a sort that compares them knows neither. Here
//! each goes straight to about where it belongs, and what is left to compare
//! are neighbours.
//!
//! What it does not know: slots. Any items come out sorted, if not as fast. A
//! pure room.

use crate::item::Item;

/// Up to so many items, comparing them is faster.
const FEW: usize = 20;

pub(crate) struct Sorter<T> {
    /// Where items are put; in turns with the vector to be sorted.
    spare: Vec<Item<T>>,
    /// For each stretch of time how many items fall in, then where its next
    /// item goes.
    places: Vec<u32>,
}

impl<T: Copy> Sorter<T> {
    pub(crate) fn new() -> Self {
        Sorter { spare: Vec::new(), places: Vec::new() }
    }

    /// Sorts items, the first last.
    pub(crate) fn sort(&mut self, items: &mut Vec<Item<T>>) {
        if items.len() <= FEW {
            items.sort_unstable();
        } else {
            self.spread(items);
        }
    }

    fn spread(&mut self, items: &mut Vec<Item<T>>) {
        let times = items.iter().map(|item| item.at.as_nanos());
        let (first, last) = times.fold((u64::MAX, 0), |(min, max), at| (min.min(at), max.max(at)));
        if first == last {
            // Mostly in order already, and there may be very many.
            items.sort_unstable();
            return;
        }
        // As many stretches as items, to the next power of two.
        let bits = usize::BITS - items.len().leading_zeros();
        let shift = (u64::BITS - (last - first).leading_zeros()).saturating_sub(bits);
        let stretch = |item: &Item<T>| ((last - item.at.as_nanos()) >> shift) as usize;
        self.places.clear();
        self.places.resize(1 << bits, 0);
        for item in &*items {
            self.places[stretch(item)] += 1;
        }
        let mut end = 0;
        for place in &mut self.places {
            end += std::mem::replace(place, end);
        }
        self.spare.clear();
        self.spare.extend_from_slice(items);
        for item in &*items {
            let place = &mut self.places[stretch(item)];
            self.spare[*place as usize] = *item;
            *place += 1;
        }
        std::mem::swap(items, &mut self.spare);
        let mut begin = 0;
        for &end in &self.places {
            let end = end as usize;
            if end - begin > 1 {
                items[begin..end].sort_unstable();
            }
            begin = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::Instant;
    use crate::item::Key;
    use proptest::prelude::*;

    fn sorted(times: &[u64]) -> Vec<(u64, u64)> {
        let item = |(i, &at)| Item { at: Instant::from_nanos(at), key: Key::new(i as u64), item: () };
        let mut items: Vec<_> = times.iter().enumerate().map(item).collect();
        Sorter::new().sort(&mut items);
        items.iter().rev().map(|item| (item.at.as_nanos(), item.key.get())).collect()
    }

    fn expected(times: &[u64]) -> Vec<(u64, u64)> {
        let mut expected: Vec<_> = times.iter().enumerate().map(|(i, &at)| (at, i as u64)).collect();
        expected.sort_unstable();
        expected
    }

    #[test]
    fn the_extremes_of_time_are_sorted_too() {
        let times: Vec<u64> = (0..100).map(|i| if i % 3 == 0 { u64::MAX - i } else { i }).collect();
        assert_eq!(sorted(&times), expected(&times));
        assert_eq!(sorted(&[7; 100]), expected(&[7; 100]));
    }

    proptest! {
        #[test]
        fn items_come_in_order_of_time_and_key(
            spread in 0..64u32,
            times in prop::collection::vec(any::<u64>(), 0..300),
        ) {
            let times: Vec<u64> = times.into_iter().map(|at| at >> spread).collect();
            prop_assert_eq!(sorted(&times), expected(&times));
        }
    }
}
