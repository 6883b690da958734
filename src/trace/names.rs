//! What nodes, tasks and connections' ends are called in a text.
//!
//! Pure. Names are the user's and may hold anything: here they become printable. Numbers that a
//! text gives out itself are in `ids.rs`.

use reenact_sim::{Event, Line, Message, NodeId, Trace};
use std::collections::BTreeMap;

/// A user's word on one line: what cannot be printed is escaped, and a word that is empty, or
/// begins or ends with a blank, stands in quotes.
pub(super) fn printable(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    // Quotes are harmless, so they are kept from `escape_debug`.
    for piece in word.split_inclusive(['"', '\'']) {
        let quote = piece.chars().next_back().filter(|&last| last == '"' || last == '\'');
        let rest = &piece[..piece.len() - quote.map_or(0, char::len_utf8)];
        text.extend(rest.escape_debug());
        text.extend(quote);
    }
    if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') { format!("\"{text}\"") } else { text }
}

/// The two ends of a connection, as far as the trace shows them.
#[derive(Clone, Copy)]
struct Ends(NodeId, Option<NodeId>);

impl Ends {
    /// The end that is not here.
    fn other(self, here: NodeId) -> Option<NodeId> {
        match self {
            Ends(one, Some(other)) if one == here => Some(other),
            Ends(one, Some(_)) => Some(one),
            Ends(one, None) => (one != here).then_some(one),
        }
    }
}

/// The names of one trace.
pub(super) struct Names<'a> {
    trace: &'a Trace,
    ends: BTreeMap<u32, Ends>,
    /// How many connections each pair of nodes has, the lower id first.
    connections: BTreeMap<(NodeId, NodeId), u32>,
}

impl<'a> Names<'a> {
    pub(super) fn of(trace: &'a Trace) -> Self {
        let mut ends: BTreeMap<u32, Ends> = BTreeMap::new();
        for line in &trace.events {
            match line.event {
                Event::Connect(connection, _) => {
                    ends.entry(connection).or_insert(Ends(line.node, None));
                }
                Event::Send(message)
                | Event::Deliver(message)
                | Event::Lost(message, _)
                | Event::Retransmit(message, _)
                    if has_connection(&message) =>
                {
                    let ends = ends.entry(message.connection).or_insert(Ends(message.from, None));
                    let other = if ends.0 == message.from { message.to } else { message.from };
                    ends.1.get_or_insert(other);
                }
                _ => {}
            }
        }
        let mut connections = BTreeMap::new();
        for Ends(one, other) in ends.values() {
            let other = other.unwrap_or(*one);
            *connections.entry(pair(*one, other)).or_insert(0) += 1;
        }
        Names { trace, ends, connections }
    }

    pub(super) fn trace(&self) -> &'a Trace {
        self.trace
    }

    pub(super) fn node(&self, node: NodeId) -> String {
        match self.trace.nodes.get(node.index()) {
            Some(info) => printable(&info.name),
            None => format!("?{}", node.0),
        }
    }

    /// A task by its spawn number, as seen from a node: one of another node is named with it.
    pub(super) fn task(&self, serial: u32, here: NodeId) -> String {
        let Some(info) = self.trace.task(serial) else {
            return format!("?{serial}");
        };
        let name = match &info.name {
            Some(name) => printable(name),
            None => format!("#{}", info.ordinal),
        };
        if info.node == here { name } else { format!("{}/{name}", self.node(info.node)) }
    }

    /// The task that did what a line says, if one did.
    pub(super) fn actor(&self, line: &Line) -> String {
        if line.task == Line::NO_TASK { String::new() } else { self.task(line.task, line.node) }
    }

    /// The node at the other end of a connection.
    pub(super) fn peer(&self, connection: u32, here: NodeId) -> Option<String> {
        let peer = self.ends.get(&connection)?.other(here)?;
        Some(self.node(peer))
    }

    /// Whether a packet's two nodes do not tell its connection, since they have several.
    pub(super) fn is_ambiguous(&self, message: &Message) -> bool {
        let connections = self.connections.get(&pair(message.from, message.to));
        has_connection(message) && connections.is_some_and(|&n| n > 1)
    }
}

fn has_connection(message: &Message) -> bool {
    message.connection != u32::MAX
}

fn pair(one: NodeId, other: NodeId) -> (NodeId, NodeId) {
    (one.min(other), one.max(other))
}
