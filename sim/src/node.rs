//! The table of nodes: names, states, lives.
//!
//! Seam: a node's factory is kept here as data. What starting and ending a node does lives in
//! `life.rs`.

use crate::{
    hash,
    id::{NodeId, TaskId},
    task::NO_SLOT,
};
use std::{future::Future, panic::Location, pin::Pin, rc::Rc, sync::Arc};

/// Whether a node's host and process are there.
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::NodeState;
///
/// assert!(NodeState::Running.is_alive());
/// // A process that was killed leaves a host that refuses connections.
/// assert!(!NodeState::Killed.is_alive() && NodeState::Killed.host_is_up());
/// assert!(!NodeState::Crashed.host_is_up());
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum NodeState {
    /// The host is up; no main was started yet. Tasks may be spawned on it.
    #[default]
    Created,
    /// Its main runs.
    Running,
    /// The process stands still, as after SIGSTOP; the host is up.
    Paused,
    /// The process ended in order; the host is up.
    Stopped,
    /// The process was killed; the host is up.
    Killed,
    /// The host lost power: nothing answers.
    Crashed,
}

impl NodeState {
    /// Whether tasks can live on it.
    pub fn is_alive(self) -> bool {
        matches!(self, NodeState::Created | NodeState::Running | NodeState::Paused)
    }

    /// Whether its host answers the network.
    pub fn host_is_up(self) -> bool {
        self != NodeState::Crashed
    }
}

/// How the life of a node's process ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Down {
    /// In order: main returned, or `stop()`. What was written still goes out.
    Stop,
    /// The process dies, the host answers for it.
    Kill,
    /// Power loss: silence.
    Crash,
}

/// What a panic in a task of a node, or an `Err` of its main, leads to.
///
/// ```
/// # use reenact_sim::{self as reenact, NodeId, OnPanic};
/// # reenact_sim::doc(|| async {
/// # reenact_sim::with("doc", |world| world.core.set_on_panic(NodeId::TEST, OnPanic::Catch));
/// // On a node with `OnPanic::Catch`:
/// let error = reenact::spawn(async { assert_eq!(1 + 1, 3) }).await.unwrap_err();
/// assert!(error.is_panic(), "and the run goes on");
/// # });
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OnPanic {
    /// The run fails.
    #[default]
    Fail,
    /// The task ends; whoever joins it gets a `JoinError`.
    Catch,
    /// The node crashes. On node `test`, which cannot, the run fails.
    Crash,
    /// The node is killed and started again. On node `test`, which cannot be, the run fails.
    Restart,
}

/// What a node's main came to: nothing, or the error it returned, in words.
pub(crate) type MainResult = Result<(), String>;

/// Makes a node's main, at each start.
pub(crate) type Factory = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = MainResult>>>>;

/// What comes late on a node that stands still.
#[derive(Clone, Copy)]
pub(crate) enum Late {
    /// A task that became ready.
    Task(TaskId),
    /// A callback that was due, by its place and generation.
    Callback(u32, u32),
}

/// A node.
pub(crate) struct Node {
    pub(crate) name: Arc<str>,
    /// A hash of its name.
    pub(crate) name_key: u64,
    /// The stable identity of this life of it.
    pub(crate) key: u64,
    pub(crate) state: NodeState,
    /// Whether its process stands still, and what came meanwhile, in order.
    pub(crate) paused: bool,
    pub(crate) late: Vec<Late>,
    pub(crate) on_panic: OnPanic,
    /// The nodes of one name fail together.
    pub(crate) group: Option<Arc<str>>,
    /// What is told when its data are lost.
    pub(crate) losses: Vec<Rc<dyn Fn()>>,
    /// The number of its life: 0 until it has been started a second time.
    pub(crate) incarnation: u32,
    /// What makes its main, and where that was given.
    pub(crate) factory: Option<(Factory, &'static Location<'static>)>,
    pub(crate) main: TaskId,
    /// Its living tasks, in the order in which they were spawned.
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// How many tasks it has had in all its lives.
    pub(crate) tasks: u32,
}

impl Node {
    /// Begins another life.
    pub(crate) fn reincarnate(&mut self) {
        self.incarnation += 1;
        self.key = hash::combine(self.name_key, self.incarnation as u64);
    }
}

/// Where a name that no node has would stand among the others.
pub(crate) struct Gap {
    place: usize,
    key: u64,
}

/// All nodes of a run.
#[derive(Default)]
pub(crate) struct Nodes {
    list: Vec<Node>,
    /// In the order of the hashes of their names, which come first: to compare names is slower.
    by_name: Vec<(u64, NodeId)>,
}

impl Nodes {
    /// Forgets all; the caller has taken the factories out.
    pub(crate) fn reset(&mut self) {
        self.list.clear();
        self.by_name.clear();
    }

    /// The node of a name, or the place for one.
    pub(crate) fn find(&self, name: &str) -> Result<NodeId, Gap> {
        let key = hash::bytes(name.as_bytes());
        let place = self.by_name.partition_point(|&(other, _)| other < key);
        let mut same = self.by_name[place..].iter().take_while(|&&(other, _)| other == key);
        match same.find(|(_, id)| *self.list[id.index()].name == *name) {
            Some(&(_, id)) => Ok(id),
            None => Err(Gap { place, key }),
        }
    }

    /// Adds a node of a name that there is not yet.
    pub(crate) fn add(&mut self, name: Arc<str>, gap: Gap) -> NodeId {
        let id = NodeId(self.list.len() as u32);
        self.by_name.insert(gap.place, (gap.key, id));
        self.list.push(Node {
            name,
            name_key: gap.key,
            key: hash::combine(gap.key, 0),
            state: NodeState::Created,
            paused: false,
            late: Vec::new(),
            on_panic: OnPanic::Fail,
            group: None,
            losses: Vec::new(),
            incarnation: 0,
            factory: None,
            main: TaskId::NONE,
            first: NO_SLOT,
            last: NO_SLOT,
            tasks: 0,
        });
        id
    }

    #[inline]
    pub(crate) fn get(&self, id: NodeId) -> &Node {
        &self.list[id.index()]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.list[id.index()]
    }

    /// What a panic on a node leads to. Node `test` can neither crash nor be started again, so there
    /// it fails the run, unless it is to be caught.
    pub(crate) fn on_panic(&self, id: NodeId) -> OnPanic {
        match self.get(id).on_panic {
            OnPanic::Crash | OnPanic::Restart if id == NodeId::TEST => OnPanic::Fail,
            policy => policy,
        }
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.list.len() as u32).map(NodeId)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}
