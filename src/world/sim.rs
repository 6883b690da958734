//! The handle of the run.

use super::{net::NetHandle, node::Node};
use reenact_sim as machine;
use std::time::Duration;

/// The simulation that is going on: makes nodes, and knows the time.
///
/// A cheap handle; clone it into tasks and closures.
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
    /// # Panics
    ///
    /// In another run, and for names that cannot be part of an address: the empty name, and names
    /// with `:`, `/` or control characters.
    #[track_caller]
    pub fn node(&self, name: impl Into<String>) -> Node {
        let name = name.into();
        let wrong = |c: char| c == ':' || c == '/' || c.is_control();
        assert!(
            !name.is_empty() && !name.contains(wrong),
            "`{}` cannot be the name of a node: it must not be empty or contain `:`, `/` or control characters, since names are used in addresses",
            name.escape_debug()
        );
        let id = self.with("Sim::node", |world| world.core.node(&name));
        Node::new(id, self.run, name.into())
    }

    /// All nodes, in the order in which they were created; the first is `test`.
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

    /// The network between the nodes.
    pub fn net(&self) -> NetHandle {
        NetHandle::new(self.run)
    }

    /// The seed of the run.
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
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        self.with("Sim::elapsed", |world| world.core.now().since_start())
    }

    #[track_caller]
    fn with<R>(&self, what: &str, f: impl FnOnce(&mut machine::World) -> R) -> R {
        machine::with(what, |world| {
            machine::same_run("Sim", self.run, &world.core);
            f(world)
        })
    }
}
