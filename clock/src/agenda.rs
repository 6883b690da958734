//! The agenda: all that is due, in order of (instant, insertion).
//!
//! Why it exists: "what happens next?" has one answer, and it is here: timers,
//! deliveries and faults wait in one queue, and those due at the same instant
//! come in the order in which they were pushed.
//!
//! What it does not do: know what time it is (it is told, and knows only what
//! it gave out last), know what an item means, or draw lots. A pure room.
//!
//! How: a `Head` in order, wheels for the rest (`Later`), and a set of what
//! was cancelled, consulted when an item comes up. While there is little to
//! do, all is in the head, and the wheels cost nothing.

use crate::cancelled::Cancelled;
use crate::head::{First, Head};
use crate::instant::Instant;
use crate::item::{Item, Key};
use crate::later::Later;
use std::fmt;

/// With more items than this, those that are not due soon move from the head to
/// the wheels: a heap of up to 64 is as fast, and needs no memory but its own.
const MANY: usize = 64;

/// With no more than this left, they move back.
const FEW: usize = 16;

/// So many cancelled items may be stored above one for each that is live.
const SLACK: usize = 32;

/// Everything that is due, in order of (instant, insertion).
///
/// Time may not run backwards: nothing is pushed before the instant of the
/// item popped last. It may be pushed *at* that instant, also while that
/// instant's items are being popped, and comes after them.
///
/// ```
/// use reenact_clock::{Agenda, Instant};
/// use std::time::Duration;
///
/// let mut agenda = Agenda::new();
/// let soon = Instant::ZERO + Duration::from_millis(3);
/// agenda.push(soon, "timer");
/// agenda.push(soon, "delivery");
/// let timeout = Instant::ZERO + Duration::from_secs(30);
/// let key = agenda.push(timeout, "time-out");
///
/// // The clock moves to what is next, and all that is due there is taken.
/// assert_eq!(agenda.next_at(), Some(soon));
/// assert_eq!(agenda.pop_due(soon).map(|(_, what)| what), Some("timer"));
/// assert_eq!(agenda.pop_due(soon).map(|(_, what)| what), Some("delivery"));
/// assert_eq!(agenda.pop_due(soon), None);
///
/// // Nobody needs the time-out any more.
/// agenda.cancel(timeout, key);
/// assert_eq!(agenda.next_at(), None);
/// ```
pub struct Agenda<T: Copy> {
    head: Head<T>,
    later: Later<T>,
    /// The keys of all cancelled items that are stored, and of items that were
    /// cancelled again after a sweep.
    cancelled: Cancelled,
    /// The first item's key, if it is known not to be cancelled.
    alive: Key,
    /// How many items are stored.
    stored: usize,
    /// The number of the item pushed last.
    issued: u64,
    /// What was popped last.
    last_at: Instant,
    last_key: Key,
}

impl<T: Copy> Agenda<T> {
    /// An agenda in which nothing is due. It allocates nothing yet.
    ///
    /// ```
    /// # use reenact_clock::Agenda;
    /// assert_eq!(Agenda::<u32>::new().next_at(), None);
    /// ```
    pub fn new() -> Self {
        Agenda {
            head: Head::new(),
            later: Later::new(),
            cancelled: Cancelled::default(),
            alive: Key::NONE,
            stored: 0,
            issued: 0,
            last_at: Instant::ZERO,
            last_key: Key::NONE,
        }
    }

    /// Makes `item` due at `at` and says by which key it can be cancelled.
    ///
    /// What is due at [`Instant::MAX`], never, gets a key but is not stored.
    ///
    /// # Panics
    ///
    /// In debug builds, if `at` is before the instant of the item popped last.
    /// In release builds such an item is due at that instant, after all others
    /// of it, and can not be cancelled: to [`has_popped`](Agenda::has_popped)
    /// it lies in the past.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let key = agenda.push(Instant::from_nanos(5), 'a');
    /// assert_eq!(agenda.pop_due(Instant::from_nanos(9)), Some((key, 'a')));
    ///
    /// agenda.push(Instant::MAX, 'b');
    /// assert!(agenda.is_empty());
    /// ```
    #[inline]
    pub fn push(&mut self, at: Instant, item: T) -> Key {
        debug_assert!(at >= self.last_at, "pushed before the item popped last");
        self.issued += 1;
        let key = Key::new(self.issued);
        if at == Instant::MAX {
            return key;
        }
        let at = at.max(self.last_at);
        self.stored += 1;
        if self.later.is_behind_line(at) {
            self.later.push(at, key, item);
        } else {
            self.push_soon(at, key, item);
        }
        key
    }

    /// Apart from `push`, so that this is small enough to be inlined.
    #[inline(never)]
    fn push_soon(&mut self, at: Instant, key: Key, item: T) {
        self.head.push(at, key, item);
        if self.later.is_idle() && self.head.len() > MANY {
            self.unload();
        }
    }

    /// Moves what is in the head, and need not be, to the wheels.
    #[cold]
    fn unload(&mut self) {
        let later = &mut self.later;
        later.start(self.last_at);
        self.head.retain(|&Item { at, key, item }| {
            let stays = !later.is_behind_line(at);
            if !stays {
                later.push(at, key, item);
            }
            stays
        });
    }

    /// Forgets the item that was pushed at `at` under `key`.
    ///
    /// `at` must be what it was pushed with. To cancel twice, or what was
    /// popped, or what is never due, or [`Key::NONE`], does nothing.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let noon = Instant::from_nanos(12);
    /// let key = agenda.push(noon, 'a');
    /// agenda.cancel(noon, key);
    /// agenda.cancel(noon, key);
    /// assert_eq!(agenda.pop_due(noon), None);
    /// ```
    pub fn cancel(&mut self, at: Instant, key: Key) {
        let known = Key::NONE < key && key.get() <= self.issued;
        if !known || at == Instant::MAX || self.has_popped(at, key) {
            return;
        }
        self.alive = Key::NONE;
        self.cancelled.insert(key);
        self.tidy();
    }

    /// Keeps at least half of what is stored alive.
    #[inline]
    fn tidy(&mut self) {
        if self.cancelled.len() * 2 > self.stored + SLACK {
            self.sweep();
        }
    }

    /// Removes all cancelled items. This touches everything that is stored,
    /// for which as many calls of `cancel` have paid.
    #[cold]
    fn sweep(&mut self) {
        let cancelled = &self.cancelled;
        self.stored = self.head.retain(|item| !cancelled.contains(item.key))
            + self.later.retain(|item| !cancelled.contains(item.key));
        self.cancelled.clear();
    }

    /// Sees to it that the first item of the head is the first of all and
    /// alive, and says where it is.
    #[inline]
    fn settle(&mut self) -> First {
        let (first, key) = self.head.first();
        let alive = self.cancelled.is_empty() || key == self.alive;
        if alive && key != Key::NONE {
            return first;
        }
        self.settle_slowly()
    }

    /// Apart from `settle`, so that this is small enough to be inlined.
    #[inline(never)]
    fn settle_slowly(&mut self) -> First {
        loop {
            let (first, key) = self.head.first();
            if key == Key::NONE {
                if self.stored == 0 {
                    self.cancelled.clear();
                    return First::Nowhere;
                }
                if self.stored <= FEW {
                    self.head.fill(|bag| self.later.finish(bag));
                } else {
                    self.head.fill(|bag| self.later.advance(bag));
                }
            } else if self.cancelled.remove(key) {
                self.head.pop(first);
                self.stored -= 1;
            } else {
                self.alive = key;
                return first;
            }
        }
    }

    /// When the next item is due, if there is one.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// agenda.push(Instant::from_nanos(8), ());
    /// agenda.push(Instant::from_nanos(5), ());
    /// assert_eq!(agenda.next_at(), Some(Instant::from_nanos(5)));
    /// ```
    #[inline]
    pub fn next_at(&mut self) -> Option<Instant> {
        match self.settle() {
            First::Nowhere => None,
            First::Sorted(at) | First::Heap(at) => Some(at),
        }
    }

    /// Takes the first item that is due at `now` or was due before.
    ///
    /// Items come in strictly increasing order of (instant, key).
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let key = agenda.push(Instant::from_nanos(5), 'a');
    /// assert_eq!(agenda.pop_due(Instant::from_nanos(4)), None);
    /// assert_eq!(agenda.pop_due(Instant::from_nanos(5)), Some((key, 'a')));
    /// ```
    #[inline]
    pub fn pop_due(&mut self, now: Instant) -> Option<(Key, T)> {
        let first = self.settle();
        match first {
            First::Sorted(at) | First::Heap(at) if at <= now => {}
            _ => return None,
        }
        let (at, key, item) = self.head.pop(first)?;
        debug_assert!((at, key) > (self.last_at, self.last_key));
        self.stored -= 1;
        self.last_at = at;
        self.last_key = key;
        if !self.cancelled.is_empty() {
            self.tidy();
        }
        Some((key, item))
    }

    /// Whether the agenda has come past the item pushed at `at` under `key`:
    /// it was popped, unless it was cancelled.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let noon = Instant::from_nanos(12);
    /// let (first, second) = (agenda.push(noon, 'a'), agenda.push(noon, 'b'));
    /// agenda.pop_due(noon);
    /// assert!(agenda.has_popped(noon, first));
    /// assert!(!agenda.has_popped(noon, second));
    /// ```
    #[inline]
    pub fn has_popped(&self, at: Instant, key: Key) -> bool {
        (at, key) <= (self.last_at, self.last_key)
    }

    /// How many items are due, sooner or later. After a cancellation they are
    /// counted: this is for reports, not for each step.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let key = agenda.push(Instant::ZERO, 'a');
    /// agenda.push(Instant::ZERO, 'b');
    /// agenda.cancel(Instant::ZERO, key);
    /// assert_eq!(agenda.len(), 1);
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        if self.cancelled.is_empty() { self.stored } else { self.live().count() }
    }

    /// Whether nothing is due; [`next_at`](Agenda::next_at) knows it sooner.
    ///
    /// ```
    /// # use reenact_clock::Agenda;
    /// assert!(Agenda::<u32>::new().is_empty());
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.stored == 0 || self.live().next().is_none()
    }

    /// What is due, sooner or later, in no order; with when, and under which key.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let key = agenda.push(Instant::from_nanos(5), 'a');
    /// assert_eq!(agenda.iter().collect::<Vec<_>>(), [(Instant::from_nanos(5), key, 'a')]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (Instant, Key, T)> {
        self.live().map(|&Item { at, key, item }| (at, key, item))
    }

    fn live(&self) -> impl Iterator<Item = &Item<T>> {
        let all = self.head.iter().chain(self.later.iter());
        all.filter(|item| !self.cancelled.contains(item.key))
    }

    /// How many items take up memory: those due, and some of the cancelled,
    /// at most 32 more than are due.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// for nanos in 0..1_000 {
    ///     let at = Instant::from_nanos(nanos);
    ///     let key = agenda.push(at, ());
    ///     agenda.cancel(at, key);
    /// }
    /// assert!(agenda.is_empty() && agenda.stored() <= 32);
    /// ```
    #[inline]
    pub fn stored(&self) -> usize {
        self.stored
    }

    /// Forgets everything, keys too, and keeps the memory: what follows is as
    /// with a new agenda.
    ///
    /// ```
    /// # use reenact_clock::{Agenda, Instant};
    /// let mut agenda = Agenda::new();
    /// let key = agenda.push(Instant::from_nanos(7), 'a');
    /// agenda.clear();
    /// assert_eq!(agenda.next_at(), None);
    /// assert_eq!(agenda.push(Instant::ZERO, 'b'), key);
    /// ```
    pub fn clear(&mut self) {
        self.head.clear();
        self.later.clear();
        self.cancelled.clear();
        self.alive = Key::NONE;
        self.stored = 0;
        self.issued = 0;
        self.last_at = Instant::ZERO;
        self.last_key = Key::NONE;
    }
}

impl<T: Copy> Default for Agenda<T> {
    fn default() -> Self {
        Agenda::new()
    }
}

/// How full it is and how far it has come, not what is in it.
impl<T: Copy> fmt::Debug for Agenda<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agenda")
            .field("len", &self.len())
            .field("stored", &self.stored)
            .field("issued", &self.issued)
            .field("last_popped", &(self.last_at, self.last_key))
            .finish()
    }
}

#[cfg(test)]
mod tests;
