//! What faults came to, counted.
//!
//! Pure data. Injections prove nothing: a fault that is switched on may never be possible, or never be
//! noticed by anybody. So three things are counted.

use std::{collections::BTreeMap, fmt};

/// A kind of fault.
///
/// ```
/// # use reenact_sim as reenact;
/// assert_eq!(reenact::FaultKind::DataLoss.to_string(), "data loss");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FaultKind {
    /// A node loses power, and starts again later.
    Crash,
    /// A node's process is killed, and starts again later.
    Kill,
    /// A node that was down starts without its data.
    DataLoss,
    /// A node stands still for a while.
    Pause,
    /// Nodes are cut off from each other for a while.
    Partition,
    /// A clock jumps, or goes too fast or too slow.
    Clock,
    /// A connection breaks: both ends hear of it, or only one.
    Close,
    /// Packets are lost.
    Loss,
    /// Packets take longer.
    Latency,
    /// A future that may be cancelled is.
    Cancel,
    /// A place marked by `buggify!` misbehaves.
    Buggify,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [FaultKind; 11] = [
        FaultKind::Crash,
        FaultKind::Kill,
        FaultKind::DataLoss,
        FaultKind::Pause,
        FaultKind::Partition,
        FaultKind::Clock,
        FaultKind::Close,
        FaultKind::Loss,
        FaultKind::Latency,
        FaultKind::Cancel,
        FaultKind::Buggify,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            FaultKind::Crash => "crash",
            FaultKind::Kill => "kill",
            FaultKind::DataLoss => "data loss",
            FaultKind::Pause => "pause",
            FaultKind::Partition => "partition",
            FaultKind::Clock => "clock",
            FaultKind::Close => "close",
            FaultKind::Loss => "loss",
            FaultKind::Latency => "latency",
            FaultKind::Cancel => "cancel",
            FaultKind::Buggify => "buggify",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What one kind of fault came to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Effect {
    /// How often it was decided on.
    pub scheduled: u64,
    /// How often it was done: it was possible, and within what the system is to survive.
    pub applied: u64,
    /// How often somebody could notice: a process was there to die, a packet was lost, a clock was
    /// read.
    pub effective: u64,
}

/// What the faults of a run came to, by kind; of kinds that were not switched on, nothing is known.
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::{FaultKind, Effects};
///
/// let none = Effects::default();
/// assert_eq!(none.get(FaultKind::Crash), None, "it was not switched on");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects(BTreeMap<FaultKind, Effect>);

impl Effects {
    /// What a kind came to, if it was switched on.
    pub fn get(&self, kind: FaultKind) -> Option<Effect> {
        self.0.get(&kind).copied()
    }

    /// The kinds that were switched on, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FaultKind, Effect)> + '_ {
        self.0.iter().map(|(kind, effect)| (*kind, *effect))
    }

    /// Whether no kind was switched on.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The counters of a kind, which is switched on by that.
    pub fn of(&mut self, kind: FaultKind) -> &mut Effect {
        self.0.entry(kind).or_default()
    }
}
