//! The chains of the view `causal`, in an order that no schedule decides.
//!
//! Pure. Nodes are sorted by name, tasks by their ancestors, connections by the task that asked for them
//! and by its how-many-eth they are. Events keep their order within their chain, and nothing else of it.

use super::{actor::Actor, columns::Lane, names::Names};
use reenact_sim::{Event, NodeId};
use std::collections::BTreeMap;

/// A task among all tasks, whatever its number.
type Path<'a> = Vec<(&'a str, u32)>;

/// A chain among those of its node.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Host,
    Task(Path<'a>),
    Callbacks,
    /// The peer, and whose how-many-eth connection it is.
    Connection(String, Path<'a>, u32),
    Datagrams(String),
    End,
}

/// Where a chain stands: the name of its node, its node, its place there, whose it is.
type Key<'a> = (String, NodeId, Place<'a>, Actor);

/// The events that are shown, by whose they are.
pub(super) fn chains(names: &Names<'_>, shown: Vec<usize>) -> Vec<Lane> {
    let trace = names.trace();
    let mut known: BTreeMap<(NodeId, Actor), Vec<usize>> = BTreeMap::new();
    for index in shown {
        let line = &trace.events[index];
        known.entry((line.node, Actor::of(line))).or_default().push(index);
    }
    let connections = connections(names);
    let place = |node: NodeId, actor: Actor| match actor {
        Actor::Host => Place::Host,
        Actor::Task(task) => Place::Task(path(names, task)),
        Actor::Callbacks => Place::Callbacks,
        Actor::Connection(connection) => {
            let peer = names.peer(connection, node).unwrap_or_default();
            let (path, nth) = connections.get(&connection).cloned().unwrap_or_default();
            Place::Connection(peer, path, nth)
        }
        Actor::Datagrams(peer) => Place::Datagrams(names.node(peer)),
        Actor::End => Place::End,
    };
    let mut chains: Vec<(Key<'_>, Vec<usize>)> = known
        .into_iter()
        .map(|((node, actor), lines)| ((names.node(node), node, place(node, actor), actor), lines))
        .collect();
    chains.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut last = None;
    let lane = |((name, node, place, actor), lines): (Key<'_>, Vec<usize>)| {
        let mut headings = Vec::new();
        if last.replace(node) != Some(node) {
            headings.push((0, name));
        }
        let heading = heading(names, node, &place, actor);
        let indent = if heading.is_some() { 4 } else { 2 };
        headings.extend(heading.map(|heading| (2, heading)));
        Lane { headings, indent, lines }
    };
    chains.into_iter().map(lane).collect()
}

/// Whose a chain is, in words; a host's needs none.
fn heading(names: &Names<'_>, node: NodeId, place: &Place<'_>, actor: Actor) -> Option<String> {
    match (place, actor) {
        (Place::Task(_), Actor::Task(task)) => Some(names.task(task, node)),
        (Place::Callbacks, _) => Some("callbacks".to_owned()),
        (Place::Connection(peer, ..), _) if peer.is_empty() => Some("with nobody known".to_owned()),
        (Place::Connection(peer, ..), _) => Some(format!("with {peer}")),
        (Place::Datagrams(peer), _) => Some(format!("datagrams with {peer}")),
        _ => None,
    }
}

fn path<'a>(names: &Names<'a>, task: u32) -> Path<'a> {
    names.lineage().map_or_else(Vec::new, |lineage| lineage.path(names.trace(), task))
}

/// For each connection the task that asked for it, and how many it had asked for before.
fn connections<'a>(names: &Names<'a>) -> BTreeMap<u32, (Path<'a>, u32)> {
    let mut asked: BTreeMap<u32, u32> = BTreeMap::new();
    let mut connections = BTreeMap::new();
    for line in &names.trace().events {
        if let Event::Connect(connection, _) = line.event {
            let nth = asked.entry(line.task).or_insert(0);
            connections.entry(connection).or_insert_with(|| (path(names, line.task), *nth));
            *nth += 1;
        }
    }
    connections
}
