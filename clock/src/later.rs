//! What is due later, not yet in order.
//!
//! Why it exists: only the items of the next quarter of a millisecond need to
//! be in order. The others wait in two wheels, one of 0.26 ms a slot and one
//! turn of that (1.07 s) a slot, and in a heap what lies beyond 73 minutes.
//!
//! What it does not know: the time. It knows its *line*, the slot up to which
//! it has handed everything over, and the line may be ahead of the clock:
//! whoever pushes asks first on which side of it an item is. A pure room.

use crate::instant::Instant;
use crate::item::{Item, Key};
use crate::wheel::{SLOTS, SLOTS_BITS, Wheel};
use std::collections::BinaryHeap;

/// A slot of the fine wheel is 2^18 ns.
const SLOT_BITS: u32 = 18;

/// No slot has this number: all instants are before this line.
const IDLE: u64 = u64::MAX;

#[inline]
fn slot_of(at: Instant) -> u64 {
    at.as_nanos() >> SLOT_BITS
}

/// The slot of the coarse wheel in which a slot of the fine wheel lies.
#[inline]
fn turn_of(slot: u64) -> u64 {
    slot >> SLOTS_BITS
}

pub(crate) struct Later<T> {
    /// Every item stored here is in a later slot, `IDLE` if there is none.
    line: u64,
    /// Slots from the line on, less than `SLOTS` ahead of it.
    fine: Wheel<T>,
    /// Turns after the line's, less than `SLOTS` ahead of it.
    coarse: Wheel<T>,
    /// Turns at least `SLOTS` ahead of the line's.
    beyond: BinaryHeap<Item<T>>,
}

impl<T: Copy> Later<T> {
    pub(crate) fn new() -> Self {
        Later { line: IDLE, fine: Wheel::new(), coarse: Wheel::new(), beyond: BinaryHeap::new() }
    }

    /// Whether nothing is stored and nothing shall be: all belongs before the
    /// line, until `start`.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.line == IDLE
    }

    /// Draws the line after the slot of `at`.
    pub(crate) fn start(&mut self, at: Instant) {
        debug_assert!(self.is_idle());
        self.line = slot_of(at);
    }

    /// Whether what is due at `at` belongs here.
    #[inline]
    pub(crate) fn is_behind_line(&self, at: Instant) -> bool {
        slot_of(at) > self.line
    }

    /// Stores an item; `is_behind_line` was asked before.
    #[inline]
    pub(crate) fn push(&mut self, at: Instant, key: Key, item: T) {
        let slot = slot_of(at);
        if slot - self.line < SLOTS {
            self.fine.push(slot, at, key, item);
        } else {
            self.push_far(at, key, item);
        }
    }

    #[inline(never)]
    fn push_far(&mut self, at: Instant, key: Key, item: T) {
        let turn = turn_of(slot_of(at));
        if turn - turn_of(self.line) < SLOTS {
            self.coarse.push(turn, at, key, item);
        } else {
            self.beyond.push(Item { at, key, item });
        }
    }

    /// Moves the line to the next slot that holds something, and that slot's
    /// items to `bag`, which is empty. Idle if there is none.
    pub(crate) fn advance(&mut self, bag: &mut Vec<Item<T>>) {
        debug_assert!(bag.is_empty() && !self.is_idle());
        loop {
            if let Some(slot) = self.fine.next(self.line) {
                if turn_of(slot) == turn_of(self.line) {
                    self.line = slot;
                    self.fine.take(slot, bag);
                    return;
                }
                // Items of the coarse wheel may come before that slot.
                self.enter(turn_of(slot), bag);
            } else if let Some(turn) = self.coarse.next(turn_of(self.line)) {
                self.enter(turn, bag);
            } else if let Some(item) = self.beyond.peek() {
                self.enter(turn_of(slot_of(item.at)), bag);
            } else {
                self.line = IDLE;
                return;
            }
        }
    }

    /// Moves all items to `bag`, in no particular order. Idle from now on.
    pub(crate) fn finish(&mut self, bag: &mut Vec<Item<T>>) {
        self.fine.take_all(bag);
        self.coarse.take_all(bag);
        bag.extend(self.beyond.drain());
        self.line = IDLE;
    }

    /// Moves the line to the beginning of a turn, before which nothing is
    /// stored. `bag` is empty before and after.
    fn enter(&mut self, turn: u64, bag: &mut Vec<Item<T>>) {
        debug_assert!(turn > turn_of(self.line));
        self.line = turn << SLOTS_BITS;
        while let Some(&Item { at, key, item }) = self.beyond.peek() {
            if turn_of(slot_of(at)) - turn >= SLOTS {
                break;
            }
            self.beyond.pop();
            self.coarse.push(turn_of(slot_of(at)), at, key, item);
        }
        self.coarse.take(turn, bag);
        for Item { at, key, item } in bag.drain(..) {
            self.fine.push(slot_of(at), at, key, item);
        }
    }

    /// All items, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Item<T>> {
        let wheels = self.fine.iter().chain(self.coarse.iter());
        wheels.chain(self.beyond.iter())
    }

    /// Keeps the items for which `keep` says so; says how many.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Item<T>) -> bool) -> usize {
        self.beyond.retain(&mut keep);
        self.fine.retain(&mut keep) + self.coarse.retain(&mut keep) + self.beyond.len()
    }

    pub(crate) fn clear(&mut self) {
        self.line = IDLE;
        self.fine.clear();
        self.coarse.clear();
        self.beyond.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: u64 = 1 << SLOT_BITS;
    const TURN: u64 = SLOT * SLOTS;

    /// Stores items due at these times and says in which batches they come.
    fn batches(start: u64, times: &[u64]) -> Vec<Vec<u64>> {
        let mut later = Later::new();
        later.start(Instant::from_nanos(start));
        for &nanos in times {
            let at = Instant::from_nanos(nanos);
            assert!(later.is_behind_line(at));
            later.push(at, Key::new(1), ());
        }
        assert_eq!(later.iter().count(), times.len());
        let (mut batches, mut bag) = (Vec::new(), Vec::new());
        loop {
            later.advance(&mut bag);
            if later.is_idle() {
                assert!(bag.is_empty());
                return batches;
            }
            let mut batch: Vec<u64> = bag.drain(..).map(|item| item.at.as_nanos()).collect();
            batch.sort_unstable();
            batches.push(batch);
        }
    }

    #[test]
    fn items_come_a_slot_at_a_time_and_in_order_of_slots() {
        let times = [5 * SLOT, 2 * SLOT, 3 * SLOT - 1, SLOT];
        let expected = [vec![SLOT], vec![2 * SLOT, 3 * SLOT - 1], vec![5 * SLOT]];
        assert_eq!(batches(0, &times), expected);
    }

    #[test]
    fn all_three_stores_hand_over_in_order_from_any_line() {
        let ahead = [
            1,
            TURN - SLOT,
            TURN - 1,
            TURN,
            TURN + SLOT,
            2 * TURN - 1,
            30 * TURN,
            SLOTS * TURN - 1,
            SLOTS * TURN,
            (SLOTS + 1) * TURN,
            1_000 * SLOTS * TURN,
        ];
        for start in [0, SLOT, TURN - SLOT, TURN - 1, TURN, 7 * TURN + 9 * SLOT + 3] {
            // From the end of the first slot on, latest first.
            let base = (start | (SLOT - 1)) + 1;
            let mut times: Vec<u64> = ahead.iter().map(|nanos| base + nanos).collect();
            times.reverse();
            let came = batches(start, &times).concat();
            times.reverse();
            assert_eq!(came, times);
        }
    }

    #[test]
    fn an_item_beyond_the_coarse_wheel_comes_before_a_later_one_pushed_into_it() {
        let mut later = Later::new();
        later.start(Instant::ZERO);
        let mut bag = Vec::new();
        let far = Instant::from_nanos((SLOTS + 5) * TURN);
        later.push(far, Key::new(1), ());
        later.push(Instant::from_nanos(10 * TURN), Key::new(2), ());
        let mut next = |later: &mut Later<()>| {
            later.advance(&mut bag);
            bag.pop().map(|item| item.key.get())
        };
        assert_eq!(next(&mut later), Some(2));
        later.push(Instant::from_nanos((SLOTS + 6) * TURN), Key::new(3), ());
        assert_eq!(next(&mut later), Some(1));
        assert_eq!(next(&mut later), Some(3));
    }

    #[test]
    fn the_last_slot_of_all_can_be_reached() {
        let last = u64::MAX - 1;
        assert_eq!(batches(0, &[last, SLOT]), [vec![SLOT], vec![last]]);
    }

    #[test]
    fn finishing_takes_from_all_stores_and_clearing_forgets_them() {
        let fill = |later: &mut Later<()>| {
            later.start(Instant::ZERO);
            for nanos in [SLOT, 2 * TURN, SLOTS * 2 * TURN] {
                later.push(Instant::from_nanos(nanos), Key::new(1), ());
            }
        };
        let (mut later, mut bag) = (Later::new(), Vec::new());
        fill(&mut later);
        later.finish(&mut bag);
        assert_eq!(bag.len(), 3);
        assert!(later.is_idle() && later.iter().next().is_none());
        fill(&mut later);
        later.clear();
        assert!(later.is_idle() && later.iter().next().is_none());
    }
}
