//! What an agenda holds: a value, when it is due, and its number.
//!
//! Why it exists: every structure of the agenda orders the same thing the same
//! way, by (instant, insertion). It does not know where items are kept. A pure
//! room.

use crate::instant::Instant;
use std::cmp::Ordering;

/// The number of an item in its agenda: 1 for the first pushed, then 2, …
///
/// Keys order items that are due at the same instant.
///
/// ```
/// use reenact_clock::{Agenda, Instant, Key};
///
/// let mut agenda = Agenda::new();
/// let first = agenda.push(Instant::ZERO, 'a');
/// let second = agenda.push(Instant::ZERO, 'b');
/// assert!(Key::NONE < first && first < second);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Key(u64);

impl Key {
    /// The key of no item.
    ///
    /// ```
    /// # use reenact_clock::Key;
    /// assert_eq!(Key::NONE.get(), 0);
    /// assert_eq!(Key::NONE, Key::default());
    /// ```
    pub const NONE: Key = Key(0);

    #[inline]
    pub(crate) const fn new(number: u64) -> Key {
        Key(number)
    }

    /// The bare number.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// assert_eq!(agenda.push(Instant::ZERO, ()).get(), 1);
    /// ```
    #[inline]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// One thing that is due.
///
/// It is handed around as its three fields and put together where it is
/// stored. Put together on the stack it would be written in three parts and
/// copied from there in two, and a processor that has to read what it has just
/// written in other parts stalls: a push and a pop took half as long again.
/// For the same reason the fields keep this order.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Item<T> {
    pub(crate) at: Instant,
    pub(crate) key: Key,
    pub(crate) item: T,
}

impl<T> Item<T> {
    /// Both halves of the order in one number: comparing it takes no branch
    /// between them, which sorts and heaps notice.
    #[inline]
    pub(crate) fn rank(&self) -> u128 {
        (u128::from(self.at.as_nanos()) << 64) | u128::from(self.key.0)
    }
}

/// Ordered for `BinaryHeap`, whose greatest element comes first: the greatest
/// item is the one due first. A sort leaves that one last, ready for `pop`.
impl<T> Ord for Item<T> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        other.rank().cmp(&self.rank())
    }
}

impl<T> PartialOrd for Item<T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    // Heaps and sorts ask these; derived from `partial_cmp`, each would cost
    // two comparisons and a branch.

    #[inline]
    fn lt(&self, other: &Self) -> bool {
        other.rank() < self.rank()
    }

    #[inline]
    fn le(&self, other: &Self) -> bool {
        other.rank() <= self.rank()
    }

    #[inline]
    fn gt(&self, other: &Self) -> bool {
        other.rank() > self.rank()
    }

    #[inline]
    fn ge(&self, other: &Self) -> bool {
        other.rank() >= self.rank()
    }
}

impl<T> PartialEq for Item<T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl<T> Eq for Item<T> {}
