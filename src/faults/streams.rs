//! Whose decision a fault is: streams of the tape, and the times that places in them stand for.
//!
//! Pure. Time is cut into slots from the beginning of the run on. In each, each victim is asked once for
//! each kind of fault: whether it befalls it, and when in the slot. So a fault is one decision, its
//! place in the tape depends on nothing but the node, the kind and the slot, and it stays possible
//! whatever becomes of all others.

use reenact_clock::Instant;
use reenact_sim::{FaultKind, Kind, Stream, StreamId, hash_bytes, hash_combine};
use std::time::Duration;

/// How long a slot is, in steps of [`GRAIN`].
pub(super) const STEPS: u64 = 250;
/// The grain of the time at which a fault comes.
const GRAIN: Duration = Duration::from_millis(1);

/// What is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asks {
    /// Whether a kind of fault is on in this run, and how frequent.
    Rate(FaultKind),
    /// Whether and when it comes in a slot.
    Fault(FaultKind),
    /// How long it takes.
    Time(FaultKind),
    /// Of what shape it is.
    Shape(FaultKind),
    /// Which way it cuts.
    Way(FaultKind),
    /// By how much it slows.
    Delay(FaultKind),
    /// With whom it begins.
    Start(FaultKind),
    /// Whether what comes back has lost its data.
    Empty,
    /// Whether a node stays behind when the world is healed.
    Behind,
}

/// The faults that are asked for by slot.
pub(super) const BY_SLOT: [FaultKind; 8] = [
    FaultKind::Crash,
    FaultKind::Kill,
    FaultKind::Pause,
    FaultKind::Clock,
    FaultKind::Close,
    FaultKind::Partition,
    FaultKind::Jam,
    FaultKind::Slow,
];

/// Whether a fault that is asked for by slot befalls the links between all victims, and no single one.
pub(super) fn is_of_links(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Partition | FaultKind::Jam | FaultKind::Slow)
}

impl Asks {
    /// All that a node, a group or the whole world may be asked.
    pub(super) fn all() -> impl Iterator<Item = Asks> {
        let of = |kind| {
            [
                Asks::Fault(kind),
                Asks::Time(kind),
                Asks::Shape(kind),
                Asks::Way(kind),
                Asks::Delay(kind),
                Asks::Start(kind),
            ]
        };
        let rates = FaultKind::ALL.into_iter().map(Asks::Rate);
        BY_SLOT.into_iter().flat_map(of).chain([Asks::Empty, Asks::Behind]).chain(rates)
    }

    fn purpose(self) -> u64 {
        let (what, kind) = match self {
            Asks::Rate(kind) => ("rate", kind.name()),
            Asks::Fault(kind) => ("fault", kind.name()),
            Asks::Time(kind) => ("time", kind.name()),
            Asks::Shape(kind) => ("shape", kind.name()),
            Asks::Way(kind) => ("way", kind.name()),
            Asks::Delay(kind) => ("delay", kind.name()),
            Asks::Start(kind) => ("start", kind.name()),
            Asks::Empty => ("empty", ""),
            Asks::Behind => ("behind", ""),
        };
        hash_combine(hash_bytes(what.as_bytes()), hash_bytes(kind.as_bytes()))
    }

    /// The kind of the decision.
    pub(super) fn kind(self) -> Kind {
        match self {
            Asks::Rate(_) => Kind::Swarm,
            Asks::Fault(FaultKind::Crash) => Kind::Crash,
            Asks::Fault(FaultKind::Kill) => Kind::Kill,
            Asks::Fault(FaultKind::Pause) => Kind::Pause,
            Asks::Fault(FaultKind::Clock) => Kind::Clock,
            Asks::Fault(FaultKind::Close) => Kind::Close,
            Asks::Fault(_) => Kind::Partition,
            _ => Kind::Lasts,
        }
    }

    /// The stream of this question to an owner.
    pub(super) fn stream(self, owner: u64) -> StreamId {
        StreamId(hash_combine(hash_combine(owner, hash_bytes(b"fault")), self.purpose()))
    }

    /// A place of that stream.
    pub(super) fn at(self, owner: u64, seq: u64) -> Stream {
        Stream { id: self.stream(owner), seq: seq as u32 }
    }
}

/// Who is asked about what befalls nobody in particular.
pub(super) const WORLD: u64 = hash_bytes(b"the world");

/// Who is asked about a group.
pub(super) fn group_key(name: &str) -> u64 {
    hash_combine(hash_bytes(b"group"), hash_bytes(name.as_bytes()))
}

/// The slot in which a time lies.
pub(super) fn slot_of(at: Instant) -> u64 {
    at.as_nanos() / (GRAIN.as_nanos() as u64 * STEPS)
}

/// When a slot begins.
pub(super) fn slot_start(slot: u64) -> Instant {
    Instant::from_nanos(slot.saturating_mul(GRAIN.as_nanos() as u64 * STEPS))
}

/// When a fault comes, from the slot and the answer above 0.
pub(super) fn time_of(slot: u64, answer: u64) -> Instant {
    slot_start(slot) + GRAIN * (answer - 1) as u32
}

/// How many answers there are to by how much links are slowed.
pub(super) const DELAYS: u64 = 6;

/// By how much links are slowed: by a tenth of a second to 3.2 seconds.
pub(super) fn delay(answer: u64) -> Duration {
    Duration::from_millis(100 << answer)
}

/// How many answers there are to how long a fault takes.
pub(super) const TIMES: u64 = 64;

/// How long a fault takes: from a tenth of a second to 24 seconds, eight steps for each doubling.
pub(super) fn how_long(answer: u64) -> Duration {
    let base = Duration::from_millis(100 << (answer / 8));
    base + base / 8 * (answer % 8) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_question_to_every_owner_has_a_stream_of_its_own() {
        let owners = [WORLD, group_key("a"), group_key("b"), hash_bytes(b"a"), hash_bytes(b"b")];
        let streams: BTreeSet<_> =
            owners.iter().flat_map(|&owner| Asks::all().map(move |asks| asks.stream(owner))).collect();
        assert_eq!(streams.len(), owners.len() * Asks::all().count());
    }

    #[test]
    fn slots_follow_each_other_and_the_times_of_one_lie_in_it() {
        for slot in [0, 1, 7, 100_000] {
            for answer in [1, 2, STEPS] {
                assert_eq!(slot_of(time_of(slot, answer)), slot);
            }
            assert_eq!(time_of(slot, STEPS) + GRAIN, slot_start(slot + 1));
        }
    }

    #[test]
    fn times_grow_with_their_answers() {
        let times: Vec<_> = (0..TIMES).map(how_long).collect();
        assert!(times.is_sorted_by(|a, b| a < b));
        assert_eq!(times[0], Duration::from_millis(100));
        assert!(times[63] < Duration::from_secs(25));
    }
}
