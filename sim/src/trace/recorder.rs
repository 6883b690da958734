//! Folds every event into the digest, and keeps as many as asked for.
//!
//! Pure. The digest is the same at every record mode: it is folded by [`Recorder::fold`] from
//! stable identities (path keys, ordinals, virtual time), apart from what is kept for people.

use super::event::{Event, Line, Place};
use crate::id::NodeId;
use reenact_clock::Instant;
use std::{collections::BTreeMap, sync::Arc};

/// How much of a run is written down.
///
/// The digest is the same under each.
///
/// ```
/// # use reenact_sim::{self as reenact, Settings, Strategy, Tape};
/// # let run = |record| {
/// #     let settings = Settings { record, ..Settings::new("doc", Tape::seed(1, Strategy::Random)) };
/// #     reenact_sim::run(&settings, |_| (), || async { drop(reenact_sim::spawn(async {}).await) })
/// # };
/// use reenact::Record;
///
/// assert_eq!(Record::default(), Record::All);
/// // `run` makes the same run under different records.
/// assert_eq!(run(Record::All).digest, run(Record::Digest).digest);
/// assert_eq!(run(Record::Tail(2)).trace.events.len(), 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Record {
    /// The digest only: the fastest.
    Digest,
    /// The digest and the last so many events.
    Tail(usize),
    /// Everything, and the decisions too. Of a run of many millions of events, which is mostly one that
    /// never ends, only the last two to four millions are kept, and no decisions.
    #[default]
    All,
}

/// A task of a trace. Two are equal wherever in the source they were spawned, so that a run repeated
/// from another place has an equal trace.
#[derive(Clone, Eq, Debug)]
pub struct TaskInfo {
    /// Its node.
    pub node: NodeId,
    /// Its name, if it was given one.
    pub name: Option<Arc<str>>,
    /// Its number among the tasks of its node.
    pub ordinal: u32,
    /// Its stable identity, from which those of its decisions are made.
    pub path: u64,
    /// Where it was spawned.
    pub spawned: Place,
}

impl PartialEq for TaskInfo {
    fn eq(&self, other: &Self) -> bool {
        // What a path stands for is in the other fields.
        let TaskInfo { node, name, ordinal, path: _, spawned: _ } = self;
        *node == other.node && *name == other.name && *ordinal == other.ordinal
    }
}

/// A node of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeInfo {
    /// Its name.
    pub name: Arc<str>,
}

/// The events of a run, with the names they refer to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    /// How it was recorded.
    pub mode: Record,
    /// The number of the first event kept: 0 unless only the tail was, or there were too many.
    pub first: u32,
    /// The events, in order; the one at index `i` has number `first + i`.
    pub events: Vec<Line>,
    /// The tasks, by spawn number; empty when only the digest was kept.
    pub tasks: Vec<TaskInfo>,
    /// The nodes, by id.
    pub nodes: Vec<NodeInfo>,
    /// The user's words, marks and lines of logs: name and value; level with target, and text.
    pub marks: Vec<(Arc<str>, String)>,
}

impl Trace {
    /// The record with this number, if it was kept.
    pub fn get(&self, seq: u32) -> Option<&Line> {
        self.events.get(seq.checked_sub(self.first)? as usize)
    }

    /// A task by its spawn number.
    pub fn task(&self, serial: u32) -> Option<&TaskInfo> {
        self.tasks.get(serial as usize)
    }

    /// What a task is called: its name, else `#` and its number on its node.
    pub fn task_name(&self, serial: u32) -> Option<String> {
        let info = self.task(serial)?;
        Some(match &info.name {
            Some(name) => name.to_string(),
            None => format!("#{}", info.ordinal),
        })
    }

    /// What a node is called.
    pub fn node_name(&self, node: NodeId) -> &str {
        self.nodes.get(node.index()).map_or("?", |info| &info.name)
    }
}

/// When there are so many events, the older half of them goes: a run that never ends would fill the
/// memory before it comes to its step limit.
const MOST_EVENTS: usize = 1 << 22;

/// Takes events as they happen.
#[derive(Default)]
pub struct Recorder {
    digest: u64,
    mode: Record,
    /// The number of the next event.
    next: u32,
    /// The event that is going on: what is recorded now is caused by it, unless told otherwise.
    context: u32,
    trace: Trace,
    /// The events that set the timers now pending, by the timer's key.
    timers: BTreeMap<u64, u32>,
    /// What is expected to happen, and the number of the first event that was another.
    expected: Option<Arc<Trace>>,
    differs_at: Option<u32>,
}

impl Recorder {
    /// `expected` is a trace that this run is to repeat, event by event.
    pub(crate) fn reset(&mut self, mode: Record, expected: Option<Arc<Trace>>) {
        self.expected = expected;
        self.differs_at = None;
        self.digest = 0;
        self.mode = mode;
        self.next = 0;
        self.context = Line::NO_CAUSE;
        self.trace = Trace { mode, ..Trace::default() };
        self.timers.clear();
    }

    /// Whether events are kept: ask before working anything out for [`record`](Self::record).
    #[inline]
    pub fn on(&self) -> bool {
        self.mode != Record::Digest
    }

    /// The digest so far.
    #[inline]
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// Folds a word into the digest: one multiplication and one rotation.
    #[inline]
    pub fn fold(&mut self, word: u64) {
        self.digest = (self.digest ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    }

    /// Writes an event down, caused by what is going on; returns its number.
    #[inline]
    pub fn record(&mut self, at: Instant, node: NodeId, task: u32, event: Event) -> u32 {
        self.record_caused(at, node, task, self.context, event)
    }

    /// Writes an event down with another cause; returns its number.
    #[inline]
    pub fn record_caused(&mut self, at: Instant, node: NodeId, task: u32, cause: u32, event: Event) -> u32 {
        if !self.on() {
            return Line::NO_CAUSE;
        }
        self.keep(Line { at, node, task, cause, event })
    }

    fn keep(&mut self, record: Line) -> u32 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        if let Some(expected) = &self.expected
            && self.differs_at.is_none()
            && number >= expected.first
            && expected.get(number) != Some(&record)
        {
            self.differs_at = Some(number);
        }
        self.trace.events.push(record);
        // Twice the tail is kept and then halved, so that dropping costs little an event.
        let (tail, most) = match self.mode {
            Record::Tail(n) => (n, n.saturating_mul(2).max(16)),
            _ => (MOST_EVENTS / 2, MOST_EVENTS),
        };
        if self.trace.events.len() >= most {
            self.drop_all_but(tail);
        }
        number
    }

    #[cold]
    fn drop_all_but(&mut self, tail: usize) {
        let extra = self.trace.events.len().saturating_sub(tail);
        self.trace.events.drain(..extra);
        self.trace.first += extra as u32;
    }

    /// Makes an event the cause of what is recorded from now on; returns the former one.
    #[inline]
    pub fn set_context(&mut self, seq: u32) -> u32 {
        std::mem::replace(&mut self.context, seq)
    }

    /// The event that is going on.
    #[inline]
    pub fn context(&self) -> u32 {
        self.context
    }

    /// The number of the event written down last.
    #[inline]
    pub(crate) fn last(&self) -> u32 {
        self.next.wrapping_sub(1)
    }

    /// Remembers which event set a timer.
    pub(crate) fn timer_set(&mut self, key: u64, seq: u32) {
        if self.on() {
            self.timers.insert(key, seq);
        }
    }

    /// The event that set the timer, which is no longer pending.
    pub(crate) fn timer_gone(&mut self, key: u64) -> u32 {
        if self.on() { self.timers.remove(&key).unwrap_or(Line::NO_CAUSE) } else { Line::NO_CAUSE }
    }

    pub(crate) fn node(&mut self, name: Arc<str>) {
        if self.on() {
            self.trace.nodes.push(NodeInfo { name });
        }
    }

    pub(crate) fn task(&mut self, info: TaskInfo) {
        if self.on() {
            self.trace.tasks.push(info);
        }
    }

    /// Keeps the user's words, and tells the number under which an event refers to them.
    pub(crate) fn words(&mut self, name: &str, value: String) -> u32 {
        self.trace.marks.push((name.into(), value));
        self.trace.marks.len() as u32 - 1
    }

    /// The number of the first event that differs from the expected trace.
    #[inline]
    pub(crate) fn differs_at(&self) -> Option<u32> {
        self.differs_at
    }

    /// Whether more was expected to happen than did.
    pub(crate) fn ended_early(&self) -> bool {
        let expected = self.expected.as_ref();
        expected
            .is_some_and(|trace| u64::from(trace.first) + trace.events.len() as u64 > u64::from(self.next))
    }

    /// The trace, which leaves the recorder empty.
    pub(crate) fn take(&mut self) -> Trace {
        if let Record::Tail(n) = self.mode {
            self.drop_all_but(n);
        }
        std::mem::take(&mut self.trace)
    }
}
