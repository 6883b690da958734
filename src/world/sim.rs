//! The handle of the run.
//!
//! Rim.

use super::{net::NetHandle, node::Node};
use crate::faults::{Calm, FaultsHandle};
use reenact_sim as machine;
use std::time::Duration;

/// The simulation that is going on: makes nodes, and knows the time.
///
/// A cheap handle; clone it into tasks and closures.
///
/// ```
/// use reenact::{Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let nap = sim.node("sleeper").spawn(clock::sleep(Duration::from_secs(3600)));
///     let sim = sim.clone();
///     sim.node("watcher").spawn(async move {
///         nap.await.unwrap();
///         assert_eq!(sim.elapsed(), Duration::from_secs(3600));
///     }).await.unwrap();
/// });
/// run.unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Sim {
    run: u64,
}

impl Sim {
    #[track_caller]
    pub(crate) fn new() -> Self {
        Sim { run: machine::with("Sim::current", |world| world.core.run_id()) }
    }

    /// The run this is called in.
    ///
    /// ```
    /// use reenact::{Sim, Simulation};
    ///
    /// let run = Simulation::new(1).run(|_sim| async {
    ///     // As deep in the code under test as you like:
    ///     fn seed() -> u64 {
    ///         Sim::current().seed()
    ///     }
    ///     assert_eq!(seed(), 1);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn current() -> Self {
        Sim::new()
    }

    /// The node of this name; it is created if there is none. Its host is up, and has no process
    /// until one is [started](Node::start) or spawned.
    ///
    /// ```
    /// use reenact::{NodeState, Simulation};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let db = sim.node("db");
    ///     assert_eq!(db.state(), NodeState::Created);
    ///     db.crash();
    ///     assert_eq!(sim.node("db").state(), NodeState::Crashed, "the same node");
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run, and for names that cannot be part of an address: the empty name, names with
    /// `:`, `/` or control characters, and those that are addresses already, as `10.0.0.1` and
    /// `localhost`.
    #[track_caller]
    pub fn node(&self, name: impl Into<String>) -> Node {
        let name = name.into();
        let wrong = |c: char| c == ':' || c == '/' || c.is_control();
        assert!(
            !name.is_empty() && !name.contains(wrong),
            "`{}` cannot be the name of a node: it must not be empty or contain `:`, `/` or control characters, since names are used in addresses",
            name.escape_debug()
        );
        assert!(
            !reenact_net::is_reserved(&name),
            "`{name}` cannot be the name of a node: it means an address already, so the node would never be reached by it; give it a name of its own, such as `node-1`"
        );
        let (id, known) = self.with("Sim::node", |world| {
            let id = world.core.node(&name);
            (id, world.core.shared_name(id))
        });
        // Who is dead makes no node, and gets another one, with which it can do nothing.
        Node::new(id, self.run, if *known == *name { known } else { name.into() })
    }

    /// All nodes, in the order in which they were created; the first is `test`.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     for i in 0..2 {
    ///         sim.node(format!("replica-{i}"));
    ///     }
    ///     let names: Vec<_> = sim.nodes().iter().map(|node| node.name().to_owned()).collect();
    ///     assert_eq!(names, ["test", "replica-0", "replica-1"]);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn nodes(&self) -> Vec<Node> {
        let names: Vec<String> = self.with("Sim::nodes", |world| {
            let core = &world.core;
            (0..core.node_count() as u32).map(|id| core.node_name(machine::NodeId(id)).to_owned()).collect()
        });
        names.into_iter().map(|name| self.node(name)).collect()
    }

    /// The nodes of a group, in the order in which they were created; see [`Node::group`].
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn group(&self, name: impl AsRef<str>) -> Vec<Node> {
        let mut nodes = self.nodes();
        self.with("Sim::group", |world| {
            nodes.retain(|node| world.core.group(node.id()) == Some(name.as_ref()));
        });
        nodes
    }

    /// The network between the nodes.
    ///
    /// ```
    /// use reenact::{Simulation, net::Config};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     // Worse weather from now on.
    ///     sim.net().config(Config::lossy());
    /// });
    /// run.unwrap();
    /// ```
    pub fn net(&self) -> NetHandle {
        NetHandle::new(self.run)
    }

    /// The faults of this run, to be started and stopped by the test.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn faults(&self) -> FaultsHandle {
        self.with("Sim::faults", |_| ());
        FaultsHandle::new(self.run)
    }

    /// Ends the chaos: no fault comes any more, and the world is healed, but for a few nodes that stay
    /// behind as they are, down or cut off: no more than the system is to survive
    /// ([`Faults::tolerate`](crate::Faults::tolerate)). What it returns demands that the others make progress.
    ///
    /// ```
    /// use reenact::{Faults, Simulation, clock};
    /// use std::{cell::Cell, rc::Rc, time::Duration};
    ///
    /// let run = Simulation::new(1).faults(Faults::swarm()).run(|sim| async move {
    ///     let beats = Rc::new(Cell::new(0));
    ///     for i in 1..=3 {
    ///         let beats = beats.clone();
    ///         sim.node(format!("n{i}")).start(move || {
    ///             let beats = beats.clone();
    ///             async move {
    ///                 loop {
    ///                     clock::sleep(Duration::from_secs(1)).await;
    ///                     beats.set(beats.get() + 1);
    ///                 }
    ///             }
    ///         });
    ///     }
    ///     clock::sleep(Duration::from_secs(60)).await;
    ///     let calm = sim.calm().within(Duration::from_secs(10));
    ///     let before = beats.get();
    ///     calm.until(|| if beats.get() > before { Ok(()) } else { Err("no heart beats".to_owned()) }).await;
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn calm(&self) -> Calm {
        self.with("Sim::calm", |_| ());
        Calm::begin()
    }

    /// From now on looks at `f` after each step that ran user code, in the order in which invariants
    /// were set; the first `Err` fails the run as [`Invariant`](crate::FailureKind::Invariant). It sees
    /// the world between two steps, and only looks: what it does has no effect.
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation, clock};
    /// use std::{cell::Cell, rc::Rc, time::Duration};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let leaders = Rc::new(Cell::new(0));
    ///     let seen = leaders.clone();
    ///     sim.invariant("at most one leader", move || match seen.get() {
    ///         0 | 1 => Ok(()),
    ///         n => Err(format!("{n} nodes lead")),
    ///     });
    ///     for _ in 0..2 {
    ///         leaders.set(leaders.get() + 1);
    ///         clock::sleep(Duration::from_secs(1)).await;
    ///     }
    /// });
    /// let failure = run.result.unwrap_err();
    /// assert_eq!(failure.kind, FailureKind::Invariant);
    /// assert_eq!(failure.message, "`at most one leader` does not hold: 2 nodes lead");
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn invariant(&self, name: impl Into<String>, f: impl FnMut() -> Result<(), String> + 'static) {
        self.with("Sim::invariant", |_| ());
        machine::invariant(name.into(), f);
    }

    /// The seed of the run.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.seed()
    /// });
    /// assert_eq!(run.unwrap(), 1);
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn seed(&self) -> u64 {
        self.with("Sim::seed", |world| world.core.seed())
    }

    /// Virtual time since the run began, on the world's own clock.
    ///
    /// ```
    /// use reenact::{Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     clock::sleep(Duration::from_millis(250)).await;
    ///     assert_eq!(sim.elapsed(), Duration::from_millis(250));
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        self.with("Sim::elapsed", |world| world.core.now().since_start())
    }

    #[track_caller]
    fn with<R>(&self, what: &str, f: impl FnOnce(&mut machine::World) -> R) -> R {
        machine::with_own(what, "Sim", self.run, f)
    }
}
