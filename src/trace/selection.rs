//! Which events of a trace a view shows.
//!
//! Pure. What they are called is in `words.rs`, how they are arranged in `text.rs`.

use super::{
    cone::cone,
    level::Level,
    names::Names,
    view::View,
    words::{kind, kind_in_words, message_of},
};
use reenact_clock::Instant;
use reenact_sim::{Line, NodeId, Trace};
use std::time::Duration;

/// What a view says of events, with all that has to be worked out once.
pub(super) struct Selection<'a> {
    view: &'a View,
    /// For each node, whether it is shown.
    nodes: Option<Vec<bool>>,
    window: Option<(Instant, Instant)>,
    cone: Option<Vec<bool>>,
}

impl<'a> Selection<'a> {
    pub(super) fn of(trace: &Trace, view: &'a View) -> Self {
        let named = |names: &Vec<String>| {
            trace.nodes.iter().map(|info| names.iter().any(|name| **name == *info.name)).collect()
        };
        let instant =
            |since: Duration| u64::try_from(since.as_nanos()).map_or(Instant::MAX, Instant::from_nanos);
        Selection {
            view,
            nodes: view.nodes.as_ref().map(named),
            window: view.window.map(|(from, to)| (instant(from), instant(to))),
            cone: view.cone.map(|number| match number.checked_sub(trace.first) {
                Some(index) => cone(trace, index),
                None => vec![false; trace.events.len()],
            }),
        }
    }

    /// Whether an event is shown.
    pub(super) fn shows(&self, index: usize, line: &Line) -> bool {
        Level::of(&line.event) <= self.view.level
            && self.shows_node(line.node)
            && self.shows_time(line.at)
            && self.shows_kind(line)
            && self.shows_index(index)
    }

    /// Whether what happened on a node is shown.
    pub(super) fn shows_node(&self, node: NodeId) -> bool {
        let is_named = |nodes: &Vec<bool>| nodes.get(node.index()).copied().unwrap_or(false);
        self.nodes.as_ref().is_none_or(is_named)
    }

    pub(super) fn shows_time(&self, at: Instant) -> bool {
        self.window.is_none_or(|(from, to)| from <= at && at < to)
    }

    pub(super) fn shows_index(&self, index: usize) -> bool {
        self.cone.as_ref().is_none_or(|cone| cone.get(index).copied().unwrap_or(false))
    }

    fn shows_kind(&self, line: &Line) -> bool {
        let Some(kinds) = &self.view.kinds else { return true };
        let packet = message_of(&line.event).map(|message| kind_in_words(message.kind));
        kinds.iter().any(|wanted| packet == Some(wanted.as_str()) || *wanted == kind(&line.event))
    }

    /// Whether a line with these words and this actor is shown.
    pub(super) fn shows_words(&self, words: &str, actor: &str) -> bool {
        self.view.label.as_ref().is_none_or(|label| words.contains(label) || actor.contains(label))
    }

    /// Whether lines have to be put into words to know whether they are shown.
    pub(super) fn reads_words(&self) -> bool {
        self.view.label.is_some()
    }

    /// What of the view means nothing here, a sentence each.
    pub(super) fn remarks(&self, names: &Names<'_>) -> Vec<String> {
        let trace = names.trace();
        let mut remarks = Vec::new();
        for name in self.view.nodes.iter().flatten() {
            if !trace.nodes.iter().any(|info| *info.name == **name) {
                remarks.push(format!("there is no node {}", super::printable::printable(name)));
            }
        }
        if let Some(number) = self.view.cone
            && trace.get(number).is_none()
        {
            remarks.push(format!("there is no event {number}"));
        }
        remarks
    }
}
