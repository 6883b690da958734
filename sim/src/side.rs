//! Side tables of the agenda: what does not fit into the word of an item.
//!
//! Seam. Callbacks are kept here until their time; timers of foreign wakers keep the waker here.
//! Places are given out from 0 upwards and reused, generations tell tenants apart.

use crate::{actor::Actor, id::NodeId};
use reenact_clock::{Instant, Key};
use std::task::Waker;

/// A table with a free list whose places carry generations.
pub(crate) struct Side<T> {
    places: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Side<T> {
    fn default() -> Self {
        Side { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Side<T> {
    pub(crate) fn insert(&mut self, value: T) -> (u32, u32) {
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push((0, None));
            self.places.len() as u32 - 1
        });
        let (generation, slot) = &mut self.places[place as usize];
        *slot = Some(value);
        (place, *generation)
    }

    /// Takes whoever is there.
    pub(crate) fn take(&mut self, place: u32) -> Option<T> {
        let (generation, slot) = self.places.get_mut(place as usize)?;
        let value = slot.take()?;
        *generation = generation.wrapping_add(1);
        self.free.push(place);
        Some(value)
    }

    pub(crate) fn get(&mut self, place: u32, generation: u32) -> Option<&mut T> {
        let (current, slot) = self.places.get_mut(place as usize)?;
        if *current == generation { slot.as_mut() } else { None }
    }

    /// Whoever is there, of whatever generation.
    pub(crate) fn peek(&mut self, place: u32) -> Option<&mut T> {
        self.places.get_mut(place as usize)?.1.as_mut()
    }

    /// The generation of a place.
    pub(crate) fn generation(&self, place: u32) -> u32 {
        self.places.get(place as usize).map_or(0, |(generation, _)| *generation)
    }

    /// The places whose tenants are chosen, in order.
    pub(crate) fn places(&self, mut choose: impl FnMut(&T) -> bool) -> Vec<u32> {
        let chosen = |(place, (_, slot)): (usize, &(u32, Option<T>))| {
            slot.as_ref().is_some_and(&mut choose).then_some(place as u32)
        };
        self.places.iter().enumerate().filter_map(chosen).collect()
    }

    /// Takes everybody, in order.
    pub(crate) fn take_all(&mut self) -> Vec<T> {
        self.places(|_| true).into_iter().filter_map(|place| self.take(place)).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.free.clear();
    }
}

/// A callback that waits for its time.
pub(crate) struct Callback {
    pub(crate) run: Box<dyn FnOnce()>,
    pub(crate) node: NodeId,
    /// The life of the node in which it was set.
    pub(crate) life: u32,
    /// Its stable identity.
    pub(crate) path: u64,
    pub(crate) at: Instant,
    pub(crate) key: Key,
}

/// A timer whose waker is not a task's own.
pub(crate) struct ForeignTimer {
    pub(crate) waker: Waker,
    /// As whom it is woken.
    pub(crate) owner: Actor,
}
