//! What one run answers to calls below Rust, and what it notices of them.

use super::{
    generators::{self, Before},
    words,
};
use crate::{env, os::Os};
use reenact_os::{Escape, Simulated};
pub(crate) use reenact_os::{is_fresh, outside};
use reenact_sim::{Beacon, Bytes, Core, Failure, FailureKind, Who, time::EPOCH};
use std::{
    cell::{Cell, OnceCell},
    collections::BTreeSet,
    sync::{Arc, Mutex, Once, OnceLock, PoisonError},
    time::Duration,
};

/// What the stream of random bytes is called.
const PURPOSE: u64 = reenact_sim::hash_bytes(b"os");

/// How long the machine is said to have been up when a run begins: code that asks what was an hour ago
/// gets an answer.
const UP: Duration = Duration::from_secs(86_400);

/// What one run answers.
pub(crate) struct Below {
    os: Os,
    beacon: OnceCell<Arc<Beacon>>,
    bytes: Cell<Bytes>,
    /// Whether generators of other crates follow the run.
    generators: bool,
    /// What they had before it.
    before: Cell<Before>,
    /// The first call that had no answer, and who made it.
    escaped: Cell<Option<(Escape, Option<Who>)>>,
}

impl Below {
    /// `generators` are those of other crates: they are looked for before a sweep, so a run on its own leaves
    /// them alone, and is the same whatever ran before.
    pub(crate) fn new(os: Os, generators: bool) -> Self {
        let os = if Os::SUPPORTED { os } else { Os::Off };
        if os != Os::Off {
            static CHECKED: Once = Once::new();
            CHECKED.call_once(check);
        }
        Below {
            os,
            beacon: OnceCell::new(),
            bytes: Cell::default(),
            generators,
            before: Cell::default(),
            escaped: Cell::new(None),
        }
    }

    /// Answers for this machine from now on.
    pub(crate) fn attach(&self, core: &Core) {
        if self.os != Os::Off {
            let mut bytes = core.bytes(PURPOSE);
            let mut seed = [0; 8];
            bytes.fill(&mut seed);
            fastrand::seed(u64::from_le_bytes(seed));
            self.bytes.set(bytes);
            if self.generators {
                self.before.set(generators::seed(core));
            }
            let _ = self.beacon.set(core.beacon().clone());
        }
    }

    /// Answers what `f` asks below Rust.
    pub(crate) fn during<R>(&self, f: impl FnOnce() -> R) -> R {
        if self.os == Os::Off {
            return f();
        }
        // This generator seeds itself from the number of the thread, which nothing can override; what
        // the thread had goes on after the run.
        let before = fastrand::get_seed();
        let result = reenact_os::during(self, f);
        fastrand::seed(before);
        generators::restore(&self.before.take());
        result
    }

    /// Tells of what had no answer, when the run of this name is over; returns what it was, in words.
    pub(crate) fn tell(&self, name: &str, failure: Option<&mut Failure>) -> Option<String> {
        let (escape, who) = self.escaped.get()?;
        let place = self.beacon.get().zip(who).map(|(beacon, who)| beacon.place(who));
        match (self.os, failure) {
            (Os::Warn, _) if is_news(name, escape) => {
                env::announce(&words::warning(name, escape, &place));
            }
            (Os::Fail, Some(failure)) if failure.kind == FailureKind::Nondeterminism => {
                failure.message = words::sentence(escape, &place);
            }
            _ => {}
        }
        Some(words::noticed(escape, &place))
    }

    /// The time of the run.
    fn since_start(&self) -> Duration {
        Duration::from_nanos(self.beacon.get().map_or(0, |beacon| beacon.now()))
    }

    /// What a clock of the acting node shows, if clocks were set in this run: then the machine is asked,
    /// unless it is borrowed, when nobody acts.
    fn own<R>(&self, read: impl FnOnce(&Core) -> R) -> Option<R> {
        self.beacon.get().filter(|beacon| beacon.clocks_are_set())?;
        reenact_sim::try_with(|world| read(&world.core))
    }
}

impl Simulated for Below {
    fn monotonic(&self) -> Duration {
        UP + self.own(|core| core.own_now().since_start()).unwrap_or_else(|| self.since_start())
    }

    fn wall(&self) -> Duration {
        let Some(since) = self.own(Core::own_wall) else { return EPOCH + self.since_start() };
        let apart = Duration::from_nanos(u64::try_from(since.unsigned_abs()).unwrap_or(u64::MAX));
        if since < 0 { EPOCH.saturating_sub(apart) } else { EPOCH.saturating_add(apart) }
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut stream = self.bytes.get();
        stream.fill(bytes);
        self.bytes.set(stream);
    }

    fn escaped(&self, escape: Escape) {
        if self.escaped.get().is_some() {
            return;
        }
        let beacon = self.beacon.get();
        self.escaped.set(Some((escape, beacon.map(|beacon| beacon.who()))));
        if let Some(beacon) = beacon.filter(|_| self.os == Os::Fail) {
            beacon.stop();
        }
    }
}

/// Whether it was not told of yet, in a test of this name.
fn is_news(name: &str, escape: Escape) -> bool {
    static TOLD: Mutex<BTreeSet<(String, &str)>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.insert((name.to_owned(), words::what(escape)))
}

/// Once a process: whether the overrides are what this program calls.
#[cold]
fn check() {
    if !outside(reenact_os::is_in_effect)
        && let Some(text) = missing()
    {
        env::announce(text);
    }
}

/// What is said of the overrides that this program does not call, if there are any: all are tried out.
pub(crate) fn missing() -> Option<&'static str> {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    let tried_out = || {
        let missing = outside(reenact_os::self_check);
        (!missing.is_empty()).then(|| words::not_in_effect(&missing))
    };
    MISSING.get_or_init(tried_out).as_deref()
}
