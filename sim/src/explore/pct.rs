//! Probabilistic concurrency testing over tasks (Burckhardt et al., ASPLOS 2010).
//!
//! Initial priorities are random numbers of the upper half, labels are the numbers from 0: so all labels
//! lie below all initial priorities, and a new task comes in at a random rank. The steps that count are
//! picks among several. Links have priorities of their own, in `latencies`.

use super::chooser::{Chooser, Woken};
use crate::{
    id::TaskId,
    tape::{Profile, chacha, share},
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::BinaryHeap;

/// The first initial priority; labels are below.
const INITIAL: u64 = 1 << 63;
/// How many picks a run without a profile is taken to have at the most.
const GUESS: u64 = 10;
/// After so many picks a run without a profile is fair, and one with a profile after so many times its.
const FAIR_AFTER: u64 = 10_000;
const FAIR_AFTER_TIMES: u64 = 10;
/// No run is unfair for more than this part of its steps: what waits for a fair turn must come to it.
const UNFAIR_PART: u64 = 8;

/// A task, by the slot of its id.
#[derive(Clone, Copy, Default)]
struct Chain {
    generation: u32,
    known: bool,
    /// Whether it is in the queue, and as the how-many-eth entry: others of it are void.
    ready: bool,
    entry: u32,
    priority: u64,
}

/// A task in the queue, in one word: its priority, its slot, and its how-many-eth entry this is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u128);

impl Entry {
    fn new(priority: u64, slot: usize, number: u32) -> Self {
        Entry(u128::from(priority) << 64 | (slot as u128) << 32 | u128::from(number))
    }

    fn slot(self) -> usize {
        (self.0 as u64 >> 32) as usize
    }

    fn number(self) -> u32 {
        self.0 as u32
    }
}

pub(super) struct Pct {
    rng: ChaCha8Rng,
    chains: Vec<Chain>,
    queue: BinaryHeap<Entry>,
    /// What is before all of the queue.
    first: Option<Entry>,
    ready: usize,
    /// Picks among several, so far.
    picks: u64,
    /// At which of them a priority changes, with the label.
    changes: Vec<(u64, u64)>,
    fair_after: u64,
}

impl Pct {
    pub(super) fn new(seed: u64, depth: u32, profile: Option<&Profile>, max_steps: u64) -> Self {
        let mut rng = chacha(seed, 1);
        let length = match profile {
            // In another order there may be more picks among several, at the most as many as polls.
            Some(profile) if rng.next_u64().is_multiple_of(2) => profile.picks.max(1),
            Some(profile) => profile.polls.max(1),
            // Any order of magnitude.
            None => 2 << share(&mut rng, GUESS),
        };
        // Further changes than there are picks say nothing.
        let labels = u64::from(depth.saturating_sub(1)).min(length);
        let mut changes: Vec<(u64, u64)> =
            (0..labels).map(|label| (share(&mut rng, length), label)).collect();
        // The last is looked at.
        changes.sort_by(|a, b| b.cmp(a));
        let fair_after = profile
            .map_or(FAIR_AFTER, |profile| FAIR_AFTER.max(profile.picks.saturating_mul(FAIR_AFTER_TIMES)));
        let fair_after = fair_after.min(max_steps / UNFAIR_PART);
        Pct {
            rng,
            chains: Vec::new(),
            queue: BinaryHeap::new(),
            first: None,
            ready: 0,
            picks: 0,
            changes,
            fair_after,
        }
    }

    fn chain(&mut self, task: TaskId) -> &mut Chain {
        let slot = task.slot();
        if slot >= self.chains.len() {
            self.chains.resize(slot + 1, Chain::default());
        }
        let chain = &mut self.chains[slot];
        if !chain.known || chain.generation != task.generation() {
            let priority = self.rng.next_u64() | INITIAL;
            *chain = Chain { generation: task.generation(), known: true, priority, ..*chain };
        }
        chain
    }

    /// Puts an entry into the queue. One that is the first is kept apart: it often stays so.
    #[inline]
    fn push(&mut self, entry: Entry) {
        match self.first {
            Some(first) if first >= entry => self.queue.push(entry),
            Some(first) => {
                self.queue.push(first);
                self.first = Some(entry);
            }
            None if self.queue.peek().is_some_and(|next| *next > entry) => self.queue.push(entry),
            None => self.first = Some(entry),
        }
    }

    /// Takes the first entry that still counts, and tells the slot of its task.
    fn pop(&mut self) -> Option<usize> {
        while let Some(entry) = self.first.take().or_else(|| self.queue.pop()) {
            let slot = entry.slot();
            let chain = &self.chains[slot];
            if chain.ready && chain.entry == entry.number() {
                return Some(slot);
            }
        }
        None
    }

    /// From now on, every readiness has a priority of its own.
    fn be_fair(&mut self) {
        let mut queue = std::mem::take(&mut self.queue).into_sorted_vec();
        queue.extend(self.first.take());
        for entry in queue {
            let entry = Entry::new(self.rng.next_u64(), entry.slot(), entry.number());
            self.queue.push(entry);
        }
    }
}

impl Chooser for Pct {
    fn woken(&mut self, woken: Woken) {
        let fair = self.picks > self.fair_after;
        let chain = self.chain(woken.task);
        chain.ready = true;
        chain.entry = chain.entry.wrapping_add(1);
        let (priority, number) = (chain.priority, chain.entry);
        let priority = if fair { self.rng.next_u64() } else { priority };
        self.push(Entry::new(priority, woken.task.slot(), number));
        self.ready += 1;
    }

    fn pick(&mut self) -> Option<TaskId> {
        let mut slot = self.pop()?;
        if self.ready > 1 {
            while let Some(&(at, label)) = self.changes.last()
                && at == self.picks
            {
                self.changes.pop();
                let chain = &mut self.chains[slot];
                chain.priority = label;
                let entry = Entry::new(label, slot, chain.entry);
                self.push(entry);
                slot = self.pop()?;
            }
            self.picks += 1;
            if self.picks == self.fair_after.saturating_add(1) {
                self.be_fair();
            }
        }
        self.ready -= 1;
        let chain = &mut self.chains[slot];
        chain.ready = false;
        Some(TaskId::new(slot as u32, chain.generation))
    }

    fn remove(&mut self, task: TaskId) {
        let chain = self.chain(task);
        if std::mem::take(&mut chain.ready) {
            self.ready -= 1;
        }
    }

    fn len(&self) -> usize {
        self.ready
    }
}
