//! The selectively uniform random walk (Zhao, Wolff, Mathur and Roychoudhury, ASPLOS 2025).
//!
//! In each run some polls matter: those that touch one object of the profile, or all. Before one of them
//! may run, the task that is to do the next one is drawn, in proportion to how many each task has left; all
//! others are held back when they come to theirs. Polls that do not matter run by random priorities. So all
//! interleavings of those that matter are equally likely, if every task does as many as in the profile and
//! none waits for another.
//!
//! A task counts for those it will spawn until it has. One that is not in the profile counts for as many
//! as the others in the mean. When all that are ready are held back and the one that was drawn is not ready,
//! another is drawn among those that are; where everything matters, that is so from the first.

use super::{
    chooser::{Chooser, Woken},
    weights::Weights,
};
use crate::{
    id::TaskId,
    tape::{Profile, chacha, share},
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Everything matters in one of so many runs, where there are objects to select.
const ALL: u64 = 3;

/// Which polls matter.
enum Matters {
    All,
    /// Those of tasks by number.
    Polls(BTreeSet<(u64, u32)>),
}

/// A task, by the slot of its id.
#[derive(Clone, Copy, Default)]
struct Chain {
    id: Option<TaskId>,
    /// How many polls that matter it has left, those of its future children included.
    left: u64,
    ready: bool,
    /// Whether the poll that it is ready for matters.
    held: bool,
    /// The number of its last entry in `free`; others of it are void.
    entry: u32,
    priority: u64,
}

pub(super) struct Surw {
    rng: ChaCha8Rng,
    matters: Matters,
    /// Polls that matter by task, those of its descendants included.
    counts: BTreeMap<u64, u64>,
    mean: u64,
    chains: Vec<Chain>,
    /// The weights of living tasks; of no use where all polls matter.
    living: Weights,
    /// The weights of those that are held back.
    held: Weights,
    /// Those whose next poll does not matter.
    free: BinaryHeap<(u64, TaskId, u32)>,
    /// Whose poll is the next that matters, by slot.
    intended: Option<usize>,
    ready: usize,
    /// Who ran last: its weight is not up to date, for it is mostly ready again at once.
    last: Option<usize>,
}

impl Surw {
    pub(super) fn new(seed: u64, profile: Option<&Profile>) -> Self {
        let mut rng = chacha(seed, 1);
        let matters = profile.map_or(Matters::All, |profile| select(&mut rng, profile));
        let own = |path: u64, polls: u32| match &matters {
            Matters::All => u64::from(polls),
            Matters::Polls(polls) => polls.range((path, 0)..=(path, u32::MAX)).count() as u64,
        };
        let mut counts = BTreeMap::new();
        for (&path, chain) in profile.iter().flat_map(|profile| &profile.chains) {
            let own = own(path, chain.polls);
            *counts.entry(path).or_default() += own;
            let mut parent = chain.parent;
            // A path is a hash of its parent's, so this comes to an end; a tape may say otherwise.
            for _ in 0..64 {
                let Some(above) = profile.and_then(|profile| profile.chains.get(&parent)) else { break };
                *counts.entry(parent).or_default() += own;
                parent = above.parent;
            }
        }
        let chains = profile.map_or(0, |profile| profile.chains.len() as u64);
        let polls = match (&matters, profile) {
            (Matters::All, Some(profile)) => profile.polls,
            (Matters::Polls(polls), _) => polls.len() as u64,
            _ => 0,
        };
        let mean = polls.checked_div(chains).unwrap_or(1).max(1);
        Surw {
            rng,
            matters,
            counts,
            mean,
            chains: Vec::new(),
            living: Weights::default(),
            held: Weights::default(),
            free: BinaryHeap::new(),
            intended: None,
            ready: 0,
            last: None,
        }
    }

    fn all_matter(&self) -> bool {
        matches!(self.matters, Matters::All)
    }

    /// The chain of a task; a new one is entered.
    fn chain(&mut self, task: TaskId, path: u64) -> &mut Chain {
        let slot = task.slot();
        if slot >= self.chains.len() {
            self.chains.resize(slot + 1, Chain::default());
        }
        if self.chains[slot].id != Some(task) {
            let left = self.counts.get(&path).copied().unwrap_or(self.mean);
            let entry = self.chains[slot].entry;
            self.chains[slot] = Chain { id: Some(task), left, entry, ..Chain::default() };
            self.weigh(slot);
        }
        &mut self.chains[slot]
    }

    /// Brings the weights of a task up to date.
    fn weigh(&mut self, slot: usize) {
        let Chain { id, left, ready, held, .. } = self.chains[slot];
        // One that has more to do than it had in the profile must come to it.
        self.held.set(slot, if ready && held { left.max(1) } else { 0 });
        if !self.all_matter() {
            self.living.set(slot, if id.is_some() { left } else { 0 });
        }
    }

    fn draw(rng: &mut ChaCha8Rng, weights: &Weights) -> Option<usize> {
        let total = weights.total();
        (total > 0).then(|| weights.find(share(rng, total)))
    }

    /// The first free one that still is.
    fn first_free(&mut self) -> Option<(u64, TaskId)> {
        while let Some(&(priority, task, entry)) = self.free.peek() {
            let chain = &self.chains[task.slot()];
            if chain.ready && !chain.held && chain.entry == entry {
                return Some((priority, task));
            }
            self.free.pop();
        }
        None
    }

    fn run(&mut self, task: TaskId) -> TaskId {
        let slot = task.slot();
        let chain = &mut self.chains[slot];
        if chain.held {
            chain.left = chain.left.saturating_sub(1);
            self.intended = None;
        }
        chain.ready = false;
        self.ready -= 1;
        self.last = Some(slot);
        task
    }

    /// Whoever does the next poll that matters, if that can be now.
    fn intended(&mut self) -> Option<(u64, TaskId)> {
        if self.intended.is_none() {
            let weights = if self.all_matter() { &self.held } else { &self.living };
            self.intended = Surw::draw(&mut self.rng, weights);
        }
        let chain = &self.chains[self.intended?];
        chain.id.filter(|_| chain.ready && chain.held).map(|task| (chain.priority, task))
    }
}

/// Draws which polls matter in this run.
fn select(rng: &mut ChaCha8Rng, profile: &Profile) -> Matters {
    let total: u64 = profile.objects.values().map(|touches| touches.len() as u64).sum();
    if total == 0 || share(rng, ALL) == 0 {
        return Matters::All;
    }
    let mut at = share(rng, total);
    for touches in profile.objects.values() {
        let size = touches.len() as u64;
        if at < size {
            return Matters::Polls(touches.clone());
        }
        at -= size;
    }
    Matters::All
}

impl Chooser for Surw {
    fn spawned(&mut self, parent: Option<TaskId>, child: TaskId, path: u64) {
        let left = self.chain(child, path).left;
        let Some(slot) = parent.map(TaskId::slot).filter(|&slot| slot < self.chains.len()) else { return };
        let before = self.chains[slot].left;
        self.chains[slot].left = before.saturating_sub(left);
        self.weigh(slot);
        if self.intended == Some(slot) && before > 0 {
            // The poll that was drawn is the child's, if it was among those that are now.
            let at = share(&mut self.rng, before);
            if at < left {
                self.intended = Some(child.slot());
            }
        }
    }

    fn woken(&mut self, woken: Woken) {
        let held = match &self.matters {
            Matters::All => true,
            Matters::Polls(polls) => polls.contains(&(woken.path, woken.readiness)),
        };
        let priority = if self.all_matter() { 0 } else { self.rng.next_u64() };
        let chain = self.chain(woken.task, woken.path);
        chain.entry = chain.entry.wrapping_add(1);
        (chain.ready, chain.held, chain.priority) = (true, held, priority);
        let entry = chain.entry;
        self.ready += 1;
        if held && self.last != Some(woken.task.slot()) {
            self.weigh(woken.task.slot());
        } else if !held {
            self.free.push((priority, woken.task, entry));
        }
    }

    fn pick(&mut self) -> Option<TaskId> {
        if let Some(slot) = self.last.take() {
            self.weigh(slot);
        }
        if self.ready == 0 {
            return None;
        }
        let intended = self.intended();
        let free = if self.all_matter() { None } else { self.first_free() };
        let task = match (intended, free) {
            (Some(intended), Some(free)) => intended.max(free).1,
            (Some((_, task)), None) | (None, Some((_, task))) => task,
            (None, None) => {
                // All that are ready are held back, and for one that is not.
                let slot = Surw::draw(&mut self.rng, &self.held)?;
                self.chains[slot].id?
            }
        };
        Some(self.run(task))
    }

    fn remove(&mut self, task: TaskId) {
        let slot = task.slot();
        let Some(chain) = self.chains.get_mut(slot).filter(|chain| chain.id == Some(task)) else { return };
        if std::mem::take(&mut chain.ready) {
            self.ready -= 1;
            self.weigh(slot);
        }
    }

    fn ended(&mut self, task: TaskId) {
        let slot = task.slot();
        let Some(chain) = self.chains.get_mut(slot).filter(|chain| chain.id == Some(task)) else { return };
        (chain.id, chain.left, chain.ready) = (None, 0, false);
        self.weigh(slot);
        if self.intended == Some(slot) {
            self.intended = None;
        }
    }

    fn len(&self) -> usize {
        self.ready
    }
}
