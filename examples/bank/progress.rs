//! How far a sweep is: a bar on a terminal, else a line now and then.
//!
//! Its clock is the real one, which a run never sees: no run's course depends on it.

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};
use std::{
    fmt::Write,
    io::IsTerminal,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

const TEMPLATE: &str = "  {wide_bar} {human_pos} of {human_len} seeds, {rate} seeds/s, {elapsed}";

pub(crate) struct Progress {
    bar: ProgressBar,
    seeds: u64,
    /// Where there is no bar: how many seconds have had their line.
    lines: AtomicU64,
}

impl Progress {
    pub(crate) fn new(seeds: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if terminal { ProgressBar::new(seeds).with_style(style()) } else { ProgressBar::hidden() };
        Progress { bar, seeds, lines: AtomicU64::new(0) }
    }

    /// So many seeds are begun.
    pub(crate) fn reached(&self, seeds: u64) {
        if !self.bar.is_hidden() {
            return self.bar.set_position(seeds);
        }
        let elapsed = self.bar.elapsed();
        // Of all threads, one writes the line of a second.
        if elapsed.as_secs() > self.lines.fetch_max(elapsed.as_secs(), Relaxed) {
            let [reached, all, rate] = [seeds, self.seeds, rate(seeds, elapsed)].map(HumanCount);
            eprintln!("  {reached} of {all} seeds, {rate} seeds/s");
        }
    }

    /// Takes the bar away; how long it all took.
    pub(crate) fn end(self) -> Duration {
        let elapsed = self.bar.elapsed();
        self.bar.finish_and_clear();
        elapsed
    }
}

/// How many a second.
pub(crate) fn rate(count: u64, elapsed: Duration) -> u64 {
    (count as f64 / elapsed.as_secs_f64().max(1e-9)) as u64
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template(TEMPLATE).expect("the template is fixed, and right");
    style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
        // A bar that cannot be written is not worth a panic.
        let _ = write!(out, "{}", HumanCount(rate(state.pos(), state.elapsed())));
    })
}
