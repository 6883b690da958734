//! Appends results to the file of `REENACT_REPORT`.
//!
//! Rim. The lines are made in `result`. A file that cannot be written is a remark and no failure of the test.

use super::{report::Report, result::Whose};
use crate::env;
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Who tells a watching program of a sweep, if one watches.
pub(super) struct Reported<'a> {
    whose: Whose<'a>,
    file: Option<&'a str>,
    elapsed: Box<dyn Fn() -> Duration + Sync>,
    runs: AtomicU64,
    seconds: AtomicU64,
}

impl<'a> Reported<'a> {
    /// A sweep begins.
    pub(super) fn begin(whose: Whose<'a>, file: Option<&'a str>) -> Self {
        let (runs, seconds) = (AtomicU64::new(0), AtomicU64::new(0));
        let reported = Reported { whose, file, elapsed: Box::new(env::stopwatch()), runs, seconds };
        if let Err(why) = reported.append(|| whose.begin()) {
            env::announce(&format!("reenact: {}: {why}", whose.test));
        }
        reported
    }

    /// The test.
    pub(super) fn test(&self) -> &'a str {
        self.whose.test
    }

    /// A run begins.
    pub(super) fn begins(&self) {
        if self.file.is_none() {
            return;
        }
        let runs = self.runs.fetch_add(1, Relaxed) + 1;
        let seconds = (self.elapsed)().as_secs();
        if self.seconds.fetch_max(seconds, Relaxed) < seconds {
            // What cannot be written was said at the beginning.
            let _ = self.append(|| self.whose.progress(runs));
        }
    }

    /// The sweep has ended.
    pub(super) fn end(&self, report: &Report, replay: Option<&str>, open: Option<&str>, notes: &[String]) {
        let _ = self.append(|| self.whose.end(report, replay, open, notes));
    }

    fn append(&self, line: impl FnOnce() -> String) -> Result<(), String> {
        let Some(file) = self.file else { return Ok(()) };
        let refused = |error| format!("{file}, named in REENACT_REPORT, cannot be written: {error}");
        env::append(file, &line()).map_err(refused)
    }
}
