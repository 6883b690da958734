//! The block that a failing test prints.
//!
//! Pure: text of what is known. The first line is the one that test runners look for, `thread '…'
//! panicked at …`, with the place of the user's panic, and nothing after it looks like it. The block
//! aims at 25 lines apart from the user's own message.

use super::{
    finding::{Finding, Report},
    plan::Role,
};
use crate::trace::{Level, RawTrace, Trace, View};
use reenact_sim::{Event, Failure, FailureKind, Line, Waiting};
use std::{fmt::Write as _, panic::Location};

/// How many lines the block may have.
const LINES: usize = 25;
/// How many of the last events are shown, if there is room.
const EVENTS: usize = 8;
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
}

/// The report of a sweep that failed.
pub(crate) fn block(report: &Report, context: &Context<'_>) -> String {
    let Some((finding, others)) = report.findings().split_first() else { return report.to_string() };
    let failure = &finding.failure;
    let mut rows = vec![("at", at(failure)), ("kind", kind(failure))];
    rows.extend(labelled("waiting", waiting(&failure.waiting)));
    let mut last: Vec<_> = others.iter().take(OTHERS).map(|other| ("also", also(other))).collect();
    if others.len() > OTHERS {
        last.push(("", format!("+ {} more", others.len() - OTHERS)));
    }
    last.extend(context.notes.iter().map(|note| ("note", note.clone())));
    // Of the user's message some lines are counted, of the machine's own all: it has no more.
    let used = 4 + failure.message.lines().count().min(9) + rows.len() + last.len() + 1;
    let events = last_events(finding, LINES.saturating_sub(used).clamp(3, EVENTS));
    rows.extend(labelled("last", events));
    rows.extend(last);

    let mut text = first_lines(failure, context);
    let _ = writeln!(text, "\n{}", headline(finding, report, context));
    for (label, line) in rows {
        let _ = writeln!(text, "  {label:<9} {}", shortened(&line));
    }
    // The command is never shortened: it is to be copied.
    let _ = write!(text, "  {:<9} {}", "replay", context.replay);
    text
}

/// What a panic would have printed.
fn first_lines(failure: &Failure, context: &Context<'_>) -> String {
    let place = match (&failure.location, failure.kind) {
        (Some(location), FailureKind::Panic) => location.clone(),
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
        Role::Given => format!("failed on the given tape, of seed 0x{seed:016x}"),
        Role::Seed(place) => {
            let (place, seeds) = (ordinal(place + 1), grouped(context.seeds));
            format!("failed on seed 0x{seed:016x} ({place} of {seeds}; {passed} runs passed)")
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
    let place = failure.location.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
    let said = failure.message.lines().next().unwrap_or_default();
    let times = match finding.occurrences {
        1 => String::new(),
        n => format!(", {} runs", grouped(n)),
    };
    format!("{}{place}, run {index} (seed 0x{seed:016x}){times}: {said}", failure.kind)
}

/// The last events before the run was taken down.
fn last_events(finding: &Finding, most: usize) -> Vec<String> {
    /// So many of them are looked through: polls and wakes are among them, and rarely shown.
    const LOOKED_AT: usize = 4_000;
    let trace = finding.original.trace().raw();
    // At its end, a run cancels what is left and wakes whoever waits for that.
    let of_the_end = |line: &Line| matches!(line.event, Event::End | Event::Cancel | Event::Wake(_));
    let end =
        trace.events.iter().rposition(|line| !of_the_end(line)).map_or(trace.events.len(), |last| last + 1);
    let start = end.saturating_sub(LOOKED_AT);
    let (events, first) = (trace.events[start..end].to_vec(), trace.first + start as u32);
    let (tasks, nodes, marks) = (trace.tasks.clone(), trace.nodes.clone(), trace.marks.clone());
    let cut = Trace::from(RawTrace { mode: trace.mode, first, events, tasks, nodes, marks });
    let text = |level| cut.text(View::timeline().level(level).times(true).last(most));
    let level = if finding.failure.kind == FailureKind::StepLimit { Level::Sched } else { Level::Task };
    // Remarks of the layout stand in parentheses: how many events came before is not known here.
    text(level).lines().filter(|line| !line.starts_with('(')).map(str::to_owned).collect()
}

/// The first line of a text, as far as there is room.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn ordinal(number: u64) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{suffix}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::{grouped, ordinal, shortened};

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let all: Vec<_> = [0, 999, 1_000, 8_412, 1_234_567].map(grouped).into();
        assert_eq!(all, ["0", "999", "1,000", "8,412", "1,234,567"]);
    }

    #[test]
    fn ordinals_are_english() {
        let all: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 41, 112, 1_003].map(ordinal).into();
        assert_eq!(
            all,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "41st", "112th", "1,003rd"]
        );
    }

    #[test]
    fn long_lines_are_cut_between_letters() {
        assert_eq!(shortened("a\nb"), "a");
        let cut = shortened(&"é".repeat(500));
        assert_eq!(cut.chars().count(), super::WIDTH);
        assert!(cut.ends_with('…'));
    }
}
