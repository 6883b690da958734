//! A trace as a snapshot: what `assert_trace!` hands to insta.
//!
//! insta itself is the user's: the macro names it, and nothing here does. A text that nobody would read
//! is refused, with what would make it shorter.

use crate::{
    outcome::Outcome,
    trace::{Level, Trace, View},
};
use std::fmt::Write as _;

/// A longer snapshot is waved through by whoever should review it.
const LONGEST: usize = 400;
/// How many ways to shorten it are named.
const WAYS: usize = 4;

/// The text to be compared, and what goes with it.
#[doc(hidden)]
pub struct Snapshot {
    /// The trace in its view.
    pub text: String,
    /// Seed, digest and view.
    pub info: [(&'static str, String); 3],
}

/// The trace of a run as a snapshot.
///
/// # Panics
///
/// If it is longer than 400 lines, if the run kept no events, inside a run.
#[doc(hidden)]
#[track_caller]
pub fn snapshot<T>(run: &Outcome<T>, view: View) -> Snapshot {
    assert!(
        reenact_sim::try_with(|_| ()).is_none(),
        "`assert_trace!` was called inside a simulation: call it from an ordinary test, with the outcome of one run"
    );
    let trace = run.trace();
    let text = trace.text(view.clone());
    let lines = text.lines().count();
    assert!(lines <= LONGEST, "{}", too_long(trace, &view, lines));
    let (seed, digest) = (format!("0x{:016x}", run.seed), format!("{:016x}", run.digest()));
    Snapshot { text, info: [("seed", seed), ("digest", digest), ("view", view.to_string())] }
}

/// That a snapshot is too long, with the filters that would shrink it most.
fn too_long(trace: &Trace, view: &View, lines: usize) -> String {
    let mut ways: Vec<(usize, String)> = Vec::new();
    let mut way = |name: String, view: View| {
        let shorter = trace.text(view).lines().count();
        if shorter < lines {
            ways.push((shorter, name));
        }
    };
    for level in [Level::Fault, Level::Net, Level::User, Level::Task, Level::Sched] {
        way(format!(".level(Level::{level:?})"), view.clone().level(level));
    }
    let names: Vec<&str> = trace.raw().nodes.iter().map(|node| &*node.name).collect();
    for name in names.iter().take(16) {
        way(format!(".nodes(&[{name:?}])"), view.clone().nodes(&[name]));
        let others: Vec<&&str> = names.iter().filter(|other| *other != name).collect();
        way(format!(".nodes(…) without {name:?}"), view.clone().nodes(&others));
    }
    way(".last(20)".to_owned(), view.clone().last(20));
    ways.sort();
    let mut text = format!(
        "this snapshot of {view} would have {lines} lines; nobody reviews more than {LONGEST}: show less of it"
    );
    for (lines, name) in ways.iter().take(WAYS) {
        let lines = if *lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
        let _ = write!(text, "\n  {name} leaves {lines}");
    }
    text
}

/// Compares the trace of a run, laid out by a [`View`](crate::trace::View), with a snapshot that was
/// reviewed before: what the run did becomes part of the test.
///
/// It takes an [`Outcome`](crate::Outcome) and a view, in an ordinary `#[test]` of a crate that depends
/// on [insta]. The snapshot is named after the test. With it are kept the seed, the digest and the view,
/// which `cargo insta review` shows beside the difference.
///
/// ```
/// use reenact::{Simulation, trace::{View, mark}};
///
/// // A #[test].
/// fn the_db_recovers() {
///     let run = Simulation::new(7).run(|sim| async move {
///         let db = sim.node("db");
///         db.start(|| async { mark("state", "recovering") });
///         db.crash();
///         db.restart();
///     });
///     reenact::assert_trace!(run, View::per_node());
/// }
/// ```
///
/// One seed is one snapshot: a sweep has no trace to compare, and a loop over seeds would make one
/// snapshot for each.
///
/// # Panics
///
/// If the trace differs from the snapshot, or there is none yet; if its text has more than 400 lines (the
/// message names the filters that shrink it most); if the run kept no events; inside a simulation.
///
/// [insta]: https://insta.rs
#[macro_export]
macro_rules! assert_trace {
    ($run:expr, $view:expr $(,)?) => {{
        let snapshot = $crate::__private::snapshot(&$run, $view);
        let mut settings = ::insta::Settings::clone_current();
        settings.set_raw_info(&::insta::internals::Content::Map(
            snapshot
                .info
                .iter()
                .map(|(name, value)| {
                    (
                        ::insta::internals::Content::String(::std::string::String::from(*name)),
                        ::insta::internals::Content::String(::std::clone::Clone::clone(value)),
                    )
                })
                .collect(),
        ));
        settings.set_omit_expression(true);
        let _settings = settings.bind_to_scope();
        ::insta::assert_snapshot!(snapshot.text);
    }};
}
