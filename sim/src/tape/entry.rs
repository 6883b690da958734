//! What a tape holds: a header that fixes the run, and the decisions that differ from its base.
//!
//! Pure data; nothing here draws or replays.

use super::{profile::Profile, waypoints::Waypoints};
use crate::{hash, id::StreamId, strategy::Strategy};
use std::{collections::BTreeMap, sync::Arc};

/// What is being decided. The number of a kind is part of tokens and never reused.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// How many later wakes overtake this one (0: nothing moved, first in first out).
    Schedule = 0,
    /// How late a packet is (0: as early as the link allows).
    Latency = 1,
    /// Whether a packet is lost (0: it is not).
    Loss = 2,
    /// Whether a packet arrives twice (0: it does not).
    Duplicate = 3,
    /// Which branch of a `select!` is polled first (0: the first in source order).
    Select = 4,
    /// A draw of the user's code (0: the simplest value).
    User = 5,
    /// Whether a drawn list has this element (0: it has not).
    Keep = 6,
    /// What a fault plan draws once for the whole run (0: this kind of fault is off).
    Swarm = 8,
    /// Whether and when in a slot of time a node loses power (0: it does not).
    Crash = 9,
    /// Whether and when a node's process is killed (0: it is not).
    Kill = 10,
    /// Whether and when a node stands still (0: it does not).
    Pause = 11,
    /// Whether and when nodes are cut off from each other (0: they are not).
    Partition = 12,
    /// Whether and when a clock goes wrong (0: it does not).
    Clock = 13,
    /// Whether and when a connection breaks (0: it does not).
    Close = 14,
    /// Whether a place marked as such misbehaves (0: it does not).
    Buggify = 15,
    /// How a fault is: for how long, of what shape, what is lost (0: the shortest and simplest).
    Lasts = 16,
    /// Whether a future that may be cancelled is (0: it is not).
    Cancel = 20,
    /// By how many milliseconds a timer fires late (0: it does not).
    Late = 21,
    /// Whether a packet is corrupted, and which bit of it (0: it is not; the first).
    Corrupt = 7,
    /// How much of a read, a write or a segment is done at once (0: all of it).
    Fragment = 17,
    /// Whether an operation fails that could have succeeded (0: it does not).
    Fail = 18,
}

impl Kind {
    /// The kind of this number.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Kind::Schedule,
            1 => Kind::Latency,
            2 => Kind::Loss,
            3 => Kind::Duplicate,
            4 => Kind::Select,
            5 => Kind::User,
            6 => Kind::Keep,
            8 => Kind::Swarm,
            9 => Kind::Crash,
            10 => Kind::Kill,
            11 => Kind::Pause,
            12 => Kind::Partition,
            13 => Kind::Clock,
            14 => Kind::Close,
            15 => Kind::Buggify,
            16 => Kind::Lasts,
            20 => Kind::Cancel,
            21 => Kind::Late,
            7 => Kind::Corrupt,
            17 => Kind::Fragment,
            18 => Kind::Fail,
            _ => return None,
        })
    }
}

/// One decision: what was asked and what was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What was decided.
    pub kind: Kind,
    /// The number of possible answers, `0..n`; 0 where there is no bound ([`Kind::Schedule`]) or
    /// where all 2^64 numbers are possible.
    pub n: u64,
    /// The answer; 0 is the simplest.
    pub value: u64,
}

/// A decision as it was taken in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Whose decision it was, and for what.
    pub stream: StreamId,
    /// Its place in the stream.
    pub seq: u32,
    /// What was asked and answered.
    pub entry: Entry,
    /// In which step of the run it was taken, and where.
    pub moment: Moment,
}

/// When something was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Moment {
    /// How many steps had begun.
    pub step: u64,
    /// The number of the last event that was written down before: a packet's sending, a task's wake.
    pub event: u32,
    /// The spawn number of the task that was acting.
    pub task: u32,
}

/// What answers a decision that has no entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Base {
    /// The seed draws it.
    #[default]
    Seed,
    /// It is 0, the simplest.
    Zero,
}

/// What fixes a run besides the code under test.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Header {
    /// The seed.
    pub seed: u64,
    /// What answers a decision that has no entry.
    pub base: Base,
    /// Who picked among ready tasks.
    pub strategy: Strategy,
    /// A hash of the test's path; 0 where the run had no name.
    pub test: u64,
    /// A hash of the configuration (network, faults).
    pub config: u64,
    /// The digest of the run the tape was taken from; 0 where none was run.
    pub digest: u64,
    /// The number of steps of that run.
    pub steps: u64,
}

/// The decisions of a run: a header, and sparse entries over its base.
///
/// A tape with [`Base::Seed`] and no entries repeats a seed. One with [`Base::Zero`] spells out
/// every decision that is not the simplest, so its [`len`](Tape::len) is the size of what was
/// decided; the empty one ([`Tape::zero`]) is a fault-free run in first-in-first-out order.
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::Tape;
///
/// let tape = Tape::zero();
/// assert!(tape.is_empty());
/// assert_eq!(Tape::parse(&tape.token())?, tape);
/// # Ok::<(), reenact::TokenError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tape {
    /// What fixes the run besides its decisions.
    pub header: Header,
    /// Digests of the run the tape was taken from, on its way; none where none was run.
    pub waypoints: Waypoints,
    pub(crate) entries: BTreeMap<(StreamId, u32), Entry>,
    /// What the strategy is told of the program; nothing, or of no use where the order is spelled out.
    pub(crate) profile: Option<Arc<Profile>>,
}

impl Tape {
    /// The empty tape: no faults, least latencies, first in first out.
    pub fn zero() -> Self {
        Tape { header: Header { base: Base::Zero, ..Header::default() }, ..Tape::default() }
    }

    /// The tape that repeats a seed under a strategy.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::{Strategy, Tape};
    ///
    /// let tape = Tape::seed(42, Strategy::Random);
    /// assert_eq!((tape.header.seed, tape.len()), (42, 0));
    /// ```
    pub fn seed(seed: u64, strategy: Strategy) -> Self {
        let header = Header { seed, strategy, ..Header::default() };
        Tape { header, ..Tape::default() }
    }

    /// A tape of these decisions; those whose answer is the simplest are on no tape with base zero.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::{Header, Tape};
    ///
    /// let tape = Tape::zero();
    /// assert_eq!(Tape::new(tape.header, []), tape);
    /// ```
    pub fn new(header: Header, entries: impl IntoIterator<Item = (StreamId, u32, Entry)>) -> Self {
        let entries = entries.into_iter().map(|(stream, seq, entry)| ((stream, seq), entry)).collect();
        Tape { header, entries, ..Tape::default() }
    }

    /// Leaves out what is known of the run it was taken from, as is right after a decision was changed:
    /// a strict replay then looks at the decisions alone.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::Tape;
    ///
    /// let mut tape = Tape::zero();
    /// (tape.header.digest, tape.header.steps) = (0xd1ce, 6);
    /// tape.forget_run();
    /// assert_eq!(tape, Tape::zero());
    /// ```
    pub fn forget_run(&mut self) {
        (self.header.digest, self.header.steps, self.waypoints) = (0, 0, Waypoints::default());
    }

    /// The same with what its strategy is told of the program.
    pub fn with_profile(self, profile: Arc<Profile>) -> Self {
        Tape { profile: Some(profile), ..self }
    }

    /// Whether it was taken from a run of this name. A tape of a run without a name is of none.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::Tape;
    ///
    /// let mut tape = Tape::zero();
    /// assert!(!tape.is_of("raft::elects_a_leader"));
    /// tape.header.test = reenact_sim::hash_bytes(b"raft::elects_a_leader");
    /// assert!(tape.is_of("raft::elects_a_leader") && !tape.is_of("raft::loses_nothing"));
    /// ```
    pub fn is_of(&self, name: &str) -> bool {
        self.header.test != 0 && self.header.test == hash::bytes(name.as_bytes())
    }

    /// The decision at a place of a stream, if it is spelled out.
    pub fn get(&self, stream: StreamId, seq: u32) -> Option<Entry> {
        self.entries.get(&(stream, seq)).copied()
    }

    /// How many decisions it spells out.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it spells out no decision.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The decisions it spells out, by stream and place in the stream.
    pub fn entries(&self) -> impl Iterator<Item = (StreamId, u32, Entry)> + '_ {
        self.entries.iter().map(|(&(stream, seq), &entry)| (stream, seq, entry))
    }
}
