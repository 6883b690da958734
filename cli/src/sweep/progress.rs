//! How far a sweep is: a bar on a terminal, else a line now and then.
//!
//! Rim.

use super::Tested;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

/// How long it is silent without a terminal.
const SILENCE: Duration = Duration::from_secs(10);

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    begin: Instant,
    said: Instant,
    tests: usize,
}

impl Progress {
    pub(super) fn new(tests: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed} {bar:30} {pos}/{len} tests  {msg}");
            let bar = ProgressBar::new(tests as u64);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        let now = Instant::now();
        Progress { bar, begin: now, said: now, tests }
    }

    /// Shows how far it is; `going` runs are of processes that have not ended.
    pub(super) fn show(&mut self, tested: &[Tested], going: u64) {
        if self.bar.is_none() && self.said.elapsed() < SILENCE {
            return;
        }
        let runs = tested.iter().map(|tested| tested.runs).sum::<u64>() + going;
        let failing = tested.iter().filter(|tested| !tested.found.is_empty()).count();
        let known = tested.iter().filter(|tested| tested.is_done() || !tested.ends.is_empty()).count();
        let rate = runs as f64 / self.begin.elapsed().as_secs_f64().max(0.001);
        let words = format!("{runs} runs, {rate:.0} a second, {failing} failing");
        match &self.bar {
            Some(bar) => {
                bar.set_position(known as u64);
                bar.set_message(words);
                bar.tick();
            }
            None => {
                eprintln!("reenact: {known} of {} tests, {words}", self.tests);
                self.said = Instant::now();
            }
        }
    }

    pub(super) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
