//! Partitions: which nodes cannot reach which, or only late.
//!
//! Pure. A cut is directed; a partition is a list of them, in force until it is mended. What meets a cut
//! is decided when it arrives, or, where it is only slowed, when it is sent.

use crate::latency::nanos;
use reenact_sim::{Core, Event, NodeId, hash_bytes, hash_combine};
use std::{collections::BTreeMap, time::Duration};

/// What a partition does to packets.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::Flavour;
///
/// assert_eq!(Flavour::default(), Flavour::Drop);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flavour {
    /// They are lost.
    #[default]
    Drop,
    /// They are so much later.
    Slow(Duration),
    /// They are held, and arrive all at once when it is over.
    Jam,
}

/// A directed pair of nodes.
pub(crate) type Pair = (NodeId, NodeId);

struct Partition {
    flavour: Flavour,
    /// Whether each pair is cut both ways.
    both: bool,
    pairs: Vec<Pair>,
}

/// All partitions in force.
#[derive(Default)]
pub(crate) struct Cuts {
    /// Directed pairs that are cut, and by how many partitions.
    dropped: BTreeMap<Pair, u32>,
    jammed: BTreeMap<Pair, u32>,
    /// By how many nanoseconds each of their partitions slows them.
    slowed: BTreeMap<Pair, Vec<u64>>,
    /// By number.
    partitions: BTreeMap<u64, Partition>,
    next: u64,
}

impl Cuts {
    pub(crate) fn clear(&mut self) {
        *self = Cuts::default();
    }

    /// Whether what `from` sends does not reach `to` now.
    #[inline]
    pub(crate) fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        !self.dropped.is_empty() && self.dropped.contains_key(&(from, to))
    }

    /// Whether what `from` sends to `to` stays on its way now.
    pub(crate) fn is_jammed(&self, from: NodeId, to: NodeId) -> bool {
        self.jammed.contains_key(&(from, to))
    }

    pub(crate) fn jams(&self) -> bool {
        !self.jammed.is_empty()
    }

    pub(crate) fn slows(&self) -> bool {
        !self.slowed.is_empty()
    }

    /// By how much what `from` sends to `to` is slowed.
    pub(crate) fn slowness(&self, from: NodeId, to: NodeId) -> Duration {
        let most = self.slowed.get(&(from, to)).and_then(|spans| spans.iter().max());
        Duration::from_nanos(most.copied().unwrap_or(0))
    }

    /// Cuts these pairs, both ways or one way; returns the number of the partition.
    pub(crate) fn cut(&mut self, core: &mut Core, pairs: &[Pair], both: bool, flavour: Flavour) -> u64 {
        let mut cut = Vec::new();
        for &(a, b) in pairs.iter().filter(|(a, b)| a != b) {
            cut.push((a, b));
            if both {
                cut.push((b, a));
            }
            fold_pair(core, flavour.name(), a, b, both);
            core.record(match (flavour, both) {
                (Flavour::Drop, true) => Event::Cut(a, b),
                (Flavour::Drop, false) => Event::CutOneWay(a, b),
                (Flavour::Slow(_), _) => Event::Slow(a, b),
                (Flavour::Jam, _) => Event::Jam(a, b),
            });
            if both && flavour != Flavour::Drop {
                core.record(if flavour == Flavour::Jam { Event::Jam(b, a) } else { Event::Slow(b, a) });
            }
        }
        for &pair in &cut {
            match flavour {
                Flavour::Drop => *self.dropped.entry(pair).or_default() += 1,
                Flavour::Jam => *self.jammed.entry(pair).or_default() += 1,
                Flavour::Slow(by) => self.slowed.entry(pair).or_default().push(nanos(by)),
            }
        }
        self.next += 1;
        self.partitions.insert(self.next, Partition { flavour, both, pairs: cut });
        self.next
    }

    /// Mends what a partition cut, unless another one cuts it too.
    pub(crate) fn mend(&mut self, core: &mut Core, partition: u64) {
        let Some(Partition { flavour, both, pairs }) = self.partitions.remove(&partition) else { return };
        let told_once = both && flavour == Flavour::Drop;
        for pair @ (a, b) in pairs {
            let whole = match flavour {
                Flavour::Drop => release(&mut self.dropped, pair),
                Flavour::Jam => release(&mut self.jammed, pair),
                Flavour::Slow(by) => self.quicken(pair, nanos(by)),
            };
            if whole && told_once && a < b {
                fold_pair(core, b"mend", a, b, true);
                core.record(Event::Mend(a, b));
            } else if whole && !told_once {
                fold_pair(core, b"mend", a, b, false);
                core.record(Event::MendOneWay(a, b));
            }
        }
    }

    fn quicken(&mut self, pair: Pair, by: u64) -> bool {
        let Some(spans) = self.slowed.get_mut(&pair) else { return false };
        if let Some(i) = spans.iter().position(|&span| span == by) {
            spans.swap_remove(i);
        }
        spans.is_empty() && self.slowed.remove(&pair).is_some()
    }

    /// Mends everything.
    pub(crate) fn mend_all(&mut self, core: &mut Core) {
        for partition in self.partitions.keys().copied().collect::<Vec<_>>() {
            self.mend(core, partition);
        }
    }
}

/// Counts one partition less; says whether it was the last one.
fn release(counts: &mut BTreeMap<Pair, u32>, pair: Pair) -> bool {
    let Some(count) = counts.get_mut(&pair) else { return false };
    *count -= 1;
    *count == 0 && counts.remove(&pair).is_some()
}

impl Flavour {
    fn name(self) -> &'static [u8] {
        match self {
            Flavour::Drop => b"cut",
            Flavour::Slow(_) => b"slow",
            Flavour::Jam => b"jam",
        }
    }
}

fn fold_pair(core: &mut Core, what: &[u8], a: NodeId, b: NodeId, both: bool) {
    let pair = hash_combine(core.node_key(a), core.node_key(b));
    let way = if both { 0 } else { hash_bytes(b"one way") };
    core.recorder().fold(hash_combine(pair, hash_bytes(what) ^ way));
}
