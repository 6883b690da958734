//! A trace as text, as a view asks: chosen, folded, numbered, aligned.
//!
//! Pure. Words for events are in `words.rs`, columns in `columns.rs`.

use super::{
    causal::chains,
    columns::{self, Lane, Row},
    ids::Ids,
    messages::{Fate, fates},
    names::Names,
    selection::Selection,
    view::{Order, View},
    words::words,
};
use reenact_sim::{NodeId, Record, Trace};
use std::{collections::BTreeMap, fmt::Write};

/// Neighbouring events whose lines are equal.
struct Fold {
    first: usize,
    count: usize,
}

struct Layout<'a> {
    trace: &'a Trace,
    view: &'a View,
    names: Names<'a>,
    selection: Selection<'a>,
    fates: Vec<Fate>,
}

pub(super) fn text(trace: &Trace, view: &View) -> String {
    let layout = Layout::of(trace, view);
    let mut out = layout.preface();
    let lanes = layout.lanes();
    if lanes.is_empty() {
        layout.excuse(&mut out);
    }
    let mut ids = if view.order == Order::Causal { Ids::by_pair() } else { Ids::default() };
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
        for (indent, heading) in &lane.headings {
            let gap = if first || *indent > 0 { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{:indent$}{heading}", "");
            first = false;
        }
        if earlier > 0 {
            let _ = writeln!(out, "{:2$}({earlier} earlier {})", "", plural("event", earlier), lane.indent);
        }
        let rows: Vec<(Row, usize)> =
            folds[..shown].iter().map(|fold| (layout.row(fold.first, &mut ids), fold.count)).collect();
        columns::write(&mut out, &rows, lane.indent);
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

impl<'a> Layout<'a> {
    fn of(trace: &'a Trace, view: &'a View) -> Self {
        let stable = view.order == Order::Causal;
        let names = if stable { Names::stable(trace) } else { Names::of(trace) };
        let selection = Selection::of(trace, view);
        let packets = view.order == Order::Messages;
        let fates = if packets { fates(&names, view, &selection) } else { Vec::new() };
        Layout { trace, view, names, selection, fates }
    }

    /// What the reader should know beforehand.
    fn preface(&self) -> String {
        let mut out = String::new();
        if self.trace.first > 0 {
            let n = self.trace.first as usize;
            let _ = writeln!(out, "({n} {} before the first that was kept)", plural("event", n));
        }
        for remark in self.selection.remarks(&self.names) {
            let _ = writeln!(out, "({remark})");
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
        let is_labelled = |&index: &usize| {
            let row = self.row(index, &mut Ids::default());
            self.selection.shows_words(&row.words, &row.task)
        };
        let mut shown: Vec<usize> = if self.view.order == Order::Messages {
            (0..self.fates.len()).collect()
        } else {
            let all = self.trace.events.iter().enumerate();
            all.filter(|(index, line)| self.selection.shows(*index, line)).map(|(index, _)| index).collect()
        };
        if self.selection.reads_words() {
            shown.retain(is_labelled);
        }
        if shown.is_empty() {
            return Vec::new();
        }
        match self.view.order {
            Order::Timeline | Order::Messages => {
                vec![Lane { headings: Vec::new(), indent: 0, lines: shown }]
            }
            Order::PerNode => self.per_node(shown),
            Order::Causal => chains(&self.names, shown),
        }
    }

    fn per_node(&self, shown: Vec<usize>) -> Vec<Lane> {
        let mut lanes: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
        for index in shown {
            lanes.entry(self.trace.events[index].node).or_default().push(index);
        }
        let lane = |(node, lines)| Lane { headings: vec![(0, self.names.node(node))], indent: 2, lines };
        lanes.into_iter().map(lane).collect()
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
        if self.view.order == Order::Messages {
            return self.fates[index].row(&self.names, ids, self.view.times);
        }
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
