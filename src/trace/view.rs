//! What to show of a trace, and in which arrangement: the options of its text.
//!
//! Pure data. Laying out is in `text.rs`.

use super::level::Level;
use std::{fmt, ops::Range, time::Duration};

/// How the events are arranged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    /// A lane for each node, one after another.
    PerNode,
    /// As they happened.
    Timeline,
    /// By who did them, whatever ran between.
    Causal,
    /// A line for each packet.
    Messages,
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
    pub(super) kinds: Option<Vec<String>>,
    pub(super) label: Option<String>,
    pub(super) window: Option<(Duration, Duration)>,
    pub(super) cone: Option<u32>,
    pub(super) times: bool,
    pub(super) limit: Option<usize>,
    pub(super) last: Option<usize>,
}

impl View {
    fn new(order: Order) -> Self {
        View {
            order,
            level: Level::default(),
            nodes: None,
            kinds: None,
            label: None,
            window: None,
            cone: None,
            times: false,
            limit: None,
            last: None,
        }
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

    /// Who did what, whatever ran between: for each node what happened to its host, what each task did,
    /// what callbacks did, and what came in from each peer. Children stand after the task that spawned
    /// them and are named after it: `main.2` is the second unnamed child of `main`. Nodes are sorted by
    /// name, messages and connections are numbered for each two nodes apart, and addresses are left out.
    ///
    /// So runs that differ only in the order of independent events have the same text, and what one
    /// node did reads the same whatever is added elsewhere: the view for snapshots that are to last.
    ///
    /// ```
    /// use reenact::{Simulation, clock, trace::{Level, View, mark}};
    /// use std::time::Duration;
    ///
    /// let run = |seed, pause| Simulation::new(seed).run(move |sim| async move {
    ///     let quick = sim.node("a").spawn(async { mark("quick", "") });
    ///     let slow = sim.node("a").spawn(async move {
    ///         clock::sleep(Duration::from_millis(pause)).await;
    ///         mark("slow", "")
    ///     });
    ///     let _ = (quick.await, slow.await);
    /// });
    /// let view = || View::causal().level(Level::User).nodes(&["a"]);
    /// let text = run(1, 5).trace().text(view());
    /// assert_eq!(text, "\
    /// a
    ///   main.1
    ///     mark quick
    ///   main.2
    ///     mark slow
    /// ");
    /// assert_eq!(run(2, 0).trace().text(view()), text);
    /// ```
    pub fn causal() -> Self {
        View::new(Order::Causal)
    }

    /// A line for each packet, in the order in which they were sent: between whom, what, and what became
    /// of it. With [`Level::Fault`], only those that were lost, came twice or never came.
    ///
    /// ```
    /// use reenact::{Simulation, net::UdpSocket, trace::View};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db");
    ///     let socket = UdpSocket::bind("0.0.0.0:0").await?;
    ///     socket.send_to(b"hi", "db:1").await?;
    ///     reenact::clock::sleep(std::time::Duration::from_secs(1)).await;
    ///     std::io::Result::Ok(())
    /// });
    /// assert_eq!(run.trace().text(View::messages()), "test -> db  m1 datagram 2 B #4ee1  lost (no socket)\n");
    /// ```
    pub fn messages() -> Self {
        View::new(Order::Messages)
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

    /// Shows only events of these kinds: `send`, `recv`, `lost`, `crash`, `mark`, `spawn`, … as they begin
    /// in a text (`timer-set`, `timer-fired`, `callback-set` with a hyphen); or events about packets of
    /// these kinds: `datagram`, `data`, `syn`, ….
    ///
    /// ```
    /// # use reenact::{Simulation, trace::View};
    /// # let run = Simulation::new(1).run(|sim| async move { sim.node("db").crash() });
    /// assert_eq!(run.trace().text(View::timeline().kinds(&["end"])), "test  end\n");
    /// ```
    pub fn kinds<S: AsRef<str>>(mut self, kinds: &[S]) -> Self {
        self.kinds = Some(kinds.iter().map(|kind| kind.as_ref().to_owned()).collect());
        self
    }

    /// Shows only lines in which this text occurs: the name of a mark or a task, a value, a hash.
    ///
    /// ```
    /// # use reenact::{Simulation, trace::{Level, View, mark}};
    /// # let run = Simulation::new(1).run(|_| async { mark("leader", "n1"); mark("term", 4) });
    /// let view = View::timeline().level(Level::User).label("leader");
    /// assert_eq!(run.trace().text(view), "test  mark leader = n1\n");
    /// ```
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Shows only what happened in this span of virtual time, since the beginning of the run.
    ///
    /// ```
    /// # use reenact::{Simulation, clock, trace::{Level, View, mark}};
    /// use std::time::Duration;
    /// # let run = Simulation::new(1).run(|_| async { mark("a", ""); clock::sleep(Duration::from_secs(5)).await; mark("b", "") });
    /// let view = View::timeline().level(Level::User).window(Duration::ZERO..Duration::from_secs(5));
    /// assert_eq!(run.trace().text(view), "test  mark a\n");
    /// ```
    pub fn window(mut self, span: Range<Duration>) -> Self {
        self.window = Some((span.start, span.end));
        self
    }

    /// Shows only the event of this number, what led to it, and what it led to.
    ///
    /// ```
    /// use reenact::{Simulation, trace::{Event, Level, View, mark}};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("a").spawn(async { mark("one", "") });
    ///     sim.node("b").spawn(async { mark("other", "") }).await
    /// });
    /// let number = run.trace().lines().position(|line| line.event == Event::Mark(0)).unwrap() as u32;
    /// let text = run.trace().text(View::timeline().level(Level::User).cone(number));
    /// assert!(text.contains("mark one") != text.contains("mark other"), "{text}");
    /// ```
    pub fn cone(mut self, number: u32) -> Self {
        self.cone = Some(number);
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

    /// Whether there is a column for the task that acted.
    pub(super) fn shows_tasks(&self) -> bool {
        self.level >= Level::Task && self.order != Order::Causal
    }
}

/// The code that makes the view.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.order {
            Order::PerNode => "per_node",
            Order::Timeline => "timeline",
            Order::Causal => "causal",
            Order::Messages => "messages",
        };
        write!(f, "View::{order}()")?;
        if self.level != Level::default() {
            write!(f, ".level(Level::{:?})", self.level)?;
        }
        if let Some(nodes) = &self.nodes {
            write!(f, ".nodes(&{nodes:?})")?;
        }
        if let Some(kinds) = &self.kinds {
            write!(f, ".kinds(&{kinds:?})")?;
        }
        if let Some(label) = &self.label {
            write!(f, ".label({label:?})")?;
        }
        if let Some((from, to)) = self.window {
            write!(f, ".window({from:?}..{to:?})")?;
        }
        if let Some(number) = self.cone {
            write!(f, ".cone({number})")?;
        }
        if self.times {
            f.write_str(".times(true)")?;
        }
        if let Some(lines) = self.limit {
            write!(f, ".limit({lines})")?;
        }
        if let Some(lines) = self.last {
            write!(f, ".last({lines})")?;
        }
        Ok(())
    }
}

/// [`View::per_node`].
impl Default for View {
    fn default() -> Self {
        View::per_node()
    }
}
