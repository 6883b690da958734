//! Wakers: one reference-counted cell a task at most, shared by all polls of tasks whose waker
//! nobody keeps.
//!
//! Seam. A cell holds a task's id and the run it belongs to. Before a poll the id is written into
//! a pooled cell; if after it somebody kept a clone, the cell becomes that task's own until it
//! ends. So a poll allocates nothing, and a kept waker stays right for as long as it lives: a
//! wake after its task, or its run, finds another generation and does nothing.
//!
//! Our own futures keep no wakers at all but the task's id (see `waiter`).

use super::beacon::{Beacon, SiteCache};
use crate::id::TaskId;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Wake, Waker},
};

/// Wakes a task of the run with this number, if that run is going on in this thread.
pub(crate) type Deliver = fn(run: u64, task: TaskId) -> bool;

/// The cell behind a waker.
struct Cell {
    task: AtomicU64,
    run: AtomicU64,
    beacon: Arc<Beacon>,
    deliver: Deliver,
}

impl Wake for Cell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let run = self.run.load(Relaxed);
        if !(self.deliver)(run, TaskId::from_bits(self.task.load(Relaxed))) {
            // Not the thread of this run, or the run is over; the loop of a run that is still
            // going on looks for its number here.
            self.beacon.wake_from_outside(run);
        }
    }
}

/// A cell, and the waker that borrows it to polls.
struct Pair {
    cell: Arc<Cell>,
    waker: Option<Waker>,
}

impl Pair {
    fn new(beacon: &Arc<Beacon>, run: u64, deliver: Deliver) -> Self {
        let (task, run, beacon) = (AtomicU64::new(0), AtomicU64::new(run), beacon.clone());
        let cell = Arc::new(Cell { task, run, beacon, deliver });
        let waker = Some(Waker::from(cell.clone()));
        Pair { cell, waker }
    }

    fn take_waker(&mut self) -> Waker {
        self.waker.take().unwrap_or_else(|| Waker::from(self.cell.clone()))
    }

    /// What `Waker::data` says of this pair's waker.
    #[inline]
    fn address(&self) -> usize {
        Arc::as_ptr(&self.cell) as usize
    }

    /// Whether nobody but the pool holds the cell.
    fn is_whole(&self) -> bool {
        self.waker.is_some() && Arc::strong_count(&self.cell) == UNSHARED
    }
}

/// The wakers in the hands of the loop.
pub(crate) struct Lent {
    /// The task that is being polled with one of them.
    pub(crate) task: TaskId,
    /// For tasks that own none.
    pub(crate) shared: Waker,
    /// That of the task being polled, if it owns one.
    pub(crate) own: Option<Waker>,
}

impl Lent {
    /// The waker to poll with.
    #[inline]
    pub(crate) fn waker(&self) -> &Waker {
        self.own.as_ref().unwrap_or(&self.shared)
    }
}

/// The pool of cells of one thread.
pub(crate) struct Wakers {
    /// The pair for tasks that own none.
    shared: Pair,
    /// The pairs of tasks whose waker somebody kept.
    owned: Vec<Pair>,
    free: Vec<u32>,
    pub(crate) beacon: Arc<Beacon>,
    run: u64,
    deliver: Deliver,
    sites: SiteCache,
    /// What the beacon knows of nodes, by their numbers.
    names: Vec<Arc<str>>,
}

/// A cell's own reference and that of the waker lent to the poll.
const UNSHARED: usize = 2;

impl Wakers {
    /// The number of no pair.
    pub(crate) const NONE: u32 = u32::MAX;

    pub(crate) fn new(deliver: Deliver) -> Self {
        let beacon: Arc<Beacon> = Arc::default();
        let shared = Pair::new(&beacon, 0, deliver);
        Wakers {
            shared,
            owned: Vec::new(),
            free: Vec::new(),
            beacon,
            run: 0,
            deliver,
            sites: SiteCache::default(),
            names: Vec::new(),
        }
    }

    /// Cells for another run: those that nobody kept, with the new run's number.
    pub(crate) fn reset(&mut self, run: u64) {
        self.run = run;
        // The loop of the last run has dropped its waker: one reference is left, unless a clone is out.
        if Arc::strong_count(&self.shared.cell) > 1 + self.shared.waker.is_some() as usize {
            self.shared = self.new_pair();
        }
        self.shared.cell.run.store(run, Relaxed);
        self.owned.retain(Pair::is_whole);
        for pair in &self.owned {
            pair.cell.run.store(run, Relaxed);
        }
        self.free.clear();
        self.free.extend(0..self.owned.len() as u32);
    }

    fn new_pair(&self) -> Pair {
        Pair::new(&self.beacon, self.run, self.deliver)
    }

    /// The waker of the shared pair, for the loop to keep: see [`lend`](Self::lend).
    pub(crate) fn lend_shared(&mut self) -> Lent {
        Lent { task: TaskId::NONE, shared: self.shared.take_waker(), own: None }
    }

    /// Prepares a poll of a task that owns the pair `own` or none; returns the address behind its
    /// waker.
    #[inline]
    pub(crate) fn lend(&mut self, task: TaskId, own: u32, lent: &mut Lent) -> usize {
        lent.task = task;
        if own == Self::NONE {
            self.shared.cell.task.store(task.to_bits(), Relaxed);
            return self.shared.address();
        }
        let pair = &mut self.owned[own as usize];
        lent.own = Some(pair.take_waker());
        pair.address()
    }

    /// Whether somebody kept the shared waker in the poll that has just ended.
    #[inline]
    pub(crate) fn shared_was_kept(&self) -> bool {
        Arc::strong_count(&self.shared.cell) != UNSHARED
    }

    /// Takes a lent waker back.
    pub(crate) fn give_back(&mut self, waker: Waker, own: u32) {
        self.owned[own as usize].waker = Some(waker);
    }

    /// Somebody kept the shared waker: the pair becomes the task's own. Puts another shared waker
    /// into the loop's hands and returns the number of the pair.
    #[cold]
    pub(crate) fn adopt(&mut self, waker: &mut Waker) -> u32 {
        let own = match self.free.pop() {
            Some(free) => {
                std::mem::swap(&mut self.shared, &mut self.owned[free as usize]);
                free
            }
            None => {
                let fresh = self.new_pair();
                self.owned.push(std::mem::replace(&mut self.shared, fresh));
                self.owned.len() as u32 - 1
            }
        };
        let fresh = self.shared.take_waker();
        self.owned[own as usize].waker = Some(std::mem::replace(waker, fresh));
        own
    }

    /// The task that owned a pair has ended.
    pub(crate) fn release(&mut self, own: u32) {
        if own == Self::NONE {
            return;
        }
        if !self.owned[own as usize].is_whole() {
            // Clones are out: they keep the old cell, whose task is gone.
            self.owned[own as usize] = self.new_pair();
        }
        self.free.push(own);
    }

    /// The name of the node with the next number, which the beacon knows from now on. It is told
    /// once while a thread's runs make the same nodes.
    pub(crate) fn node(&mut self, index: usize, name: &str) -> Arc<str> {
        match self.names.get(index) {
            Some(known) if **known == *name => known.clone(),
            _ => {
                let name: Arc<str> = name.into();
                self.names.truncate(index);
                self.names.push(name.clone());
                self.beacon.node(index, name.clone());
                name
            }
        }
    }

    /// Tells the beacon where the task in a slot was spawned.
    #[inline]
    pub(crate) fn spawned(&mut self, slot: usize, site: &'static std::panic::Location<'static>) {
        self.beacon.spawned(slot, site, &mut self.sites);
    }

    /// Whether anybody but us holds the waker of a pair.
    pub(crate) fn held_elsewhere(&self, own: u32) -> bool {
        self.owned
            .get(own as usize)
            .is_some_and(|pair| Arc::strong_count(&pair.cell) > 1 + pair.waker.is_some() as usize)
    }
}
