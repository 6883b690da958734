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
    /// Nodes are cut off from each other for a while, both ways or one way.
    Partition,
    /// What nodes send each other is held for a while, and then comes all at once.
    Jam,
    /// What nodes send each other takes much longer for a while.
    Slow,
    /// A clock jumps, or goes too fast or too slow.
    Clock,
    /// A connection breaks: both ends hear of it, or only one.
    Close,
    /// Packets are lost.
    Loss,
    /// Packets take longer.
    Latency,
    /// Datagrams arrive twice.
    Duplicate,
    /// Packets are held up, so that others overtake them.
    Reorder,
    /// Reads, writes and segments of streams are done in part.
    Fragment,
    /// A bit of a datagram is another one when it arrives. No part of a swarm: where UDP's own checksum
    /// is in force this hardly ever happens, and few programs check what they receive.
    Corrupt,
    /// Lookups of names fail for the moment.
    Lookup,
    /// Connects to a host that is down are told so at once, instead of waiting in vain.
    Unreachable,
    /// A future that may be cancelled is.
    Cancel,
    /// A place marked by `buggify!` misbehaves.
    Buggify,
    /// A timer fires late: who sleeps wakes after its time, though no clock is wrong.
    Timer,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [FaultKind; 20] = [
        FaultKind::Crash,
        FaultKind::Kill,
        FaultKind::DataLoss,
        FaultKind::Pause,
        FaultKind::Partition,
        FaultKind::Jam,
        FaultKind::Slow,
        FaultKind::Clock,
        FaultKind::Close,
        FaultKind::Loss,
        FaultKind::Latency,
        FaultKind::Duplicate,
        FaultKind::Reorder,
        FaultKind::Fragment,
        FaultKind::Corrupt,
        FaultKind::Lookup,
        FaultKind::Unreachable,
        FaultKind::Cancel,
        FaultKind::Buggify,
        FaultKind::Timer,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            FaultKind::Crash => "crash",
            FaultKind::Kill => "kill",
            FaultKind::DataLoss => "data loss",
            FaultKind::Pause => "pause",
            FaultKind::Partition => "partition",
            FaultKind::Jam => "jam",
            FaultKind::Slow => "slow",
            FaultKind::Clock => "clock",
            FaultKind::Close => "close",
            FaultKind::Loss => "loss",
            FaultKind::Latency => "latency",
            FaultKind::Duplicate => "duplicate",
            FaultKind::Reorder => "reorder",
            FaultKind::Fragment => "fragment",
            FaultKind::Corrupt => "corrupt",
            FaultKind::Lookup => "lookup",
            FaultKind::Unreachable => "unreachable",
            FaultKind::Cancel => "cancel",
            FaultKind::Buggify => "buggify",
            FaultKind::Timer => "timer",
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
