//! Where two runs of one seed part, and what is said of it.
//!
//! Pure: two runs that were both written down come in. What may be the cause is in `suspects`.

use super::{
    failed::Failed,
    suspects::{Facts, Shape},
};
use crate::{
    outcome::Outcome,
    trace::{RawTrace, Teller, Trace},
};
use reenact_sim::{Choice, Event, Failure, FailureKind, Line, TaskInfo};
use std::mem::discriminant;

/// How many of the events that both runs have are shown.
const COMMON: u32 = 5;
/// In how many of the events after the first that differs it is looked for in the other run.
const AHEAD: u32 = 2_000;

/// Where two runs of one seed part.
pub(super) struct Difference {
    sentence: String,
    shape: Shape,
    /// The event of the second run, or of the first if the second had ended.
    line: Option<(Line, String, Option<String>)>,
}

impl Difference {
    /// Two runs that are alike, though a run before them was not.
    pub(super) fn the_first_time_only() -> Self {
        let sentence = "a second and a third run were alike: look for what is different the first time only";
        Difference { sentence: sentence.to_owned(), shape: Shape::Unseen, line: None }
    }

    /// The same, with more to be said of it.
    pub(super) fn and(mut self, more: &str) -> Self {
        self.sentence = format!("{}\n{more}", self.sentence);
        self
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// The failure of a run that came to this outcome.
    pub(super) fn failure(self, what: &str, facts: &Facts, outcome: &Outcome<()>) -> Failure {
        let message = format!("{what}\n{}\n{}", self.sentence, facts.in_words());
        let mut failure = Failure::new(FailureKind::Nondeterminism, message);
        failure.step = outcome.stats().steps;
        if let Some((line, node, task)) = self.line {
            (failure.at, failure.node, failure.task) = (line.at, Some(node), task);
        }
        failure
    }
}

/// The first difference between two runs that were both written down.
pub(super) fn differing(a: &Outcome<()>, b: &Outcome<()>, names: [&str; 2]) -> Option<Difference> {
    let (left, right) = (a.trace().raw(), b.trace().raw());
    if let Some(number) = first_difference(left, right) {
        let line = [right, left].into_iter().find_map(|trace| {
            let line = *trace.get(number)?;
            Some((line, trace.node_name(line.node).to_owned(), trace.task_name(line.task)))
        });
        let sentence = in_words(a.trace(), b.trace(), names, number);
        return Some(Difference { sentence, shape: shape(left, right, number), line });
    }
    let alike = match (Failed::of(a), Failed::of(b)) {
        (Some(a), Some(b)) => a.is_like(&b),
        (None, None) => a.digest() == b.digest(),
        _ => false,
    };
    if alike {
        return None;
    }
    let sentence = "all their recorded events are alike, but not what they came to (the payload of a \
                    message, a draw that led to nothing, or how they failed)";
    Some(Difference { sentence: sentence.to_owned(), shape: Shape::Unseen, line: None })
}

/// The number of the first event that is another, or done by or to somebody of another name, as far as
/// both runs were written down.
pub(crate) fn first_difference(a: &RawTrace, b: &RawTrace) -> Option<u32> {
    let end = |trace: &RawTrace| trace.first + trace.events.len() as u32;
    let differs = |&number: &u32| match (a.get(number), b.get(number)) {
        (Some(x), Some(y)) => !alike(a, x, b, y),
        _ => true,
    };
    (a.first.max(b.first)..end(a).max(end(b))).find(differs)
}

fn alike(a: &RawTrace, x: &Line, b: &RawTrace, y: &Line) -> bool {
    x == y && actor(a, x) == actor(b, y) && subject(a, x) == subject(b, y)
}

/// Who did it.
fn actor<'a>(trace: &'a RawTrace, line: &Line) -> (&'a str, Option<String>) {
    (trace.node_name(line.node), trace.task_name(line.task))
}

/// To which task it was done: its number says little of it.
fn subject<'a>(trace: &'a RawTrace, line: &Line) -> Option<(&'a str, Option<String>)> {
    let (Event::Spawn(task) | Event::Wake(task)) = line.event else { return None };
    let TaskInfo { node, .. } = trace.task(task)?;
    Some((trace.node_name(*node), trace.task_name(task)))
}

/// How the runs part at this event.
fn shape(a: &RawTrace, b: &RawTrace, number: u32) -> Shape {
    let (Some(x), Some(y)) = (a.get(number), b.get(number)) else { return Shape::Extra };
    // Numbers of tasks and causes shift with an event more or less: they are not compared.
    let same = |trace: &RawTrace, line: &Line, other: &RawTrace, like: &Line| {
        discriminant(&line.event) == discriminant(&like.event)
            && actor(trace, line) == actor(other, like)
            && subject(trace, line) == subject(other, like)
    };
    if same(a, x, b, y) {
        return Shape::Value;
    }
    let later = |trace: &RawTrace, other: &RawTrace, like: &Line| {
        let ahead = (number + 1..number.saturating_add(AHEAD)).map_while(|number| trace.get(number));
        ahead.take_while(|line| line.at == like.at).any(|line| same(trace, line, other, like))
    };
    if later(a, b, y) || later(b, a, x) { Shape::Order } else { Shape::Extra }
}

/// Both versions of the event, where it comes from, and what both runs had before.
fn in_words(a: &Trace, b: &Trace, names: [&str; 2], number: u32) -> String {
    let width = names[0].len().max(names[1].len());
    let mut text = format!("event {number} is the first that differs");
    for (name, trace) in names.iter().zip([a, b]) {
        text += &format!("\n  {name:width$}  {}", version(trace, number));
        for line in context(trace, number) {
            text += &format!("\n  {:width$}    {line}", "");
        }
    }
    if let Some((before, one, other)) = first_other_mark(a.raw(), b.raw(), number) {
        text += &format!(
            "\n  before it, a mark had another value (event {before})\n  {:width$}  {one}\n  {:width$}  {other}",
            names[0], names[1]
        );
    }
    let first = number.saturating_sub(COMMON).max(a.raw().first).max(b.raw().first);
    let common: Vec<String> = (first..number)
        .filter_map(|number| Some(format!("\n    {number}  {}", b.in_words(number)?)))
        .collect();
    if !common.is_empty() {
        text += "\n  before it, both had";
        text.extend(common);
    }
    text
}

fn version(trace: &Trace, number: u32) -> String {
    match trace.in_words(number) {
        Some(words) => words,
        None if number < trace.raw().first => "(not written down)".to_owned(),
        None => "(had ended)".to_owned(),
    }
}

/// Who did it, and what led to it.
fn context(trace: &Trace, number: u32) -> Vec<String> {
    let raw = trace.raw();
    let Some(line) = raw.get(number) else { return Vec::new() };
    let mut context = Vec::new();
    if let Some(task) = raw.task(line.task) {
        context.push(format!("by the task that was spawned at {}", task.spawned));
    }
    if let Event::Spawn(task) = line.event
        && let Some(task) = raw.task(task)
    {
        context.push(format!("the new task is spawned at {}", task.spawned));
    }
    if let Some(cause) = trace.in_words(line.cause) {
        context.push(format!("because of event {}: {cause}", line.cause));
    }
    context
}

/// The first mark before an event that has another value: its number, and both values.
fn first_other_mark(a: &RawTrace, b: &RawTrace, end: u32) -> Option<(u32, String, String)> {
    let mark = |trace: &RawTrace, number: u32| {
        let (Event::Mark(index) | Event::Log(index)) = trace.get(number)?.event else { return None };
        let (name, value) = trace.marks.get(index as usize)?;
        Some(format!("{name} = {value}"))
    };
    let both = |number| Some((number, mark(a, number)?, mark(b, number)?));
    (a.first.max(b.first)..end).filter_map(both).find(|(_, one, other)| one != other)
}

/// The first decision that is another one, in words; `None` if all are alike or none were recorded.
pub(super) fn first_other_decision(a: &Outcome<()>, b: &Outcome<()>, names: [&str; 2]) -> Option<String> {
    let (left, right) = (&a.decided()?.choices, &b.decided()?.choices);
    let same = |x: &Choice, y: &Choice| (x.stream, x.seq, x.entry) == (y.stream, y.seq, y.entry);
    let place =
        (0..left.len().max(right.len())).find(|&place| match (left.get(place), right.get(place)) {
            (Some(x), Some(y)) => !same(x, y),
            _ => true,
        })?;
    let words = |outcome: &Outcome<()>, choices: &[Choice]| match choices.get(place) {
        Some(choice) => {
            let told = Teller::of(outcome.trace().raw()).told(choice);
            format!("{} {} (of {})", told.who, told.what, choice.entry.n)
        }
        None => "(none)".to_owned(),
    };
    let width = names[0].len().max(names[1].len());
    Some(format!(
        "decision {place} is the first that differs\n  {:width$}  {}\n  {:width$}  {}",
        names[0],
        words(a, left),
        names[1],
        words(b, right),
    ))
}
