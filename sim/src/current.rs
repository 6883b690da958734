//! Who is running.
//!
//! Rim.

use crate::{context, id::TaskId};
use reenact_clock::Instant;
use std::sync::Arc;

/// The task that is running: its node, its name and its number.
///
/// ```
/// # mod reenact { pub use reenact_sim::{self as task, *}; }
/// # reenact_sim::doc(|| async {
/// let handle = reenact::spawn(async { reenact::task::current() });
/// let id = handle.id();
/// let who = handle.await.unwrap();
/// assert_eq!((who.id(), who.node(), who.name()), (id, "test", None));
/// # });
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Current {
    id: TaskId,
    node: Arc<str>,
    name: Option<Arc<String>>,
}

impl Current {
    /// Its number in this run.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// The node it runs on.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Its name, if it was given one; `main` for the main of a node or of the test.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.as_str())
    }
}

/// The task that is running. In a callback, which is no task, only the node is known.
///
/// ```
/// # mod reenact { pub use reenact_sim as task; }
/// # reenact_sim::doc(|| async {
/// let me = reenact::task::current();
/// assert_eq!((me.node(), me.name()), ("test", Some("main")));
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn current() -> Current {
    context::with("task::current", |world| {
        let core = &world.core;
        let id = core.actor.task;
        let name = if id == TaskId::NONE { None } else { core.tasks.cold[id.slot()].name.clone() };
        Current { id, node: core.nodes.get(core.actor.node).name.clone(), name }
    })
}

/// The time of this thread's run, and the node that acts; `None` outside a run.
#[doc(hidden)]
pub fn here() -> Option<(Instant, Arc<str>)> {
    context::try_with(|world| (world.core.now, world.core.nodes.get(world.core.actor.node).name.clone()))
}
