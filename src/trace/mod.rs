//! What a run wrote down, as people read it.
//!
//! The machine writes events, each a [`Line`]; [`Trace::text`] lays them out as a [`View`] asks.
//! Comparing traces, files and terminals are the affair of others. All rooms here are pure.

// What is asked for.
mod level;
mod view;

// What things are called, and events in words.
mod printable;
mod actor;
mod cone;
mod ids;
mod names;
mod words;

mod decision;

// Words into lines.
mod columns;
mod selection;
mod messages;
mod causal;
mod text;

// Runs that are kept.
mod recording;
mod file;
mod chrome;
mod diff;

pub(crate) use decision::{Teller, Told};
pub use diff::{Diff, Origin, OtherChoice, Parting, Step, Verdict};
pub use file::ReadError;
pub use level::Level;
pub use recording::Recording;
pub use reenact_sim::{
    Event, Line, LossReason, Message, NodeId, NodeInfo, PacketKind, Place, TaskInfo, Trace as RawTrace,
    Transport, mark,
};
pub use view::View;

use reenact_clock::Instant;
use std::{fmt, sync::Arc};

/// A word of the user's in a trace: see [`Trace::marks`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark<'a> {
    /// Virtual time.
    pub at: Instant,
    /// The node.
    pub node: &'a str,
    /// The task; `None` in a callback.
    pub task: Option<String>,
    /// What was marked.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// The events of one run, with the names they refer to. A cheap handle: clones share the events.
///
/// Two traces are equal when all their events are. `{:?}` only counts them; [`text`](Trace::text)
/// shows them.
///
/// ```
/// use reenact::{Simulation, clock, trace::{self, Level, View}};
/// use std::time::Duration;
///
/// let run = Simulation::new(42).run(|sim| async move {
///     sim.node("db").start(|| async {
///         trace::mark("state", "recovering");
///         clock::sleep(Duration::from_secs(60)).await;
///     });
///     clock::sleep(Duration::from_secs(1)).await;
///     sim.node("db").crash();
/// });
/// let text = run.trace().text(View::per_node().level(Level::User));
/// assert_eq!(text, "\
/// test
///   end
///
/// db
///   start
///   mark state = recovering
///   crash
/// ");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Trace(Arc<RawTrace>);

impl Trace {
    /// The trace laid out as text, one event a line, each line ended by a line feed.
    ///
    /// Equal neighbouring lines are one, with `×` and their number behind it. Messages and
    /// connections are numbered in the order in which the text names them: `m1`, `m2`, `c1`. Remarks
    /// of the layout itself, such as how many events the view left out, stand in parentheses.
    pub fn text(&self, view: View) -> String {
        text::text(&self.0, &view)
    }

    /// One event by its number, on one line: when, where, who, what. `None` if it was not kept.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move { sim.node("db").start(|| async {}) });
    /// assert_eq!(run.trace().in_words(0).unwrap(), "t=0.000s test spawn main");
    /// ```
    pub fn in_words(&self, number: u32) -> Option<String> {
        text::in_words(&self.0, number)
    }

    /// The user's own words ([`mark`]), in order.
    ///
    /// ```
    /// use reenact::{Simulation, trace};
    ///
    /// let run = Simulation::new(1).run(|_sim| async { trace::mark("balance", 7) });
    /// let marks: Vec<_> = run.trace().marks().map(|mark| (mark.node, mark.name, mark.value)).collect();
    /// assert_eq!(marks, [("test", "balance", "7")]);
    /// ```
    pub fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        let raw = &*self.0;
        raw.events.iter().filter_map(move |line| {
            let Event::Mark(index) = line.event else { return None };
            let (name, value) = raw.marks.get(index as usize)?;
            Some(Mark {
                at: line.at,
                node: raw.node_name(line.node),
                task: raw.task_name(line.task),
                name,
                value,
            })
        })
    }

    /// The events that were kept, in order.
    ///
    /// ```
    /// use reenact::{Simulation, trace::Event};
    ///
    /// let run = Simulation::new(1).run(|sim| async move { sim.node("db").crash() });
    /// assert!(run.trace().lines().any(|line| line.event == Event::Crash));
    /// ```
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &Line> + DoubleEndedIterator {
        self.0.events.iter()
    }

    /// How many events were kept.
    pub fn len(&self) -> usize {
        self.0.events.len()
    }

    /// Whether no event was kept.
    pub fn is_empty(&self) -> bool {
        self.0.events.is_empty()
    }

    /// The machine's own trace, with its tables of tasks, nodes and marks.
    pub fn raw(&self) -> &RawTrace {
        &self.0
    }

    /// The same, to be kept without copying the events.
    pub(crate) fn shared(&self) -> Arc<RawTrace> {
        self.0.clone()
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RawTrace { mode, first, .. } = &*self.0;
        f.debug_struct("Trace")
            .field("mode", mode)
            .field("first", first)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl From<RawTrace> for Trace {
    fn from(raw: RawTrace) -> Self {
        Trace(Arc::new(raw))
    }
}

impl From<Arc<RawTrace>> for Trace {
    fn from(raw: Arc<RawTrace>) -> Self {
        Trace(raw)
    }
}
