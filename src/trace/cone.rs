//! What an event depends on, and what depends on it.
//!
//! Pure. An event depends on its cause and on the event before it in its task: what a task does next
//! depends on all it did before.

use super::actor::Actor;
use reenact_sim::{Event, Line, NodeId, Trace};
use std::collections::BTreeMap;

/// The events that lead to an event, or that it leads to, directly: for each its cause, and what came
/// before it in its chain. All by index.
pub(crate) struct Dependencies {
    before: Vec<Option<u32>>,
    /// For each end of a task, what last became of its host: tasks are cancelled because of it.
    host: BTreeMap<u32, u32>,
}

impl Dependencies {
    pub(crate) fn of(trace: &Trace) -> Self {
        let mut last: Vec<Option<u32>> = vec![None; trace.tasks.len()];
        let mut hosts: Vec<Option<u32>> = vec![None; trace.nodes.len()];
        let before = trace.events.iter().enumerate().map(|(index, line)| {
            let place = match Actor::of(line) {
                // Being woken is no deed of the task: it does not depend on what it did before.
                Actor::Task(_) if matches!(line.event, Event::Wake(_) | Event::TimerFire(_)) => None,
                Actor::Task(task) => last.get_mut(task as usize),
                Actor::Host => hosts.get_mut(line.node.index()),
                _ => None,
            };
            place.and_then(|place| place.replace(index as u32))
        });
        let before = before.collect();
        let mut host = BTreeMap::new();
        let mut last: BTreeMap<NodeId, u32> = BTreeMap::new();
        for (index, line) in (0..).zip(&trace.events) {
            if Actor::of(line) == Actor::Host {
                last.insert(line.node, index);
            } else if line.event == Event::Cancel
                && let Some(&down) = last.get(&line.node)
            {
                host.insert(index, down);
            }
        }
        Dependencies { before, host }
    }

    /// What an event depends on directly.
    pub(crate) fn direct(&self, trace: &Trace, index: u32) -> impl Iterator<Item = u32> + use<> {
        [cause(trace, index), self.before(index), self.host.get(&index).copied()].into_iter().flatten()
    }

    /// The event before this one in its chain.
    pub(crate) fn before(&self, index: u32) -> Option<u32> {
        self.before.get(index as usize).copied().flatten()
    }
}

/// The cause of an event, by index, if it was kept and came before it.
pub(crate) fn cause(trace: &Trace, index: u32) -> Option<u32> {
    let line = trace.events.get(index as usize)?;
    if line.cause == Line::NO_CAUSE {
        return None;
    }
    line.cause.checked_sub(trace.first).filter(|&cause| cause < index)
}

/// For each event, whether it leads to the one at `index`, or that one to it; the event itself is among
/// them.
pub(crate) fn cone(trace: &Trace, index: u32) -> Vec<bool> {
    let dependencies = Dependencies::of(trace);
    let count = trace.events.len();
    let (mut past, mut future) = (vec![false; count], vec![false; count]);
    if (index as usize) < count {
        past[index as usize] = true;
        future[index as usize] = true;
    }
    let direct = |index: u32| dependencies.direct(trace, index);
    for event in (0..count.min(index as usize + 1)).rev() {
        if past[event] {
            direct(event as u32).for_each(|earlier| past[earlier as usize] = true);
        }
    }
    for event in (index as usize).saturating_add(1)..count {
        future[event] = direct(event as u32).any(|earlier| future[earlier as usize]);
    }
    past.iter().zip(&future).map(|(past, future)| *past || *future).collect()
}
