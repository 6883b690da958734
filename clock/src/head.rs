//! What is due first, in order.
//!
//! Why it exists: items arrive here in two ways, a slot at a time, which is
//! sorted once, and one by one into the midst of that slot, which is a heap's
//! work. The first of both is the first of all.
//!
//! What it does not know: the time, slots, or cancellation. A pure room.

use crate::instant::Instant;
use crate::item::{Item, Key};
use std::collections::BinaryHeap;

/// Up to so many, keeping them sorted beats a heap.
const FEW: usize = 12;

pub(crate) struct Head<T> {
    /// Sorted, the first last.
    sorted: Vec<Item<T>>,
    heap: BinaryHeap<Item<T>>,
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
        Head { sorted: Vec::new(), heap: BinaryHeap::new() }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.sorted.len() + self.heap.len()
    }

    /// Stores an item; no key is greater than this.
    #[inline]
    pub(crate) fn push(&mut self, at: Instant, key: Key, item: T) {
        if self.sorted.len() < FEW && self.heap.is_empty() {
            let place = self.sorted.partition_point(|other| other.at > at);
            self.sorted.insert(place, Item { at, key, item });
        } else {
            self.heap.push(Item { at, key, item });
        }
    }

    /// The first item's place and key.
    #[inline]
    pub(crate) fn first(&self) -> (First, Key) {
        match (self.sorted.last(), self.heap.peek()) {
            (Some(a), None) => (First::Sorted(a.at), a.key),
            (None, Some(b)) => (First::Heap(b.at), b.key),
            (Some(a), Some(b)) if a.rank() < b.rank() => (First::Sorted(a.at), a.key),
            (Some(_), Some(b)) => (First::Heap(b.at), b.key),
            (None, None) => (First::Nowhere, Key::NONE),
        }
    }

    /// Takes the first item, of which `first` said that it is sorted.
    #[inline]
    pub(crate) fn pop_sorted(&mut self) -> Option<(Instant, Key, T)> {
        self.sorted.pop().map(|item| (item.at, item.key, item.item))
    }

    /// Takes the first item, of which `first` said that it is in the heap.
    #[inline]
    pub(crate) fn pop_heap(&mut self) -> Option<(Instant, Key, T)> {
        // What `pop` returns was copied once more, see `Item`.
        let Item { at, key, item } = *self.heap.peek()?;
        self.heap.pop();
        Some((at, key, item))
    }

    /// Fills an empty head with what `bag` puts in, in any order.
    #[inline]
    pub(crate) fn fill(&mut self, bag: impl FnOnce(&mut Vec<Item<T>>) -> bool) -> bool {
        debug_assert!(self.len() == 0);
        let filled = bag(&mut self.sorted);
        if self.sorted.len() > 1 {
            self.sorted.sort_unstable();
        }
        filled
    }

    /// Hands out the items for which `is_later` says so.
    pub(crate) fn split_off(
        &mut self,
        is_later: impl Fn(Instant) -> bool,
        mut later: impl FnMut(Instant, Key, T),
    ) {
        let mut stay = |item: &Item<T>| {
            let is_later = is_later(item.at);
            if is_later {
                later(item.at, item.key, item.item);
            }
            !is_later
        };
        self.sorted.retain(&mut stay);
        self.heap.retain(&mut stay);
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
