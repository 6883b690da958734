//! Traces made by hand, a line at a time.
//!
//! They are well-formed as far as their test cares, and need not be what any run would record.

use reenact::{
    Record,
    clock::Instant,
    trace::{Event, Line, Message, NodeId, NodeInfo, PacketKind, RawTrace, TaskInfo, Trace},
};
use std::panic::Location;

/// The nodes of every trace made here.
pub(crate) const TEST: NodeId = NodeId(0);
pub(crate) const SERVER: NodeId = NodeId(1);
pub(crate) const CLIENT: NodeId = NodeId(2);

/// Its tasks: `main` and an unnamed one on `server`, `main` on `client-1`.
pub(crate) const SERVER_MAIN: u32 = 0;
pub(crate) const SERVER_UNNAMED: u32 = 1;
pub(crate) const CLIENT_MAIN: u32 = 2;

/// A trace in the making.
pub(crate) struct Made(RawTrace);

impl Made {
    pub(crate) fn new() -> Self {
        let node = |name: &str| NodeInfo { name: name.into() };
        let task = |node, name: Option<&str>, ordinal| TaskInfo {
            node,
            name: name.map(Into::into),
            ordinal,
            path: 0,
            spawned: Location::caller().into(),
        };
        Made(RawTrace {
            mode: Record::All,
            nodes: vec![node("test"), node("server"), node("client-1")],
            tasks: vec![task(SERVER, Some("main"), 0), task(SERVER, None, 1), task(CLIENT, Some("main"), 0)],
            ..RawTrace::default()
        })
    }

    /// Something that no task did.
    pub(crate) fn line(self, micros: u64, node: NodeId, event: Event) -> Self {
        self.by(micros, node, Line::NO_TASK, event)
    }

    /// Something that a task did.
    pub(crate) fn by(mut self, micros: u64, node: NodeId, task: u32, event: Event) -> Self {
        let at = Instant::from_nanos(micros * 1_000);
        self.0.events.push(Line { at, node, task, cause: Line::NO_CAUSE, event });
        self
    }

    /// The user's word.
    pub(crate) fn mark(mut self, node: NodeId, name: &str, value: &str) -> Self {
        self.0.marks.push((name.into(), value.to_owned()));
        let index = self.0.marks.len() as u32 - 1;
        self.line(0, node, Event::Mark(index))
    }

    /// Changes what cannot be said otherwise.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut RawTrace)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn trace(self) -> Trace {
        self.0.into()
    }
}

/// A packet of connection 7, or a datagram.
pub(crate) fn message(from: NodeId, to: NodeId, ordinal: u32, kind: PacketKind, len: u32) -> Message {
    let connection = if kind == PacketKind::Datagram { u32::MAX } else { 7 };
    Message { from, to, ordinal, connection, kind, len, hash: 0x1234_a3f1 }
}
