//! What the outside may know of a run: the time, who is acting, and a way to make it stop.
//!
//! Seam. The loop writes, others read: the watchdog from another thread, and what answers in the
//! place of the operating system from below the run's own code, where the machine may be borrowed.
//! So there are plain atomics here, without ordering: nothing depends on when they are seen.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
};

/// What other threads may know of a run on this thread: who is being polled, and whether somebody
/// woke it from outside.
#[derive(Debug)]
pub struct Beacon {
    run: AtomicU64,
    foreign: AtomicU64,
    stopped: AtomicU64,
    now: AtomicU64,
    /// Whether the clock of a node was set: then not all show the same.
    clocks_set: AtomicBool,
    polls: AtomicU64,
    current: AtomicU64,
    sites: Box<[AtomicU32]>,
    enlisted: AtomicBool,
    card: Mutex<Card>,
}

/// The slow part of a beacon.
#[derive(Debug, Default)]
struct Card {
    name: String,
    seed: u64,
    nodes: Vec<Arc<str>>,
    sites: Vec<&'static std::panic::Location<'static>>,
}

/// Tasks in later slots are watched without their place of spawning.
const WATCHED_SLOTS: usize = 4096;

/// What a watcher sees of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sighting {
    /// A number of this run in this process.
    pub run: u64,
    /// How many polls have begun.
    pub polls: u64,
    /// The run's name and seed.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// The node of the task being polled.
    pub node: String,
    /// Where that task was spawned, if it is known.
    pub spawned: Option<String>,
}

/// Who acted at a moment of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Who(u64);

impl Default for Beacon {
    fn default() -> Self {
        Beacon {
            run: AtomicU64::new(0),
            foreign: AtomicU64::new(0),
            stopped: AtomicU64::new(0),
            now: AtomicU64::new(0),
            clocks_set: AtomicBool::new(false),
            polls: AtomicU64::new(0),
            current: AtomicU64::new(0),
            sites: (0..WATCHED_SLOTS).map(|_| AtomicU32::new(0)).collect(),
            enlisted: AtomicBool::new(false),
            card: Mutex::default(),
        }
    }
}

impl Beacon {
    /// Which run is going on and how many polls it has begun; `None` between runs.
    pub fn pulse(&self) -> Option<(u64, u64)> {
        let run = self.run.load(Relaxed);
        (run != 0).then(|| (run, self.polls.load(Relaxed)))
    }

    /// Who is being polled now; `None` between runs.
    pub fn look(&self) -> Option<Sighting> {
        let (run, polls) = self.pulse()?;
        let (node, spawned) = self.place(self.who());
        let card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, seed) = (card.name.clone(), card.seed);
        Some(Sighting { run, polls, name, seed, node, spawned })
    }

    /// Whether this is the first time that it is asked: a watcher takes up each beacon once.
    pub fn enlist(&self) -> bool {
        !self.enlisted.load(Relaxed) && !self.enlisted.swap(true, Relaxed)
    }

    pub(crate) fn begin(&self, run: u64, name: &str, seed: u64) {
        let mut card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        if card.name != name {
            card.name = name.to_owned();
        }
        card.seed = seed;
        self.now.store(0, Relaxed);
        self.clocks_set.store(false, Relaxed);
        self.current.store(u64::MAX << 32, Relaxed);
        self.run.store(run, Relaxed);
    }

    pub(crate) fn end(&self) {
        self.run.store(0, Relaxed);
    }

    /// Virtual time of the run, in nanoseconds since its start.
    #[inline]
    pub fn now(&self) -> u64 {
        self.now.load(Relaxed)
    }

    /// Whether the clock of a node was set in this run: then it may show another time than the run's.
    #[inline]
    pub fn clocks_are_set(&self) -> bool {
        self.clocks_set.load(Relaxed)
    }

    /// Notes that the clock of a node is set.
    pub(crate) fn set_clocks(&self) {
        self.clocks_set.store(true, Relaxed);
    }

    /// Tells the time.
    #[inline]
    pub(crate) fn tell(&self, nanos: u64) {
        self.now.store(nanos, Relaxed);
    }

    /// Lets the run that is going on fail as soon as the code that is running returns.
    pub fn stop(&self) {
        let run = self.run.load(Relaxed);
        self.stopped.store(run, Relaxed);
        // The loop of a run looks at one number only.
        self.wake_from_outside(run);
    }

    /// Whether this run was told to stop.
    pub(crate) fn was_stopped(&self, run: u64) -> bool {
        self.stopped.load(Relaxed) == run
    }

    /// Who acted last: the slot of the task, if it was one, and the node.
    pub(crate) fn last(&self) -> (Option<usize>, u32) {
        let current = self.current.load(Relaxed);
        let slot = (current >> 32) as u32;
        ((slot != u32::MAX).then_some(slot as usize), current as u32)
    }

    /// Who acts now, to be asked for later: see [`place`](Self::place).
    pub fn who(&self) -> Who {
        Who(self.current.load(Relaxed))
    }

    /// The node of whoever acted, and where its task was spawned, if it was one and that is known.
    /// Good until the next run of this thread begins.
    pub fn place(&self, who: Who) -> (String, Option<String>) {
        let (slot, node) = ((who.0 >> 32) as usize, who.0 as u32 as usize);
        let card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        let site = self.sites.get(slot).and_then(|site| card.sites.get(site.load(Relaxed) as usize));
        let node = card.nodes.get(node).map_or_else(|| "?".to_owned(), |name| name.to_string());
        (node, site.map(|site| site.to_string()))
    }

    /// Notes the name of a node; those after it are to be told again.
    pub(super) fn node(&self, index: usize, name: Arc<str>) {
        let nodes = &mut self.card.lock().unwrap_or_else(PoisonError::into_inner).nodes;
        nodes.truncate(index);
        nodes.push(name);
    }

    /// Notes where the task in a slot was spawned; `cache` saves the search for a known place.
    #[inline]
    pub(crate) fn spawned(
        &self,
        slot: usize,
        site: &'static std::panic::Location<'static>,
        cache: &mut SiteCache,
    ) {
        if slot < WATCHED_SLOTS {
            let cached = cache.place(site);
            if !cached.site.is_some_and(|known| std::ptr::eq(known, site)) {
                *cached = Site { site: Some(site), number: self.site_number(site) };
            }
            self.sites[slot].store(cached.number, Relaxed);
        }
    }

    #[cold]
    fn site_number(&self, site: &'static std::panic::Location<'static>) -> u32 {
        let sites = &mut self.card.lock().unwrap_or_else(PoisonError::into_inner).sites;
        let number = sites.iter().position(|&known| std::ptr::eq(known, site)).unwrap_or_else(|| {
            sites.push(site);
            sites.len() - 1
        });
        number as u32
    }

    #[inline]
    pub(crate) fn poll(&self, slot: usize, node: u32, polls: u64) {
        self.current.store((slot as u64) << 32 | node as u64, Relaxed);
        self.polls.store(polls, Relaxed);
    }

    /// Notes that code of this node runs, but no task.
    pub(crate) fn call(&self, node: u32) {
        self.current.store(u64::MAX << 32 | u64::from(node), Relaxed);
    }

    /// Another thread woke a task of this run.
    #[cold]
    pub(crate) fn wake_from_outside(&self, run: u64) {
        // Numbers of runs only grow: an older run's waker must not hide this one's.
        self.foreign.fetch_max(run, Relaxed);
    }

    /// Whether another thread woke a task of this run, or it was told to stop.
    #[inline]
    pub(crate) fn was_woken_from_outside(&self, run: u64) -> bool {
        self.foreign.load(Relaxed) == run
    }
}

/// Places of spawning and their numbers: of those whose addresses are alike, the last.
#[derive(Default)]
pub(crate) struct SiteCache([Site; 16]);

/// A place of spawning and its number.
#[derive(Default)]
struct Site {
    site: Option<&'static std::panic::Location<'static>>,
    number: u32,
}

impl SiteCache {
    #[inline]
    fn place(&mut self, site: &'static std::panic::Location<'static>) -> &mut Site {
        // They lie side by side in the program, `size_of` apart.
        let number = std::ptr::from_ref(site).addr() / size_of::<std::panic::Location<'_>>();
        &mut self.0[number % self.0.len()]
    }
}
