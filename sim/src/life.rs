//! The lives of nodes: created, started, ended, started again.
//!
//! Seam on the outside of the borrow: each function takes what must go out of the machine first,
//! and drops it afterwards, a value at a time, in task order, as the dead task it belonged to.

use crate::{
    actor::Actor,
    context,
    core::Core,
    failure::FailureKind,
    id::{NodeId, TaskId},
    node::{Down, Factory, NodeState, OnPanic},
    panics::drop_quietly,
    side::Callback,
    spawn::{Berth, cancel},
    task::{Boxed, Flags, Job},
    trace::Event,
    world::World,
};
use std::{future::Future, panic::Location, pin::Pin, rc::Rc};

const FOLD_START: u64 = 0x5eed_0011;
const FOLD_STOP: u64 = 0x5eed_0012;
const FOLD_KILL: u64 = 0x5eed_0013;
const FOLD_CRASH: u64 = 0x5eed_0014;
const FOLD_LOSS: u64 = 0x5eed_0018;

impl Core {
    /// The node of this name, which is created if there is none.
    pub fn node(&mut self, name: &str) -> NodeId {
        let gap = match self.nodes.find(name) {
            Ok(id) => return id,
            Err(gap) => gap,
        };
        if self.actor.inert {
            // Nobody makes a node any more who is dead; whatever is done with this one has no effect.
            return NodeId::TEST;
        }
        let name = self.wakers.node(self.nodes.len(), name);
        if self.recorder.on() {
            self.recorder.node(name.clone());
        }
        self.nodes.add(name, gap)
    }

    /// Whether a node is up, and what became of its process.
    pub fn node_state(&self, node: NodeId) -> NodeState {
        let record = self.nodes.get(node);
        if record.paused { NodeState::Paused } else { record.state }
    }

    /// The number of a node's life: 0 until it is started a second time.
    pub fn incarnation(&self, node: NodeId) -> u32 {
        self.nodes.get(node).incarnation
    }

    /// Sets what a panic on a node leads to.
    pub fn set_on_panic(&mut self, node: NodeId, policy: OnPanic) {
        if !self.actor.inert {
            self.nodes.get_mut(node).on_panic = policy;
        }
    }

    /// Whether a node was ever started, so that it can be started again.
    pub fn was_started(&self, node: NodeId) -> bool {
        self.nodes.get(node).factory.is_some()
    }

    /// Whether a task lives on a node.
    pub fn has_tasks(&self, node: NodeId) -> bool {
        self.nodes.get(node).first != crate::task::NO_SLOT
    }

    /// Puts a node into a group: what befalls a group befalls all its nodes.
    pub fn set_group(&mut self, node: NodeId, group: &str) {
        if !self.actor.inert {
            self.nodes.get_mut(node).group = Some(group.into());
        }
    }

    /// The group of a node.
    pub fn group(&self, node: NodeId) -> Option<&str> {
        self.nodes.get(node).group.as_deref()
    }

    /// Whether somebody keeps data of a node that can be lost.
    pub fn keeps_data(&self, node: NodeId) -> bool {
        !self.nodes.get(node).losses.is_empty()
    }

    /// A node's life by which stable identities of things on it are made.
    pub fn node_key(&self, node: NodeId) -> u64 {
        self.nodes.get(node).key
    }
}

/// What the end of a process leaves to be dropped outside.
struct Remains {
    node: NodeId,
    tasks: Vec<(TaskId, Boxed)>,
    callbacks: Vec<Callback>,
}

impl Remains {
    fn bury(self) {
        for (id, object) in self.tasks {
            cancel(id, object, true);
        }
        let actor = Actor { node: self.node, inert: true, ..Actor::NOBODY };
        for callback in self.callbacks {
            context::acting_as(actor, || drop_quietly("a cancelled callback", callback.run));
        }
    }
}

impl World {
    fn start(&mut self, node: NodeId, factory: Factory, site: &'static Location<'static>) -> Option<Boxed> {
        let World { core, devices } = self;
        let record = core.nodes.get_mut(node);
        record.state = NodeState::Running;
        let incarnation = record.incarnation;
        record.factory = Some((factory.clone(), site));
        for device in devices.iter_mut().flatten() {
            device.node_up(core, node);
        }
        core.recorder.fold(core.nodes.get(node).key ^ FOLD_START);
        let seq =
            core.recorder.record(core.now, node, crate::trace::Line::NO_TASK, Event::Start(incarnation));
        let former = core.recorder.set_context(seq);
        let object: Boxed = Box::pin(Job::Running { future: Main { factory, running: None } });
        let berth = Berth { node, name: Some(core.main_name.clone()), main: true, site };
        let spawned = core.spawn(berth, object);
        core.recorder.set_context(former);
        match spawned {
            Ok(id) => {
                core.nodes.get_mut(node).main = id;
                core.tasks.hot[id.slot()].flags.set(Flags::DETACHED);
                None
            }
            Err(object) => Some(object),
        }
    }

    /// Ends a node's process, or its host; `None` where there is nothing to end.
    fn end(&mut self, node: NodeId, how: Down) -> Option<Remains> {
        let World { core, devices } = self;
        let (state, fold, event) = match how {
            Down::Stop => (NodeState::Stopped, FOLD_STOP, Event::Stop),
            Down::Kill => (NodeState::Killed, FOLD_KILL, Event::Kill),
            Down::Crash => (NodeState::Crashed, FOLD_CRASH, Event::Crash),
        };
        let record = core.nodes.get_mut(node);
        let was = record.state;
        // A host without a process can still lose power; there is nothing else left to end.
        if !(was.is_alive() || how == Down::Crash && was != NodeState::Crashed) {
            return None;
        }
        record.state = state;
        record.main = TaskId::NONE;
        core.thaw(node);
        core.recorder.fold(core.nodes.get(node).key ^ fold);
        let by = core.serial();
        let seq = core.recorder.record(core.now, node, by, event);
        let former = core.recorder.set_context(seq);
        for device in devices.iter_mut().flatten() {
            device.node_down(core, node, how);
        }
        let mut tasks = Vec::new();
        for id in core.tasks_of(node) {
            match core.doom(id) {
                Some(object) => tasks.push((id, object)),
                None => core.tasks.hot[id.slot()].flags.set(Flags::DEAD),
            }
        }
        core.recorder.set_context(former);
        core.actor.inert |= core.actor.node == node;
        let places = core.callbacks.places(|callback| callback.node == node);
        let callbacks: Vec<Callback> =
            places.into_iter().filter_map(|place| core.callbacks.take(place)).collect();
        for callback in &callbacks {
            core.agenda.cancel(callback.at, callback.key);
        }
        Some(Remains { node, tasks, callbacks })
    }
}

pin_project_lite::pin_project! {
    /// A node's main: calls the factory as the node, at the first poll, and runs what it made.
    struct Main {
        factory: Factory,
        #[pin]
        running: Option<Pin<Box<dyn Future<Output = Result<(), String>>>>>,
    }
}

impl Future for Main {
    type Output = Result<(), String>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        let mut this = self.project();
        if this.running.is_none() {
            let made = (this.factory)();
            this.running.set(Some(made));
        }
        match this.running.as_mut().as_pin_mut() {
            Some(running) => running.poll(cx),
            None => unreachable!("it was made above"),
        }
    }
}

/// Starts a node's main, and again at each restart.
///
/// # Panics
///
/// If the node runs already, or is the node `test`.
#[track_caller]
pub fn start_node(
    node: NodeId,
    site: &'static Location<'static>,
    factory: impl Fn() -> Pin<Box<dyn Future<Output = Result<(), String>>>> + 'static,
) {
    let factory: Factory = Rc::new(factory);
    // Factories may own anything, so they are dropped outside.
    let started = context::with("Node::start", |world| {
        let core = &mut world.core;
        if core.actor.inert {
            return Ok((None, None));
        }
        if node == NodeId::TEST {
            return Err("`Node::start` was called on the node `test`, whose main is the test itself: use `spawn` there".to_owned());
        }
        let record = core.nodes.get_mut(node);
        match record.state {
            NodeState::Running => {
                return Err(format!(
                    "`Node::start` was called on `{}`, which is running: end it first, or use `restart`",
                    record.name
                ));
            }
            NodeState::Created => {}
            _ => record.reincarnate(),
        }
        let former = record.factory.take();
        Ok((former, world.start(node, factory.clone(), site)))
    });
    match started {
        Err(sentence) => panic!("{sentence}"),
        Ok(left) => drop_quietly("the main of a node", (left, factory)),
    }
}

/// Ends a node's process; for [`Down::Crash`], its host too. Ending what has ended does nothing.
///
/// # Panics
///
/// For the node `test`: the test itself runs there.
#[track_caller]
pub fn end_node(node: NodeId, how: Down) {
    let remains = context::with("Node::stop, kill or crash", |world| match node {
        _ if world.core.actor.inert => Ok(None),
        NodeId::TEST => Err(()),
        node => Ok(world.end(node, how)),
    });
    match remains {
        Err(()) => panic!(
            "the node `test` cannot be stopped, killed or crashed: the test itself runs there; let it act on another node"
        ),
        Ok(Some(remains)) => remains.bury(),
        Ok(None) => {}
    }
}

/// Starts a node again with the factory of its last start; ends it first, as by `kill`, if it runs.
///
/// # Panics
///
/// If it was never started.
#[track_caller]
pub fn restart_node(node: NodeId) {
    let known = context::with("Node::restart", |world| {
        let record = world.core.nodes.get(node);
        match &record.factory {
            Some(_) => Ok(world.core.actor.inert),
            None => Err(record.name.to_string()),
        }
    });
    match known {
        Err(name) => panic!(
            "`Node::restart` was called on `{name}`, which was never started: call `start` with its main first"
        ),
        // Whoever was dead before starts nothing, not even the node it died with.
        Ok(true) => {}
        Ok(false) => {
            end_node(node, Down::Kill);
            begin_again(node);
        }
    }
}

/// Starts a node that has ended, also for its own task that let it end.
fn begin_again(node: NodeId) {
    let left = context::with("Node::restart", |world| {
        let core = &mut world.core;
        if core.actor.inert && core.actor.node != node {
            return None;
        }
        let record = core.nodes.get_mut(node);
        let (factory, site) = record.factory.clone()?;
        record.reincarnate();
        let inert = std::mem::replace(&mut core.actor.inert, false);
        let left = world.start(node, factory, site);
        world.core.actor.inert = inert;
        left
    });
    if let Some(object) = left {
        drop_quietly("the main of a node", object);
    }
}

/// Calls `f` whenever the data of a node are lost, which is the moment before it starts without them.
///
/// # Panics
///
/// Outside of a run.
#[track_caller]
pub fn on_data_loss(node: NodeId, f: impl Fn() + 'static) {
    let f: Rc<dyn Fn()> = Rc::new(f);
    let refused = context::with("Node::on_data_loss", |world| {
        let core = &mut world.core;
        if core.actor.inert || core.ending {
            return Some(f);
        }
        core.nodes.get_mut(node).losses.push(f);
        None
    });
    drop_quietly("what hears of lost data", refused);
}

/// Starts a node again as one that has lost its data; ends it first, as by `kill`, if it runs.
///
/// # Panics
///
/// If it was never started; and where what hears of the loss does.
#[track_caller]
pub fn restart_node_empty(node: NodeId) {
    let known = context::with("Node::restart_empty", |world| {
        let core = &world.core;
        if core.actor.inert || core.nodes.get(node).factory.is_none() {
            return None;
        }
        let own_end = core.actor.node == node;
        Some((own_end, core.actor, core.nodes.get(node).losses.clone()))
    });
    let Some((own_end, actor, losses)) = known else { return restart_node(node) };
    end_node(node, Down::Kill);
    context::with("Node::restart_empty", |world| {
        let core = &mut world.core;
        core.recorder.fold(core.nodes.get(node).key ^ FOLD_LOSS);
        core.recorder.record(core.now, node, crate::trace::Line::NO_TASK, Event::DataLost);
    });
    // Whoever loses its own data is dead by now; the disk is not.
    let disk = if own_end { Actor::NOBODY } else { actor };
    context::acting_as(disk, || losses.iter().for_each(|lose| lose()));
    drop_quietly("what hears of lost data", losses);
    begin_again(node);
}

/// Carries out a node's policy after one of its tasks panicked, or its main returned an error.
/// Returns whether the run may go on.
pub(crate) fn after_panic(node: NodeId, policy: OnPanic) -> bool {
    match policy {
        OnPanic::Fail => return false,
        OnPanic::Catch => {}
        OnPanic::Crash => end_node(node, Down::Crash),
        OnPanic::Restart => {
            let startable = context::try_with(|world| world.core.nodes.get(node).factory.is_some());
            if startable == Some(true) {
                restart_node(node);
            } else {
                end_node(node, Down::Kill);
            }
        }
    }
    true
}

/// What a node's main came to.
pub(crate) fn after_main(node: NodeId, result: Result<(), String>) {
    let Err(error) = result else {
        end_node(node, Down::Stop);
        return;
    };
    let policy = context::try_with(|world| world.core.nodes.on_panic(node)).unwrap_or_default();
    if policy == OnPanic::Catch {
        end_node(node, Down::Stop);
    } else if !after_panic(node, policy) {
        context::try_with(|world| {
            let core = &mut world.core;
            core.actor = Actor { node, ..Actor::NOBODY };
            let name = core.node_name(node).to_owned();
            core.fail(FailureKind::Error, format!("the main of node `{name}` returned an error: {error}"));
            if let Some(failure) = &mut core.failure {
                failure.task = Some("main".to_owned());
            }
        });
    }
}
