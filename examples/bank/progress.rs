//! How far a sweep is: a bar on a terminal, else a line now and then.
//!
//! All clocks here are real ones. A run never sees them, so its course does not depend on them.

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

const BAR: &str = "  {wide_bar} {human_pos} of {human_len} seeds, {rate} seeds/s, {elapsed}";

pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    begun: Instant,
    /// How many seconds have had their line.
    lines: AtomicU64,
    seeds: u64,
}

impl Progress {
    pub(crate) fn new(seeds: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(seeds).with_style(style()));
        Progress { bar, begun: Instant::now(), lines: AtomicU64::new(0), seeds }
    }

    /// So many seeds are begun.
    pub(crate) fn reached(&self, seeds: u64) {
        if let Some(bar) = &self.bar {
            return bar.set_position(seeds);
        }
        let elapsed = self.begun.elapsed();
        // Of all threads, one writes the line of a second.
        if elapsed.as_secs() > self.lines.fetch_max(elapsed.as_secs(), Relaxed) {
            let rate = HumanCount(rate(seeds, elapsed));
            eprintln!("  {} of {} seeds, {rate} seeds/s", HumanCount(seeds), HumanCount(self.seeds));
        }
    }

    /// Takes the bar away; how long it all took.
    pub(crate) fn end(self) -> Duration {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.begun.elapsed()
    }
}

/// How many a second.
pub(crate) fn rate(count: u64, elapsed: Duration) -> u64 {
    (count as f64 / elapsed.as_secs_f64().max(1e-9)) as u64
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template(BAR)
        .expect("the template is fixed, and right")
        .with_key("rate", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            // A bar that cannot be written is not worth a panic.
            let _ = write!(out, "{}", HumanCount(rate(state.pos(), state.elapsed())));
        })
        .with_key("elapsed", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{:#}", HumanDuration(state.elapsed()));
        })
}
