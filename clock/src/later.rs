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

    fn push_far(&mut self, at: Instant, key: Key, item: T) {
        let turn = turn_of(slot_of(at));
        if turn - turn_of(self.line) < SLOTS {
            self.coarse.push(turn, at, key, item);
        } else {
            self.beyond.push(Item { at, key, item });
        }
    }

    /// Moves the line to the next slot that holds something and that slot's
    /// items to `to`, which is empty; false, and idle, if there is none.
    pub(crate) fn advance(&mut self, to: &mut Vec<Item<T>>) -> bool {
        debug_assert!(to.is_empty());
        if self.is_idle() {
            return false;
        }
        loop {
            if let Some(slot) = self.fine.next(self.line) {
                if turn_of(slot) == turn_of(self.line) {
                    self.line = slot;
                    self.fine.take(slot, to);
                    return true;
                }
                // Items of the coarse wheel may come before that slot.
                self.enter(turn_of(slot), to);
            } else if let Some(turn) = self.coarse.next(turn_of(self.line)) {
                self.enter(turn, to);
            } else if let Some(item) = self.beyond.peek() {
                self.enter(turn_of(slot_of(item.at)), to);
            } else {
                self.line = IDLE;
                return false;
            }
        }
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
