//! What nodes, tasks and connections' ends are called in a text.
//!
//! Pure. Names are the user's and may hold anything; `printable.rs` makes them fit for a line. Numbers
//! that a text gives out itself are in `ids.rs`.

use super::{actor::Lineage, printable::printable};
use reenact_sim::{Event, Line, Message, NodeId, Trace};
use std::{collections::BTreeMap, net::SocketAddr};

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
    /// What stays the same when others come and go, instead of numbers that count them.
    lineage: Option<Lineage>,
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
                | Event::Held(message)
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
        Names { trace, lineage: None, ends, connections }
    }

    /// Names in which nothing is counted or addressed that others could move: tasks are named after
    /// their parents, and nodes stand for their addresses.
    pub(super) fn stable(trace: &'a Trace) -> Self {
        Names { lineage: Some(Lineage::of(trace)), ..Names::of(trace) }
    }

    /// An address that is asked for: by the peer's name where that is known and names are stable.
    pub(super) fn address(&self, address: SocketAddr, peer: Option<&str>) -> String {
        match (&self.lineage, peer) {
            (Some(_), Some(_)) => format!("port {}", address.port()),
            _ => address.to_string(),
        }
    }

    /// Who descends from whom, if names are stable.
    pub(super) fn lineage(&self) -> Option<&Lineage> {
        self.lineage.as_ref()
    }

    /// The two nodes of a connection, as far as they are known.
    pub(super) fn ends(&self, connection: u32, here: NodeId) -> (NodeId, NodeId) {
        self.ends.get(&connection).map_or((here, here), |ends| (ends.0, ends.1.unwrap_or(ends.0)))
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
        let name = match (&self.lineage, &info.name) {
            (Some(lineage), _) => lineage.name(self.trace, serial),
            (None, Some(name)) => printable(name),
            (None, None) => format!("#{}", info.ordinal),
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
