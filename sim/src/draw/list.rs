//! Drawn lists, whose elements come and go without moving each other's draws.
//!
//! Rim. Which elements a list has is one decision each (the dice's `subset`), and each element draws
//! from a stream of its own, keyed by its number in the list. So a shrunk run may lose any of fifty
//! operations, and the others are what they were.

use super::DRAWS;
use crate::{
    context,
    core::{Core, Element},
    hash,
    id::StreamId,
    tape::Stream,
};
use std::ops::{Range, RangeInclusive};

/// A vector made by `element`, which is told each index. `length` is a number, or a range to draw
/// from, of which the shortest is the simplest.
///
/// Each element has draws of its own, so none depends on how often another one drew. A run that was
/// shrunk may lack any of the elements; the others keep their indices, so name by them what belongs
/// to an element.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// assert_eq!(draw::vec(3, |i| i * 10), [0, 10, 20]);
/// assert!(draw::vec(1..5, |_| draw::bool()).len() < 5);
/// # });
/// ```
///
/// # Panics
///
/// If `length` is an empty range, and outside a run.
#[track_caller]
pub fn vec<T>(length: impl Length, mut element: impl FnMut(usize) -> T) -> Vec<T> {
    let (least, most) = length.bounds();
    let most = most.filter(|most| least <= *most);
    let Some(most) = most else { panic!("`draw::vec` was given an empty range of lengths") };
    let width = |length: usize| u32::try_from(length).unwrap_or(u32::MAX - 1);
    let (list, kept) = context::with("draw::vec", |world| world.core.draw_list(width(least), width(most)));
    let mut make = |index: u32| {
        let _made = Making::begin(list, index);
        element(index as usize)
    };
    match kept {
        Kept::First(count) => (0..count).map(make).collect(),
        Kept::These(kept) => kept.into_iter().map(&mut make).collect(),
    }
}

/// Which elements a list has.
enum Kept {
    First(u32),
    These(Vec<u32>),
}

impl Core {
    /// A list of whoever is acting: its identity, and which elements it has.
    fn draw_list(&mut self, least: u32, most: u32) -> (u64, Kept) {
        if self.actor.inert || self.ending {
            return (0, Kept::First(least));
        }
        let mut draws = self.draws();
        let list = hash::combine(draws.id.0, hash::combine(u64::from(draws.seq), hash::bytes(b"list")));
        draws.seq = draws.seq.wrapping_add(1);
        self.set_draws(draws);
        if least == most {
            return (list, Kept::First(least));
        }
        (list, Kept::These(self.decide_list(StreamId(list), least, most)))
    }
}

/// An element is being made.
struct Making;

impl Making {
    fn begin(list: u64, index: u32) -> Option<Self> {
        context::try_with(|world| {
            let core = &mut world.core;
            if core.actor.inert || core.ending {
                return None;
            }
            let owner = core.identity().0;
            core.elements
                .push(Element { owner, draws: Stream::new(hash::combine(list, index.into()), DRAWS) });
            Some(Making)
        })
        .flatten()
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        context::try_with(|world| world.core.elements.pop());
    }
}

/// A length that [`vec()`] accepts: a number, `a..b` or `a..=b`.
pub trait Length {
    #[doc(hidden)]
    fn bounds(self) -> (usize, Option<usize>);
}

impl Length for usize {
    fn bounds(self) -> (usize, Option<usize>) {
        (self, Some(self))
    }
}

impl Length for Range<usize> {
    fn bounds(self) -> (usize, Option<usize>) {
        (self.start, self.end.checked_sub(1))
    }
}

impl Length for RangeInclusive<usize> {
    fn bounds(self) -> (usize, Option<usize>) {
        (*self.start(), Some(*self.end()))
    }
}
