//! A ring of slots, each an unordered bag of items.
//!
//! Why it exists: most of what is due need not be in order yet, and putting an
//! item in a slot is cheaper than keeping all in order. The items live in
//! chunks of one pool, so that a slot needs no allocation of its own.
//!
//! What it does not know: what time a slot stands for, order within a slot, or
//! cancellation. A pure room.

use crate::instant::Instant;
use crate::item::{Item, Key};

/// How many slots a wheel has: 64 words of 64 bits, so that one word more says
/// which of them are not zero.
pub(crate) const SLOTS: u64 = 1 << SLOTS_BITS;
pub(crate) const SLOTS_BITS: u32 = 12;
const WORDS: usize = 64;

/// How many items a chunk holds: 200 bytes with 8-byte values.
const CHUNK: usize = 8;

/// "No chunk follows".
const END: u32 = u32::MAX;

struct Chunk<T> {
    len: u32,
    next: u32,
    items: [Item<T>; CHUNK],
}

/// The chunks of all slots, and which of them are free.
struct Pool<T> {
    chunks: Vec<Chunk<T>>,
    /// The first of a list of chunks that were used and are free again.
    free: u32,
    /// Chunks from here on were not used since the last `clear`.
    fresh: u32,
}

impl<T: Copy> Pool<T> {
    /// A chunk that holds `item` only and is followed by `next`.
    fn open(&mut self, item: Item<T>, next: u32) -> u32 {
        let number = if self.free != END {
            let number = self.free;
            self.free = self.chunks[number as usize].next;
            number
        } else {
            self.fresh += 1;
            self.fresh - 1
        };
        if let Some(chunk) = self.chunks.get_mut(number as usize) {
            chunk.len = 1;
            chunk.next = next;
            chunk.items[0] = item;
        } else {
            debug_assert_eq!(number as usize, self.chunks.len());
            let items = [item; CHUNK];
            self.chunks.push(Chunk { len: 1, next, items });
        }
        number
    }
}

pub(crate) struct Wheel<T> {
    /// The first chunk of each slot; meaningless where `used` has no bit.
    /// As many as were needed so far: a short simulation touches few or none.
    heads: Vec<u32>,
    /// A bit for each slot that holds something.
    used: [u64; WORDS],
    /// A bit for each word of `used` that is not zero.
    summary: u64,
    pool: Pool<T>,
}

/// In which word a slot's bit is, and the bit.
#[inline]
fn place(slot: u64) -> (usize, u64) {
    ((slot % SLOTS / 64) as usize, 1 << (slot % 64))
}

/// The numbers of the bits that are set.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        word &= word.checked_sub(1)?;
        Some(bit)
    })
}

impl<T: Copy> Wheel<T> {
    pub(crate) fn new() -> Self {
        let pool = Pool { chunks: Vec::new(), free: END, fresh: 0 };
        Wheel { heads: Vec::new(), used: [0; WORDS], summary: 0, pool }
    }

    /// Puts an item in a slot; only the slot's number modulo `SLOTS` matters.
    #[inline]
    pub(crate) fn push(&mut self, slot: u64, at: Instant, key: Key, item: T) {
        let (word, bit) = place(slot);
        if self.used[word] & bit != 0 {
            let head = self.heads[(slot % SLOTS) as usize];
            let chunk = &mut self.pool.chunks[head as usize];
            if let Some(free) = chunk.items.get_mut(chunk.len as usize) {
                *free = Item { at, key, item };
                chunk.len += 1;
                return;
            }
        }
        self.push_into_another(slot, at, key, item);
    }

    /// Puts an item in a slot that has no chunk with room for it. Apart from `push`, so that this
    /// is small enough to be inlined.
    #[inline(never)]
    fn push_into_another(&mut self, slot: u64, at: Instant, key: Key, item: T) {
        let (word, bit) = place(slot);
        let index = (slot % SLOTS) as usize;
        if index >= self.heads.len() {
            self.heads.resize((index + 1).next_power_of_two(), 0);
        }
        let head = &mut self.heads[index];
        let next = if self.used[word] & bit == 0 { END } else { *head };
        self.used[word] |= bit;
        self.summary |= 1 << word;
        *head = self.pool.open(Item { at, key, item }, next);
    }

    /// Moves all items of a slot to the end of `to`, in no particular order: mostly those pushed
    /// last come first, as a sort will leave those that are due at the same instant.
    pub(crate) fn take(&mut self, slot: u64, to: &mut Vec<Item<T>>) {
        let (word, bit) = place(slot);
        if self.used[word] & bit == 0 {
            return;
        }
        self.used[word] &= !bit;
        if self.used[word] == 0 {
            self.summary &= !(1 << word);
        }
        let head = self.heads[(slot % SLOTS) as usize];
        let mut number = head;
        loop {
            let chunk = &mut self.pool.chunks[number as usize];
            to.extend(chunk.items[..chunk.len as usize].iter().rev());
            if chunk.next == END {
                // The whole list goes back at once.
                chunk.next = self.pool.free;
                self.pool.free = head;
                return;
            }
            number = chunk.next;
        }
    }

    /// Moves the items of all slots to the end of `to`.
    pub(crate) fn take_all(&mut self, to: &mut Vec<Item<T>>) {
        for word in bits(self.summary) {
            for bit in bits(self.used[word]) {
                self.take((word * 64 + bit) as u64, to);
            }
        }
    }

    /// The first slot from `from` on, at most one turn ahead, that holds
    /// something.
    #[inline]
    pub(crate) fn next(&self, from: u64) -> Option<u64> {
        let (word, bit) = place(from);
        let start = from & !63;
        let rest = self.used[word] & !(bit - 1);
        if rest != 0 {
            return Some(start + u64::from(rest.trailing_zeros()));
        }
        // Rotated so that bit 0 is the word after this one; bit 63 is this
        // word again, of which only the part before `from` can be left.
        let words = self.summary.rotate_right((word as u32 + 1) % 64);
        if words == 0 {
            return None;
        }
        let ahead = 1 + u64::from(words.trailing_zeros());
        let first = self.used[(word + ahead as usize) % WORDS];
        Some(start + ahead * 64 + u64::from(first.trailing_zeros()))
    }

    /// All items, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Item<T>> {
        let words = bits(self.summary);
        let slots = words.flat_map(|word| bits(self.used[word]).map(move |bit| word * 64 + bit));
        slots.flat_map(move |slot| {
            let mut number = self.heads[slot];
            std::iter::from_fn(move || {
                let chunk = self.pool.chunks.get(number as usize)?;
                number = chunk.next;
                Some(&chunk.items[..chunk.len as usize])
            })
            .flatten()
        })
    }

    /// Keeps the items for which `keep` says so, packed; says how many.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Item<T>) -> bool) -> usize {
        let mut kept = 0;
        let mut bag = Vec::new();
        for word in bits(self.summary) {
            for bit in bits(self.used[word]) {
                let slot = (word * 64 + bit) as u64;
                self.take(slot, &mut bag);
                for Item { at, key, item } in bag.drain(..).filter(|item| keep(item)) {
                    self.push(slot, at, key, item);
                    kept += 1;
                }
            }
        }
        kept
    }

    /// Forgets all items; costs what is used, keeps the memory.
    pub(crate) fn clear(&mut self) {
        for word in bits(self.summary) {
            self.used[word] = 0;
        }
        self.summary = 0;
        self.pool.free = END;
        self.pool.fresh = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn push(wheel: &mut Wheel<u64>, slot: u64, number: u64) {
        wheel.push(slot, Instant::ZERO, Key::new(number), number * 3);
    }

    /// The numbers in a slot, sorted; the slot is empty afterwards.
    fn take(wheel: &mut Wheel<u64>, slot: u64) -> Vec<u64> {
        let mut bag = Vec::new();
        wheel.take(slot, &mut bag);
        assert!(bag.iter().all(|item| item.item == item.key.get() * 3));
        let mut numbers: Vec<u64> = bag.iter().map(|item| item.key.get()).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn a_slot_gives_back_all_that_was_put_in_across_chunks() {
        let mut wheel = Wheel::new();
        for number in 1..100 {
            push(&mut wheel, 5, number);
            push(&mut wheel, 5 + 3 * SLOTS, 1_000 + number);
        }
        assert_eq!(take(&mut wheel, 6), []);
        assert_eq!(take(&mut wheel, 5 + SLOTS).len(), 198);
        assert_eq!(take(&mut wheel, 5), []);
        assert_eq!(wheel.next(0), None);
    }

    #[test]
    fn emptied_chunks_are_used_again() {
        let mut wheel = Wheel::new();
        for round in 0..1_000 {
            for number in 0..40 {
                push(&mut wheel, round * 7, number);
            }
            assert_eq!(take(&mut wheel, round * 7).len(), 40);
        }
        assert_eq!(wheel.pool.chunks.len(), 40usize.div_ceil(CHUNK));
    }

    #[test]
    fn clearing_forgets_the_items_and_keeps_the_chunks() {
        let mut wheel = Wheel::new();
        for _ in 0..3 {
            for number in 0..1_000 {
                push(&mut wheel, number % 321 * 12, number);
            }
            assert_eq!(wheel.iter().count(), 1_000);
            assert!(wheel.pool.chunks.len() <= 321);
            wheel.clear();
            assert_eq!((wheel.next(77), wheel.iter().count()), (None, 0));
        }
    }

    #[test]
    fn retaining_keeps_what_it_is_told_and_packs_it() {
        let mut wheel = Wheel::new();
        for number in 0..1_000 {
            push(&mut wheel, number % 10, number);
        }
        assert_eq!(wheel.retain(|item| item.key.get() % 20 < 10), 500);
        assert_eq!(take(&mut wheel, 3).len(), 50);
        assert_eq!(wheel.iter().count(), 450);
        assert_eq!(wheel.retain(|_| false), 0);
        assert_eq!(wheel.next(0), None);
        let free = std::iter::successors(Some(wheel.pool.free), |&number| {
            Some(wheel.pool.chunks.get(number as usize)?.next)
        });
        assert_eq!(free.count(), wheel.pool.chunks.len() + 1, "and the end");
    }

    proptest! {
        #[test]
        fn the_next_slot_is_the_nearest_ahead(
            used in prop::collection::vec(0..SLOTS, 0..20),
            from in 0..10 * SLOTS,
        ) {
            let mut wheel = Wheel::new();
            for &slot in &used {
                push(&mut wheel, slot, 1);
            }
            let nearest = (from..from + SLOTS).find(|slot| used.contains(&(slot % SLOTS)));
            prop_assert_eq!(wheel.next(from), nearest);
        }
    }
}
