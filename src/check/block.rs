//! The block that a failing test prints.
//!
//! Pure: text of what is known. The first line is the one that test runners look for, `thread '…'
//! panicked at …`, with the place of the user's panic, and nothing after it looks like it. The block
//! aims at 25 lines apart from the user's own message.

use super::{
    finding::Finding,
    fingerprint::Fingerprint,
    numbers::{grouped, nth, ordinal},
    plan::Role,
    report::Report,
    shrink::{Explanation, Shrunk},
};
use crate::trace::{Level, RawTrace, Trace, View};
use reenact_sim::{Event, Failure, FailureKind, Line, Waiting};
use std::{fmt::Write as _, panic::Location};

/// How many lines the block may have.
const LINES: usize = 25;
/// How many of the last events are shown, if there is room.
const EVENTS: usize = 8;
/// And how many are in any case.
const FEWEST: usize = 3;
/// How many of the decisions that are left are shown.
const REASONS: usize = 5;
/// How many waiting tasks are shown.
const WAITING: usize = 8;
/// How many other findings are named.
const OTHERS: usize = 5;
/// How long a line of the block may be, the command apart.
const WIDTH: usize = 140;

/// What is known besides the finding.
pub(crate) struct Context<'a> {
    /// The test.
    pub(crate) name: &'a str,
    /// The thread that makes the report.
    pub(crate) thread: &'a str,
    /// Where the test is written.
    pub(crate) caller: &'a Location<'a>,
    /// How many seeds the sweep has.
    pub(crate) seeds: u64,
    /// The command that repeats the run.
    pub(crate) replay: &'a str,
    /// More that is to be said, a line each.
    pub(crate) notes: &'a [String],
    /// Where more is written down.
    pub(crate) open: Option<&'a str>,
    /// What became of the regressions file.
    pub(crate) saved: Option<&'a str>,
}

/// The report of a sweep that failed.
pub(crate) fn block(report: &Report, context: &Context<'_>) -> String {
    let Some((finding, others)) = report.findings.split_first() else { return report.to_string() };
    let failure = told_failure(finding);
    let mut rows = vec![("at", at(failure)), ("kind", kind(failure))];
    rows.extend(labelled("waiting", waiting(&failure.waiting)));
    if let Some(shrunk) = &finding.shrunk {
        rows.extend(shrinking(finding, shrunk));
    }
    if let Some(explanation) = finding.explanation() {
        rows.extend(explaining(explanation));
    }
    rows.extend(labelled("seen", seen(report)));
    let last = last_rows(finding, others, context);
    // Of the user's message some lines are counted, of the machine's own all: it has no more.
    let below = 1 + usize::from(context.open.is_some()) + usize::from(context.saved.is_some());
    let used = 4 + failure.message.lines().count().min(9) + rows.len() + last.len() + below;
    let events = last_events(finding, LINES.saturating_sub(used).clamp(FEWEST, EVENTS));
    rows.extend(labelled("last", events));
    rows.extend(last);

    let mut text = first_lines(failure, context);
    let _ = writeln!(text, "\n{}", headline(finding, report, context));
    for (label, line) in rows {
        // A remark may end with a line to be copied.
        let line = if label == "note" { line } else { shortened(&line) };
        let _ = writeln!(text, "  {label:<9} {line}");
    }
    // The command is never shortened: it is to be copied.
    let _ = write!(text, "  {:<9} {}", "replay", context.replay);
    for (label, line) in [("open", context.open), ("saved", context.saved)] {
        if let Some(line) = line {
            let _ = write!(text, "\n  {label:<9} {line}");
        }
    }
    text
}

/// How the run failed that the command repeats.
pub(crate) fn told_failure(finding: &Finding) -> &Failure {
    finding.shrunk().result.as_ref().err().unwrap_or(&finding.failure)
}

/// How much the runs that passed saw of the program, and what they may have missed; nothing if none did.
fn seen(report: &Report) -> Vec<String> {
    let (seen, missed) = report.progress().words();
    missed.map_or_else(Vec::new, |missed| vec![seen, missed])
}

/// What shrinking came to.
fn shrinking(finding: &Finding, shrunk: &Shrunk) -> Vec<(&'static str, String)> {
    let (before, after) = (finding.original().stats().steps, shrunk.outcome.stats().steps);
    let (many, few) = (shrunk.decisions, finding.tape().len());
    if many == 0 {
        return Vec::new();
    }
    let runs = grouped(shrunk.effort.runs);
    let more = match (shrunk.effort.cut_short, shrunk.unfinished) {
        (true, _) => "; cut short by `Shrink::wall`: there may be less",
        (_, true) => "; the budget was used up: there may be less",
        _ => "",
    };
    let steps = format!("{} -> {} steps", grouped(before), grouped(after));
    let decisions = format!("{} -> {} decisions", grouped(many as u64), grouped(few as u64));
    vec![
        ("shrunk", format!("{steps}, {decisions} ({runs} runs{more})")),
        ("verified", "same digest in a second run".to_owned()),
    ]
}

/// Why the run fails.
fn explaining(explanation: &Explanation) -> Vec<(&'static str, String)> {
    let mut rows: Vec<_> = labelled("because", because(explanation)).collect();
    if let Some(neighbour) = explanation.neighbour() {
        let (without, ends) = (nth(neighbour.without()), neighbour.ends());
        let parts =
            format!("the {without}, it {ends}; they part at event {}:", grouped(neighbour.event().into()));
        rows.extend(labelled(
            "without",
            vec![parts, format!("here   {}", neighbour.here()), format!("there  {}", neighbour.there())],
        ));
    }
    rows
}

/// A line for each decision that is left, with how much of it is needed in a column of its own.
fn because(explanation: &Explanation) -> Vec<String> {
    let reasons = explanation.reasons();
    if reasons.is_empty() {
        return vec!["it fails when every decision is the simplest one".to_owned()];
    }
    let shown = &reasons[..reasons.len().min(REASONS)];
    let words: Vec<String> =
        shown.iter().map(|reason| format!("{} {}", reason.who(), reason.what())).collect();
    let width = words.iter().map(|words| words.chars().count()).max().unwrap_or(0).min(WIDTH - 30);
    let mut lines: Vec<String> = shown
        .iter()
        .zip(&words)
        .map(|(reason, words)| match reason.need() {
            Some(need) => format!("{:width$}  {need}", cut(words, WIDTH - 30)),
            None => words.clone(),
        })
        .collect();
    if reasons.len() > shown.len() {
        lines.push(format!("+ {} more decisions", reasons.len() - shown.len()));
    }
    lines
}

/// Other findings, other failures met on the way, and remarks.
fn last_rows(finding: &Finding, others: &[Finding], context: &Context<'_>) -> Vec<(&'static str, String)> {
    let mut rows: Vec<_> = others.iter().take(OTHERS).map(|other| ("also", also(other))).collect();
    if others.len() > OTHERS {
        rows.push(("", format!("+ {} more", others.len() - OTHERS)));
    }
    let known: Vec<Fingerprint> = others.iter().map(|other| Fingerprint::of(&other.failure)).collect();
    let met = finding.shrunk.iter().flat_map(|shrunk| &shrunk.met);
    let met = met.filter(|(failure, _)| !known.contains(&Fingerprint::of(failure)));
    rows.extend(met.take(OTHERS).map(|(failure, _)| ("met", in_short(failure, ", while shrinking"))));
    rows.extend(finding.note().map(|note| ("note", note.to_owned())));
    rows.extend(context.notes.iter().map(|note| ("note", note.clone())));
    rows
}

/// What a panic would have printed.
fn first_lines(failure: &Failure, context: &Context<'_>) -> String {
    let place = match (&failure.location, failure.kind) {
        (Some(location), FailureKind::Panic | FailureKind::Invariant) => location.clone(),
        _ => context.caller.to_string(),
    };
    let mut text = format!("\nthread '{}' panicked at {place}:\n{}\n", context.thread, failure.message);
    if let Some(backtrace) = &failure.backtrace {
        let _ = writeln!(text, "stack backtrace:\n{}", backtrace.trim_end());
    }
    text
}

fn headline(finding: &Finding, report: &Report, context: &Context<'_>) -> String {
    let (name, seed) = (context.name, finding.seed);
    let passed = grouped(report.runs() - report.failed_runs());
    let failed = match finding.role {
        Role::Zero => "failed in the run `zero`, where every decision is the simplest".to_owned(),
        Role::Fifo => format!(
            "failed on seed 0x{seed:016x} in the run `fifo`, where tasks take turns as they were woken"
        ),
        Role::Delays(1) => "failed in an order of tasks with one delay".to_owned(),
        Role::Delays(delays) => format!("failed in an order of tasks with {delays} delays"),
        Role::Recorded(line) => format!("failed on the case recorded in line {line} of its regressions file"),
        Role::Given => format!("failed on the given tape, of seed 0x{seed:016x}"),
        Role::Seed(place) => {
            let place = ordinal(place + 1);
            // A sweep that goes on for a time has no number of seeds.
            let of = match context.seeds {
                u64::MAX => String::new(),
                seeds => format!(" of {}", grouped(seeds)),
            };
            format!("failed on seed 0x{seed:016x} ({place}{of}; {passed} runs passed)")
        }
    };
    format!("reenact: {name} {failed}")
}

fn at(failure: &Failure) -> String {
    let mut text = format!("t={}  step {}", failure.at, grouped(failure.step));
    if let Some(node) = &failure.node {
        let _ = write!(text, "  node {node}");
    }
    if let Some(task) = &failure.task {
        let _ = write!(text, "  task {task}");
    }
    text
}

fn kind(failure: &Failure) -> String {
    let kind = failure.kind;
    match kind {
        FailureKind::Error => format!("{kind}: the test, or the main of a node, returned this `Err`"),
        FailureKind::Invariant => format!("{kind}: it did not hold after this step"),
        FailureKind::Diverged => format!("{kind}: the run did not take the decisions of its tape"),
        _ => kind.to_string(),
    }
}

fn waiting(tasks: &[Waiting]) -> Vec<String> {
    let mut lines: Vec<String> = tasks.iter().take(WAITING).map(Waiting::to_string).collect();
    if tasks.len() > WAITING {
        lines.push(format!("+ {} more", tasks.len() - WAITING));
    }
    lines
}

/// The lines, with a label before the first.
fn labelled(label: &'static str, lines: Vec<String>) -> impl Iterator<Item = (&'static str, String)> {
    lines.into_iter().enumerate().map(move |(i, line)| (if i == 0 { label } else { "" }, line))
}

/// Another finding, on one line.
fn also(finding: &Finding) -> String {
    let Finding { seed, failure, index, .. } = finding;
    let times = match finding.occurrences {
        1 => String::new(),
        n => format!(", {} runs", grouped(n)),
    };
    in_short(failure, &format!(", run {index} (seed 0x{seed:016x}){times}"))
}

/// A failure on one line.
fn in_short(failure: &Failure, when: &str) -> String {
    let place = failure.location.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
    format!("{}{place}{when}: {}", failure.kind, failure.message.lines().next().unwrap_or_default())
}

/// The last events before the run was taken down.
fn last_events(finding: &Finding, most: usize) -> Vec<String> {
    /// So many of them are looked through: polls and wakes are among them, and rarely shown.
    const LOOKED_AT: usize = 4_000;
    let trace = finding.shrunk().trace().raw();
    // At its end, a run cancels what is left and wakes whoever waits for that.
    let of_the_end = |line: &Line| matches!(line.event, Event::End | Event::Cancel | Event::Wake(_));
    let end =
        trace.events.iter().rposition(|line| !of_the_end(line)).map_or(trace.events.len(), |last| last + 1);
    let start = end.saturating_sub(LOOKED_AT);
    let (events, first) = (trace.events[start..end].to_vec(), trace.first + start as u32);
    let (tasks, nodes, marks) = (trace.tasks.clone(), trace.nodes.clone(), trace.marks.clone());
    let cut = Trace::from(RawTrace { mode: trace.mode, first, events, tasks, nodes, marks });
    let text = |level| cut.text(View::timeline().level(level).times(true).last(most));
    let level = if told_failure(finding).kind == FailureKind::StepLimit { Level::Sched } else { Level::Task };
    // Remarks of the layout stand in parentheses: how many events came before is not known here.
    text(level).lines().filter(|line| !line.starts_with('(')).map(str::to_owned).collect()
}

/// The first line of a text, as far as there is room.
fn shortened(text: &str) -> String {
    cut(text.lines().next().unwrap_or_default(), WIDTH)
}

/// A line, as far as there is room.
fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    line.chars().take(width - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_lines_are_cut_between_letters() {
        assert_eq!(shortened("a\nb"), "a");
        let cut = shortened(&"é".repeat(500));
        assert_eq!(cut.chars().count(), super::WIDTH);
        assert!(cut.ends_with('…'));
    }
}
