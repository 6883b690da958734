//! `show`: a trace as text, or for another viewer.
//!
//! Rim: it reads and writes files. How a trace is laid out, `reenact` knows.

use crate::{
    arguments::{Arrangement, Closeness, Show},
    exit::{Exit, Trouble},
    print::print,
};
use reenact::trace::{Level, Recording, View};
use std::{fs, io::BufReader, path::Path, time::Duration};

/// Reads a trace: a file, or the directory that a failure left.
///
/// # Errors
///
/// If there is none, or it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Recording, Trouble> {
    let path = if path.is_dir() { path.join("trace.jsonl") } else { path.to_owned() };
    let trouble = |words: String| Trouble::usage(format!("{}: {words}", path.display()));
    let file = fs::File::open(&path).map_err(|error| trouble(error.to_string()))?;
    Recording::read(BufReader::with_capacity(1 << 16, file)).map_err(|error| trouble(error.to_string()))
}

pub(crate) fn show(asked: &Show) -> Result<Exit, Trouble> {
    let view = view(asked)?;
    let recording = read(&asked.trace)?;
    if let Some(file) = &asked.chrome {
        let written = fs::write(file, recording.chrome());
        written
            .map_err(|error| Trouble::harness(format!("{} cannot be written: {error}", file.display())))?;
        return Ok(Exit::Clean);
    }
    print(&recording.trace().text(view))?;
    Ok(Exit::Clean)
}

fn view(asked: &Show) -> Result<View, Trouble> {
    let mut view = match asked.view {
        Arrangement::PerNode => View::per_node(),
        Arrangement::Timeline => View::timeline(),
        Arrangement::Causal => View::causal(),
        Arrangement::Messages => View::messages(),
    };
    view = view.times(asked.times).level(match asked.level {
        Closeness::Fault => Level::Fault,
        Closeness::Net => Level::Net,
        Closeness::User => Level::User,
        Closeness::Task => Level::Task,
        Closeness::Sched => Level::Sched,
        Closeness::All => Level::All,
    });
    if !asked.nodes.is_empty() {
        view = view.nodes(&asked.nodes);
    }
    if !asked.kinds.is_empty() {
        view = view.kinds(&asked.kinds);
    }
    if let Some(text) = &asked.label {
        view = view.label(text);
    }
    if asked.from.is_some() || asked.to.is_some() {
        let from = asked.from.map_or(Ok(Duration::ZERO), seconds)?;
        view = view.window(from..asked.to.map_or(Ok(Duration::MAX), seconds)?);
    }
    if let Some(number) = asked.cone {
        view = view.cone(number);
    }
    if let Some(lines) = asked.last {
        view = view.last(lines);
    }
    if let Some(lines) = asked.limit {
        view = view.limit(lines);
    }
    Ok(view)
}

fn seconds(number: f64) -> Result<Duration, Trouble> {
    Duration::try_from_secs_f64(number).map_err(|_| Trouble::usage(format!("{number} s is no time of a run")))
}
