//! Rows of a text, brought into columns.
//!
//! Pure. It aligns and counts; what stands in the cells was decided before.

use reenact_clock::Instant;
use std::fmt::Write;

/// A wider cell pushes its own line to the right, and no other.
const WIDEST: usize = 24;

/// One line before it is aligned; empty cells are left blank, and a column of them takes no room.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) at: Option<Instant>,
    pub(super) node: String,
    pub(super) task: String,
    pub(super) words: String,
}

/// Lines that are shown together: events by their index, packets by their place.
pub(super) struct Lane {
    /// What stands above them, each with its indentation.
    pub(super) headings: Vec<(usize, String)>,
    pub(super) indent: usize,
    pub(super) lines: Vec<usize>,
}

/// Appends rows, each with how often it stands for; `indent` blanks come before each.
pub(super) fn write(out: &mut String, rows: &[(Row, usize)], indent: usize) {
    let decimals = rows.iter().filter_map(|(row, _)| row.at).map(decimals).max().unwrap_or(0);
    let times: Vec<String> =
        rows.iter().map(|(row, _)| row.at.map_or_else(String::new, |at| time(at, decimals))).collect();
    let time_width = times.iter().map(String::len).max().unwrap_or(0);
    let node_width = width(rows.iter().map(|(row, _)| row.node.as_str()));
    let task_width = width(rows.iter().map(|(row, _)| row.task.as_str()));
    for ((row, count), time) in rows.iter().zip(&times) {
        out.extend(std::iter::repeat_n(' ', indent));
        if time_width > 0 {
            let _ = write!(out, "{time:>time_width$}  ");
        }
        for (cell, width) in [(&row.node, node_width), (&row.task, task_width)] {
            if width > 0 {
                let _ = write!(out, "{cell:<width$}  ");
            }
        }
        out.push_str(&row.words);
        if *count > 1 {
            let _ = write!(out, " ×{count}");
        }
        out.push('\n');
    }
}

fn width<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    cells.map(|cell| cell.chars().count()).filter(|&width| width <= WIDEST).max().unwrap_or(0)
}

/// How many decimals a time needs: 3, 6 or 9.
fn decimals(at: Instant) -> usize {
    match at.as_nanos() {
        _ if at == Instant::MAX => 3,
        nanos if nanos.is_multiple_of(1_000_000) => 3,
        nanos if nanos.is_multiple_of(1_000) => 6,
        _ => 9,
    }
}

/// A time with so many decimals, so that points stand below points.
fn time(at: Instant, decimals: usize) -> String {
    if at == Instant::MAX {
        return at.to_string();
    }
    let since = at.since_start();
    let fraction = format!("{:09}", since.subsec_nanos());
    format!("{}.{}s", since.as_secs(), &fraction[..decimals])
}
