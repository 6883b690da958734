//! A failure, made again where nothing was run before.
//!
//! Rim: it starts a process.

use crate::{
    child::{self, Scratch},
    exit::Trouble,
    package::Test,
    results::Found,
};
use std::sync::atomic::AtomicBool;

/// What became of a failure in a fresh process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Confirmed {
    /// It was not tried, or not to its end.
    NotTried,
    /// It failed in the same way.
    Yes,
    /// It did not: something outlives a run and changes the next. In words, what it did instead.
    Leak(String),
}

pub(super) fn confirm(
    scratch: &Scratch,
    number: usize,
    test: &Test,
    found: &Found,
    interrupted: &AtomicBool,
) -> Result<Confirmed, Trouble> {
    if found.kind == "nondeterminism" || found.kind == "harness" {
        // No token leads there again.
        return Ok(Confirmed::NotTried);
    }
    let variables = [("REENACT_REPLAY", found.given.clone()), ("REENACT_REGRESSIONS", "skip".to_owned())];
    let finished = child::start(scratch, number, test, &variables, false)?.wait()?;
    if super::is_interrupted(interrupted, &finished) {
        return Ok(Confirmed::NotTried);
    }
    Ok(match finished.said.found().next() {
        None if finished.death().is_some() => Confirmed::Leak(format!("died ({})", finished.status)),
        None => Confirmed::Leak("passed".to_owned()),
        Some(other) if other.is_like(found) => Confirmed::Yes,
        Some(other) if other.kind == "diverged" => Confirmed::Leak("went another way".to_owned()),
        Some(other) => Confirmed::Leak(format!("failed otherwise ({})", other.kind)),
    })
}
