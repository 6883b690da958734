//! What is due first, in order.
//!
//! Why it exists: items arrive here in two ways, a slot at a time, which is
//! sorted once, and one by one into the midst of that slot, which is a heap's
//! work. The first of both is the first of all.
//!
//! What it does not know: the time, slots, or cancellation. A pure room.

use crate::instant::Instant;
use crate::item::{Item, Key};
use crate::sorter::Sorter;
use std::collections::BinaryHeap;

/// Up to so many items, keeping them sorted beats a heap.
const FEW: usize = 6;

pub(crate) struct Head<T> {
    /// Sorted, the first last.
    sorted: Vec<Item<T>>,
    heap: BinaryHeap<Item<T>>,
    sorter: Sorter<T>,
}

/// Where the first item is, and when it is due. Small enough for registers.
#[derive(Clone, Copy)]
pub(crate) enum First {
    Nowhere,
    Sorted(Instant),
    Heap(Instant),
}

impl<T: Copy> Head<T> {
    pub(crate) fn new() -> Self {
        Head { sorted: Vec::new(), heap: BinaryHeap::new(), sorter: Sorter::new() }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.sorted.len() + self.heap.len()
    }

    /// Stores an item; no key is greater than this.
    pub(crate) fn push(&mut self, at: Instant, key: Key, item: T) {
        if self.sorted.len() < FEW && self.heap.is_empty() {
            self.sorted.push(Item { at, key, item });
            // By hand: to find a place and to move so little by calls would take longer.
            let mut place = self.sorted.len() - 1;
            while place > 0 && self.sorted[place - 1].at <= at {
                self.sorted[place] = self.sorted[place - 1];
                place -= 1;
            }
            self.sorted[place] = Item { at, key, item };
        } else {
            self.heap.push(Item { at, key, item });
        }
    }

    /// The first item's place and key.
    ///
    /// What goes into the heap was pushed after all that is sorted, so of two
    /// items due at the same instant the sorted one comes first.
    #[inline]
    pub(crate) fn first(&self) -> (First, Key) {
        match (self.sorted.last(), self.heap.peek()) {
            (Some(a), None) => (First::Sorted(a.at), a.key),
            (None, Some(b)) => (First::Heap(b.at), b.key),
            (Some(a), Some(b)) if a.at <= b.at => (First::Sorted(a.at), a.key),
            (Some(_), Some(b)) => (First::Heap(b.at), b.key),
            (None, None) => (First::Nowhere, Key::NONE),
        }
    }

    /// Takes the first item from where `first` said that it is.
    #[inline]
    pub(crate) fn pop(&mut self, first: First) -> Option<(Instant, Key, T)> {
        let Item { at, key, item } = match first {
            First::Nowhere => return None,
            First::Sorted(_) => self.sorted.pop()?,
            First::Heap(_) => {
                // What `BinaryHeap::pop` returns was copied once more, see `Item`.
                let item = *self.heap.peek()?;
                self.heap.pop();
                item
            }
        };
        Some((at, key, item))
    }

    /// Fills an empty head with what `put` puts in, in any order.
    #[inline]
    pub(crate) fn fill(&mut self, put: impl FnOnce(&mut Vec<Item<T>>)) {
        debug_assert!(self.len() == 0);
        put(&mut self.sorted);
        if self.sorted.len() > 1 {
            self.sorter.sort(&mut self.sorted);
        }
    }

    /// All items, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Item<T>> {
        self.sorted.iter().chain(self.heap.iter())
    }

    /// Keeps the items for which `keep` says so; says how many.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Item<T>) -> bool) -> usize {
        self.sorted.retain(&mut keep);
        self.heap.retain(&mut keep);
        self.len()
    }

    pub(crate) fn clear(&mut self) {
        self.sorted.clear();
        self.heap.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(head: &mut Head<()>) -> Vec<(u64, u64)> {
        std::iter::from_fn(|| {
            let (first, key) = head.first();
            let (at, popped, ()) = head.pop(first)?;
            assert_eq!(popped, key);
            Some((at.as_nanos(), key.get()))
        })
        .collect()
    }

    #[test]
    fn a_batch_and_what_is_pushed_into_its_midst_come_in_one_order() {
        let mut head = Head::new();
        head.fill(|bag| {
            bag.extend((1..=50).map(|number| Item {
                at: Instant::from_nanos(number * 37 % 20),
                key: Key::new(number),
                item: (),
            }));
        });
        for number in 51..=100 {
            head.push(Instant::from_nanos(number * 31 % 20), Key::new(number), ());
        }
        let came = drain(&mut head);
        assert_eq!(came.len(), 100);
        assert!(came.is_sorted());
    }

    #[test]
    fn few_items_of_equal_times_come_in_order_of_insertion() {
        let mut head = Head::new();
        for number in 1..=FEW as u64 {
            head.push(Instant::from_nanos(number % 3), Key::new(number), ());
        }
        let came = drain(&mut head);
        assert_eq!(came.len(), FEW);
        assert!(came.is_sorted());
        assert_eq!(head.len(), 0);
    }
}
