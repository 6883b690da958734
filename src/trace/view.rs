//! What to show of a trace, and in which arrangement: the options of its text.
//!
//! Pure data. Laying out is in `text.rs`.

use super::level::Level;
use reenact_sim::{Line, Trace};

/// How the events are arranged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    /// A lane for each node, one after another.
    PerNode,
    /// As they happened.
    Timeline,
}

/// Which events of a trace to show, and how: for [`Trace::text`](super::Trace::text).
///
/// ```
/// use reenact::{Simulation, trace::{Level, View}};
///
/// let run = Simulation::new(1).run(|_| async {
///     reenact::spawn(async {}).await
/// });
/// let view = View::timeline().level(Level::Task).times(true);
/// assert_eq!(run.trace().text(view), "\
/// 0.000s  test        spawn main
/// 0.000s  test  main  spawn #1
/// 0.000s  test  #1    finish
/// 0.000s  test  main  finish
/// 0.000s  test        end
/// ");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a view does nothing until a trace is laid out by it"]
pub struct View {
    pub(super) order: Order,
    pub(super) level: Level,
    pub(super) nodes: Option<Vec<String>>,
    pub(super) times: bool,
    pub(super) limit: Option<usize>,
    pub(super) last: Option<usize>,
}

impl View {
    fn new(order: Order) -> Self {
        View { order, level: Level::default(), nodes: None, times: false, limit: None, last: None }
    }

    /// The nodes one after another, each with what happened on it: a sent packet stands with its
    /// sender, one that arrived with its receiver. What one node did reads the same however its
    /// doings were interleaved with those of others, so this is the view for snapshots.
    pub fn per_node() -> Self {
        View::new(Order::PerNode)
    }

    /// Everything in the order in which it happened, with a column of nodes.
    pub fn timeline() -> Self {
        View::new(Order::Timeline)
    }

    /// How closely to look; [`Level::Net`] unless told otherwise. From [`Level::Task`] on, a column
    /// names the task that acted.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Shows only what happened on the nodes of these names.
    ///
    /// ```
    /// # use reenact::{Simulation, trace::View};
    /// # let run = Simulation::new(1).run(|sim| async move { sim.node("db").crash() });
    /// assert_eq!(run.trace().text(View::per_node().nodes(&["db"])), "db\n  crash\n");
    /// ```
    pub fn nodes<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        self.nodes = Some(names.iter().map(|name| name.as_ref().to_owned()).collect());
        self
    }

    /// Whether to show virtual times, in a column of their own. They are left out unless asked for,
    /// since a snapshot with times changes with every latency. What a timer waits for is a span, not
    /// a time, and is always shown.
    pub fn times(mut self, shown: bool) -> Self {
        self.times = shown;
        self
    }

    /// Ends the text after so many lines of events, and says how many more there are.
    ///
    /// ```
    /// # use reenact::{Simulation, trace::View};
    /// # let run = Simulation::new(1).run(|sim| async move { sim.node("db").crash() });
    /// assert_eq!(run.trace().text(View::timeline().limit(1)), "db  crash\n(1 more line)\n");
    /// ```
    pub fn limit(mut self, lines: usize) -> Self {
        self.limit = Some(lines);
        self
    }

    /// Shows only the last so many lines, of each node in [`per_node`](View::per_node), and says how
    /// many events of this view came before.
    ///
    /// ```
    /// # use reenact::{Simulation, trace::View};
    /// # let run = Simulation::new(1).run(|sim| async move { sim.node("db").crash() });
    /// assert_eq!(run.trace().text(View::timeline().last(1)), "(1 earlier event)\ntest  end\n");
    /// ```
    pub fn last(mut self, lines: usize) -> Self {
        self.last = Some(lines);
        self
    }

    /// Whether a line is to be shown.
    pub(super) fn shows(&self, trace: &Trace, line: &Line) -> bool {
        let named = |names: &Vec<String>| names.iter().any(|name| name == trace.node_name(line.node));
        Level::of(&line.event) <= self.level && self.nodes.as_ref().is_none_or(named)
    }

    /// Whether there is a column for the task that acted.
    pub(super) fn shows_tasks(&self) -> bool {
        self.level >= Level::Task
    }
}

/// [`View::per_node`].
impl Default for View {
    fn default() -> Self {
        View::per_node()
    }
}
