//! A trace as text, as a view asks: chosen, folded, numbered, aligned.
//!
//! Pure. Words for events are in `words.rs`, columns in `columns.rs`.

use super::{
    columns::{self, Row},
    ids::Ids,
    names::{Names, printable},
    view::{Order, View},
    words::words,
};
use reenact_sim::{NodeId, Record, Trace};
use std::{collections::BTreeMap, fmt::Write};

/// Events that are shown together, by their index.
struct Lane {
    /// The node they happened on, where that is the heading.
    node: Option<NodeId>,
    lines: Vec<usize>,
}

/// Neighbouring events whose lines are equal.
struct Fold {
    first: usize,
    count: usize,
}

struct Layout<'a> {
    trace: &'a Trace,
    view: &'a View,
    names: Names<'a>,
}

pub(super) fn text(trace: &Trace, view: &View) -> String {
    let layout = Layout { trace, view, names: Names::of(trace) };
    let mut out = layout.preface();
    let lanes = layout.lanes();
    if lanes.is_empty() {
        layout.excuse(&mut out);
    }
    let mut ids = Ids::default();
    let mut room = view.limit.unwrap_or(usize::MAX);
    let mut over = 0;
    let mut first = true;
    for lane in &lanes {
        let (folds, earlier) = layout.folds(lane);
        let shown = folds.len().min(room);
        room -= shown;
        over += folds.len() - shown;
        if shown < folds.len().min(1) {
            continue;
        }
        let indent = if lane.node.is_some() { 2 } else { 0 };
        if let Some(node) = lane.node {
            let gap = if first { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", layout.names.node(node));
        }
        first = false;
        if earlier > 0 {
            let _ = writeln!(out, "{:indent$}({earlier} earlier {})", "", plural("event", earlier));
        }
        let rows: Vec<(Row, usize)> =
            folds[..shown].iter().map(|fold| (layout.row(fold.first, &mut ids), fold.count)).collect();
        columns::write(&mut out, &rows, indent);
    }
    if over > 0 {
        let _ = writeln!(out, "({over} more {})", plural("line", over));
    }
    out
}

/// One event on one line: when, where, who, what.
pub(super) fn in_words(trace: &Trace, number: u32) -> Option<String> {
    let line = trace.get(number)?;
    let names = Names::of(trace);
    let actor = Some(names.actor(line)).filter(|actor| !actor.is_empty());
    let actor = actor.map_or_else(String::new, |actor| format!("/{actor}"));
    let words = words(line, &names, &mut Ids::default());
    Some(format!("t={} {}{actor} {words}", line.at, names.node(line.node)))
}

impl Layout<'_> {
    /// What the reader should know beforehand.
    fn preface(&self) -> String {
        let mut out = String::new();
        if self.trace.first > 0 {
            let n = self.trace.first as usize;
            let _ = writeln!(out, "({n} {} before the first that was kept)", plural("event", n));
        }
        for name in self.view.nodes.iter().flatten() {
            if !self.trace.nodes.iter().any(|info| *info.name == **name) {
                let _ = writeln!(out, "(there is no node {})", printable(name));
            }
        }
        out
    }

    /// Why there is no line.
    fn excuse(&self, out: &mut String) {
        let n = self.trace.events.len();
        let _ = match self.trace.mode {
            Record::Digest if n == 0 => writeln!(out, "(no events were kept, only their digest)"),
            _ if n == 0 => writeln!(out, "(no events)"),
            _ => writeln!(out, "({n} {}, none in this view)", plural("event", n)),
        };
    }

    fn lanes(&self) -> Vec<Lane> {
        let all = self.trace.events.iter().enumerate();
        let shown = all.filter(|(_, line)| self.view.shows(self.trace, line));
        match self.view.order {
            Order::Timeline => {
                let lines: Vec<usize> = shown.map(|(index, _)| index).collect();
                if lines.is_empty() { Vec::new() } else { vec![Lane { node: None, lines }] }
            }
            Order::PerNode => {
                let mut lanes: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
                for (index, line) in shown {
                    lanes.entry(line.node).or_default().push(index);
                }
                lanes.into_iter().map(|(node, lines)| Lane { node: Some(node), lines }).collect()
            }
        }
    }

    /// Folds equal neighbours, from the end, as many as the view asks for; and how many events are
    /// before those. The numbers of messages in these rows are not those of the text: they only
    /// tell messages apart.
    fn folds(&self, lane: &Lane) -> (Vec<Fold>, usize) {
        let keep = self.view.last.unwrap_or(usize::MAX);
        let mut ids = Ids::default();
        let mut folds: Vec<Fold> = Vec::new();
        let mut next: Option<Row> = None;
        let mut earlier = lane.lines.len();
        for &index in lane.lines.iter().rev() {
            let row = Some(self.row(index, &mut ids));
            let count = if row == next { folds.pop().map_or(0, |fold| fold.count) } else { 0 };
            if folds.len() == keep {
                break;
            }
            folds.push(Fold { first: index, count: count + 1 });
            next = row;
            earlier -= 1;
        }
        folds.reverse();
        (folds, earlier)
    }

    fn row(&self, index: usize, ids: &mut Ids) -> Row {
        let line = &self.trace.events[index];
        let timeline = self.view.order == Order::Timeline;
        Row {
            at: self.view.times.then_some(line.at),
            node: if timeline { self.names.node(line.node) } else { String::new() },
            task: if self.view.shows_tasks() { self.names.actor(line) } else { String::new() },
            words: words(line, &self.names, ids),
        }
    }
}

fn plural(word: &str, n: usize) -> String {
    if n == 1 { word.to_owned() } else { format!("{word}s") }
}
