//! Who an event belongs to, apart from any order: a chain of events that follow each other for sure.
//!
//! Pure. What one task does is in its program's order, whatever ran between. So is what happens to a
//! host, and what arrives on a connection from a peer. Events of different chains are independent unless
//! a cause leads from one to the other, so two runs that differ only in the order of independent events
//! have equal chains.

use super::printable::printable;
use reenact_sim::{Event, Line, Message, NodeId, TaskInfo, Trace};
use std::collections::BTreeMap;

/// A task is named after no more of its ancestors than these.
const DEEPEST: usize = 16;

/// A chain of events on a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Actor {
    /// The host itself: its process starts, its power goes.
    Host,
    /// A task, by its spawn number.
    Task(u32),
    /// Callbacks, and what they do.
    Callbacks,
    /// What comes of a connection.
    Connection(u32),
    /// Datagrams from or to another node.
    Datagrams(NodeId),
    /// The end of the run, which nobody brings about.
    End,
}

impl Actor {
    /// Whose event it is.
    pub(crate) fn of(line: &Line) -> Actor {
        match line.event {
            Event::Start(_) | Event::Stop | Event::Kill | Event::Crash => Actor::Host,
            Event::Pause | Event::Resume | Event::DataLost | Event::Clock(..) => Actor::Host,
            Event::End => Actor::End,
            Event::Deliver(message)
            | Event::Lost(message, _)
            | Event::Retransmit(message, _)
            | Event::Held(message) => Actor::of_packet(&message, line.node),
            // Who woke it is the cause; that it is ready is an affair of its own.
            Event::Wake(task) => Actor::Task(task),
            _ if line.task != Line::NO_TASK => Actor::Task(line.task),
            Event::Send(message) => Actor::of_packet(&message, line.node),
            Event::Connected(connection) | Event::Broken(connection, _) => Actor::Connection(connection),
            _ => Actor::Callbacks,
        }
    }

    /// What the network itself does with a packet, on one of its nodes.
    fn of_packet(message: &Message, here: NodeId) -> Actor {
        if message.connection != u32::MAX {
            Actor::Connection(message.connection)
        } else {
            Actor::Datagrams(if message.from == here { message.to } else { message.from })
        }
    }
}

/// Tasks by what stays the same when others come and go: who spawned them, their name, and their place
/// among the children of that name.
pub(crate) struct Lineage {
    /// For each task: its parent, if it is known.
    parents: Vec<Option<u32>>,
    /// Which of its namesakes it is, from 1, among the children of its parent on its node.
    places: Vec<u32>,
}

impl Lineage {
    pub(crate) fn of(trace: &Trace) -> Self {
        let count = trace.tasks.len();
        let mut parents = vec![None; count];
        let mut order: Vec<u32> = Vec::new();
        let mut seen = vec![false; count];
        for line in &trace.events {
            if let Event::Spawn(child) = line.event
                && let Some(seen) = seen.get_mut(child as usize)
                && !std::mem::replace(seen, true)
            {
                // A task that is older than its parent would be its own ancestor.
                let parent = Some(line.task).filter(|&parent| parent < child);
                parents[child as usize] = parent;
                order.push(child);
            }
        }
        order.extend((0..count as u32).filter(|&task| !seen[task as usize]));
        let mut places = vec![0; count];
        let mut namesakes: BTreeMap<(Option<u32>, NodeId, Option<&str>), u32> = BTreeMap::new();
        for task in order {
            let info = &trace.tasks[task as usize];
            let place =
                namesakes.entry((parents[task as usize], info.node, info.name.as_deref())).or_insert(0);
            *place += 1;
            places[task as usize] = *place;
        }
        Lineage { parents, places }
    }

    /// A task in words that name its ancestors where its own name does not: `main`, `main.2` for the
    /// second unnamed child of `main`, `worker (2)` for the second child called `worker`.
    pub(crate) fn name(&self, trace: &Trace, task: u32) -> String {
        let mut places = Vec::new();
        let mut root = String::new();
        for (task, info, place) in self.ancestors(trace, task) {
            match &info.name {
                Some(name) if place == 1 => root = printable(name),
                Some(name) => root = format!("{} ({place})", printable(name)),
                None if self.parents[task as usize].is_none() || places.len() + 1 == DEEPEST => {
                    root = format!("#{place}");
                }
                None => {
                    places.push(place);
                    continue;
                }
            }
            break;
        }
        if root.is_empty() {
            return format!("?{task}");
        }
        places.iter().rev().fold(root, |name, place| format!("{name}.{place}"))
    }

    /// By which tasks are sorted, so that children come after their parents: names and places from the
    /// oldest ancestor on.
    pub(crate) fn path<'a>(&self, trace: &'a Trace, task: u32) -> Vec<(&'a str, u32)> {
        let mut path: Vec<_> = self
            .ancestors(trace, task)
            .map(|(_, info, place)| (info.name.as_deref().unwrap_or(""), place))
            .collect();
        path.reverse();
        path
    }

    /// A task, its parent, its parent's parent: as far as a name is worth it.
    fn ancestors<'a>(&self, trace: &'a Trace, task: u32) -> impl Iterator<Item = (u32, &'a TaskInfo, u32)> {
        std::iter::successors(Some(task), |&task| self.parents.get(task as usize).copied().flatten())
            .take(DEEPEST)
            .map_while(|task| Some((task, trace.task(task)?, *self.places.get(task as usize)?)))
    }
}
