//! The numbers of cancelled items that are still stored.
//!
//! Why it exists: taking an item out of the middle of a queue costs more than
//! skipping it when it comes up. It does not know where the items are. A pure
//! room.

use crate::item::Key;
use std::hash::{BuildHasherDefault, Hasher};

/// Keys are distinct small numbers: one multiplication spreads them.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a key is one u64");
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        // The product's high bits depend on all of the number, its low bits do
        // not; the table looks at both ends.
        let product = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }
}

#[expect(clippy::disallowed_types, reason = "the hasher is fixed, and the set is never iterated")]
type KeySet = std::collections::HashSet<Key, BuildHasherDefault<Spread>>;

#[derive(Default)]
pub(crate) struct Cancelled(KeySet);

impl Cancelled {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn insert(&mut self, key: Key) {
        self.0.insert(key);
    }

    pub(crate) fn contains(&self, key: Key) -> bool {
        self.0.contains(&key)
    }

    /// Takes the key out; false, and cheap, when nothing is cancelled.
    #[inline]
    pub(crate) fn remove(&mut self, key: Key) -> bool {
        !self.0.is_empty() && self.0.remove(&key)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_removed_once() {
        let mut cancelled = Cancelled::default();
        assert!(!cancelled.remove(Key::new(1)));
        cancelled.insert(Key::new(1));
        cancelled.insert(Key::new(1));
        assert_eq!(cancelled.len(), 1);
        assert!(cancelled.contains(Key::new(1)) && !cancelled.contains(Key::new(2)));
        assert!(cancelled.remove(Key::new(1)) && !cancelled.remove(Key::new(1)));
        assert!(cancelled.is_empty());
    }

    #[test]
    fn keys_at_any_distance_are_spread_over_the_table() {
        // The table looks at the lowest bits for the place and at the highest
        // seven for a first comparison.
        for distance in [1, 2, 16, 1 << 10, 1 << 16, 1 << 24, 3 << 20, 1_000_000] {
            let mut low = std::collections::BTreeSet::new();
            let mut high = std::collections::BTreeSet::new();
            for number in 1..=1_024 {
                let mut hasher = Spread::default();
                hasher.write_u64(number * distance);
                low.insert(hasher.finish() & 1_023);
                high.insert(hasher.finish() >> 57);
            }
            assert!(low.len() > 500, "distance {distance}: {} places", low.len());
            assert!(high.len() > 100, "distance {distance}: {} tags", high.len());
        }
    }
}
