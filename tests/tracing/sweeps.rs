//! Sweeps, which run on threads of their own.

use reenact::{
    Check, draw,
    trace::{Level, View},
};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tracing::{info, subscriber::with_default};
use tracing_subscriber::{layer::Context, prelude::*};

/// Counts what it hears.
struct Counts<'a>(&'a AtomicU32);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Counts<'static> {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn the_trace_of_a_finding_has_what_was_said() {
    let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
    let report = with_default(subscriber, || {
        Check::new("says").seeds(100).jobs(2).report(|_sim| async {
            let number = draw::below(10);
            info!(target: "draws", number);
            assert_ne!(number, 7);
        })
    });
    let text =
        report.findings()[0].shrunk().trace().text(View::timeline().level(Level::User).kinds(&["log"]));
    assert_eq!(text, "test  log INFO draws: number=7\n");
}

#[test]
#[expect(clippy::disallowed_types, reason = "what is drawn for it is what this is about")]
fn all_threads_that_work_for_a_test_have_its_subscriber() {
    static HEARD: AtomicU32 = AtomicU32::new(0);
    static SAID: AtomicU32 = AtomicU32::new(0);
    let subscriber = tracing_subscriber::registry().with(Counts(&HEARD));
    let report = with_default(subscriber, || {
        Check::new("counts").seeds(200).jobs(4).determinism(3).report(|_sim| async {
            // Whoever makes a map gets a fresh thread for the next run.
            let map = std::collections::HashMap::from([(1, 2)]);
            SAID.fetch_add(1, Relaxed);
            info!(?map);
        })
    });
    assert!(report.passed());
    assert!(SAID.load(Relaxed) > 200);
    assert_eq!(HEARD.load(Relaxed), SAID.load(Relaxed));
}
