//! Partial order sampling (Yuan, Yang and Gu, CAV 2018).
//!
//! Every task that becomes ready gets a random priority; the highest runs; then those that were ready
//! beside it and compete with it draw theirs again. What the next poll of a task will touch is not known
//! in advance: it is what woke it, and what the task touched in the poll of this number in the profile.

use super::chooser::{Chooser, Woken};
use crate::{
    id::TaskId,
    tape::{Profile, chacha, share},
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

struct Pending {
    task: TaskId,
    priority: u64,
    node: u32,
    cause: u64,
    /// What it touched in the profile, in `known`; `None` if that is nothing but what woke it, which does
    /// not say what it will do.
    foreseen: Option<usize>,
}

/// The poll that went on last.
#[derive(Default)]
struct Last {
    node: u32,
    /// What it touched, what woke it included.
    objects: Vec<u64>,
    /// Whether it touched something by itself.
    known: bool,
}

pub(super) struct Pos {
    rng: ChaCha8Rng,
    pending: Vec<Pending>,
    last: Option<Last>,
    /// What the polls of the profile touched.
    known: Vec<Vec<u64>>,
    /// Where that is, by task and number.
    places: BTreeMap<(u64, u32), usize>,
    /// How many are pending of which nothing is foreseen, by node.
    unforeseen: Vec<usize>,
}

impl Pos {
    pub(super) fn new(seed: u64, profile: Option<&Profile>) -> Self {
        let (mut known, mut places) = (Vec::<Vec<u64>>::new(), BTreeMap::new());
        for (&object, touches) in profile.iter().flat_map(|profile| &profile.objects) {
            for &poll in touches {
                let place = *places.entry(poll).or_insert_with(|| {
                    known.push(Vec::new());
                    known.len() - 1
                });
                known[place].push(object);
            }
        }
        let (pending, unforeseen) = (Vec::new(), Vec::new());
        Pos { rng: chacha(seed, 1), pending, last: None, known, places, unforeseen }
    }

    fn unforeseen(&mut self, node: u32) -> &mut usize {
        let node = node as usize;
        if node >= self.unforeseen.len() {
            self.unforeseen.resize(node + 1, 0);
        }
        &mut self.unforeseen[node]
    }

    /// Takes a pending one out.
    fn take(&mut self, place: usize) -> Pending {
        let pending = self.pending.swap_remove(place);
        if pending.foreseen.is_none() {
            *self.unforeseen(pending.node) -= 1;
        }
        pending
    }

    /// The place of whoever has the highest priority, after those that compete with the last poll have
    /// drawn again.
    fn highest(&mut self) -> Option<usize> {
        let count = self.pending.len();
        if let Some(last) = &self.last
            && self.unforeseen.get(last.node as usize) == Some(&count)
        {
            // All draw again, so any of them is as likely the highest.
            self.last = None;
            return (count > 0).then(|| share(&mut self.rng, count as u64) as usize);
        }
        self.redraw();
        (0..count).max_by_key(|&i| (self.pending[i].priority, self.pending[i].task))
    }

    /// Those that were ready beside the last poll and compete with it draw again.
    fn redraw(&mut self) {
        let Some(last) = self.last.take() else { return };
        for pending in &mut self.pending {
            if competes(&last, pending, &self.known) {
                pending.priority = self.rng.next_u64();
            }
        }
    }
}

fn competes(last: &Last, pending: &Pending, known: &[Vec<u64>]) -> bool {
    match pending.foreseen {
        Some(place) if last.known => {
            let alike = |object: &u64| last.objects.contains(object);
            alike(&pending.cause) || known[place].iter().any(alike)
        }
        _ => last.node == pending.node,
    }
}

impl Chooser for Pos {
    fn woken(&mut self, woken: Woken) {
        let Woken { task, path, node, readiness, cause } = woken;
        // Who was woken by the last poll depends on it, and draws now.
        let priority = self.rng.next_u64();
        let place = self.places.get(&(path, readiness)).copied();
        let foreseen = place.filter(|&place| self.known[place].iter().any(|&object| object != cause));
        if foreseen.is_none() {
            *self.unforeseen(node) += 1;
        }
        self.pending.push(Pending { task, priority, node, cause, foreseen });
    }

    fn pick(&mut self) -> Option<TaskId> {
        let highest = self.highest()?;
        let Pending { task, node, cause, .. } = self.take(highest);
        if !self.pending.is_empty() {
            let objects = if cause == 0 { Vec::new() } else { vec![cause] };
            self.last = Some(Last { node, objects, known: false });
        }
        Some(task)
    }

    fn touched(&mut self, object: u64) {
        if let Some(last) = &mut self.last {
            last.objects.push(object);
            last.known = true;
        }
    }

    fn remove(&mut self, task: TaskId) {
        if let Some(place) = self.pending.iter().rposition(|pending| pending.task == task) {
            self.take(place);
        }
    }

    fn len(&self) -> usize {
        self.pending.len()
    }
}
