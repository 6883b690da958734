//! The state of the machine apart from its devices, and the few things all rooms do with it.
//!
//! Seam. Everything here happens inside one borrow and runs no user code: foreign wakers go to the
//! [`Limbo`](crate::limbo::Limbo), futures are moved, never polled or dropped. Deciding is in `deciding.rs`, waking in
//! `waking.rs`, spawning and ending tasks in `spawn.rs`, nodes' lives in `life.rs`, what comes next in `next.rs`.

use crate::{
    actor::Actor,
    bytes::Bytes,
    director::{Directing, Director, Turn},
    due::{Alarm, DeviceSlot, Due},
    explore::Watch,
    failure::{Failure, FailureKind},
    hash,
    id::{NodeId, StreamId, TaskId},
    invariant::Invariants,
    limbo::Limbo,
    node::Nodes,
    ready::Ready,
    settings::Settings,
    side::{Callback, ForeignTimer, Side},
    stats::Stats,
    tape::{Course, Dice, Kind, Order, Stream, Waypoints},
    task::{Beacon, Counters, Drawn, Name, Tasks, Wakers},
    trace::{Event, Line, Record, Recorder},
};
use reenact_clock::{Agenda, Instant, Key, NodeClock};
use std::{cell::Cell, collections::BTreeMap, panic::Location, sync::Arc, task::Waker};

/// An element of a drawn list while it is made: it has draws of its own.
pub(crate) struct Element {
    /// The stable identity of whoever makes it.
    pub(crate) owner: u64,
    pub(crate) draws: Stream,
}

/// The machine without its devices: what a device works with.
pub struct Core {
    pub(crate) run: u64,
    pub(crate) seed: u64,
    pub(crate) now: Instant,
    pub(crate) agenda: Agenda<Due>,
    pub(crate) tasks: Tasks,
    pub(crate) ready: Ready,
    pub(crate) nodes: Nodes,
    /// Clocks that were set, by node, and how often they were read; those behind the end are right.
    pub(crate) clocks: Vec<(NodeClock, Cell<u64>)>,
    /// How likely it is that a place marked as such misbehaves, if that is asked.
    pub(crate) buggify: Option<(u64, u64)>,
    pub(crate) dice: Dice,
    pub(crate) recorder: Recorder,
    pub(crate) stats: Stats,
    pub(crate) actor: Actor,
    /// Stable identity and ordinals of the callback that is acting, and how far it has drawn; a task has its
    /// own.
    pub(crate) callback: (u64, Counters, Drawn),
    pub(crate) limbo: Limbo,
    /// The waker of the future that is being polled, unless it is its task's own.
    pub(crate) foreign: Option<Waker>,
    pub(crate) wakers: Wakers,
    pub(crate) callbacks: Side<Callback>,
    pub(crate) timers: Side<ForeignTimer>,
    pub(crate) failure: Option<Failure>,
    pub(crate) invariants: Invariants,
    pub(crate) directing: Option<Directing>,
    /// The elements of drawn lists that are being made, the innermost last.
    pub(crate) elements: Vec<Element>,
    /// What every main is called.
    pub(crate) main_name: Name,
    /// How many tasks a parent named the same, by what their paths would be without that number.
    pub(crate) namesakes: BTreeMap<u64, u32>,
    /// The order of this run, if it is recorded.
    pub(crate) order: Option<Order>,
    /// Whether the decisions may be forgotten when there are too many: nobody asked for them.
    pub(crate) may_forget: bool,
    /// The order this run repeats: by schedule stream and readiness, and whether it was read.
    pub(crate) passes: BTreeMap<(u64, u32), (u64, bool)>,
    /// Who is told of what happens.
    pub(crate) watch: Watch,
    /// Whether an order is recorded or repeated, or events are kept.
    pub(crate) logged: bool,
    /// Whether waking is more than a push: that, or somebody watches, or there are invariants.
    pub(crate) noted: bool,
    pub(crate) max_steps: u64,
    pub(crate) course: Course,
    /// After how many steps something is due: a waypoint, or the end.
    pub(crate) milestone: u64,
    pub(crate) time_limit: Instant,
    pub(crate) pause: Option<fn()>,
    /// How likely it is that a poll of what may be cancelled cancels it.
    pub(crate) cancellation: (u64, u64),
    /// How likely it is that a timer is late, if that is asked.
    pub(crate) lateness: Option<(u64, u64)>,
    /// Whether a panic's backtrace is wanted.
    pub(crate) backtraces: bool,
    pub(crate) firing: bool,
    /// How often foreign wakers were woken since the last step: they may wake each other for ever.
    pub(crate) rounds: u32,
    pub(crate) ending: bool,
    /// Whether it is asked what is left at the end.
    pub(crate) leaks: bool,
    /// The run has failed, or its main has ended.
    pub(crate) over: bool,
}

impl Core {
    pub(crate) fn new(wakers: Wakers) -> Self {
        Core {
            run: 0,
            seed: 0,
            now: Instant::ZERO,
            agenda: Agenda::new(),
            tasks: Tasks::default(),
            ready: Ready::Fifo(Default::default()),
            nodes: Nodes::default(),
            clocks: Vec::new(),
            buggify: None,
            dice: Dice::default(),
            recorder: Recorder::default(),
            stats: Stats::default(),
            actor: Actor::NOBODY,
            callback: (0, Counters::default(), Drawn::default()),
            limbo: Limbo::default(),
            foreign: None,
            wakers,
            callbacks: Side::default(),
            timers: Side::default(),
            failure: None,
            invariants: Invariants::default(),
            directing: None,
            elements: Vec::new(),
            main_name: Arc::new("main".to_owned()),
            namesakes: BTreeMap::new(),
            order: None,
            may_forget: true,
            passes: BTreeMap::new(),
            watch: Watch::default(),
            logged: false,
            noted: false,
            max_steps: 0,
            course: Course::new(Waypoints::default()),
            milestone: 0,
            time_limit: Instant::MAX,
            pause: None,
            cancellation: (0, 1),
            lateness: None,
            backtraces: true,
            firing: false,
            rounds: 0,
            ending: false,
            leaks: false,
            over: false,
        }
    }

    /// Makes a fresh machine of a used one; capacities stay.
    pub(crate) fn reset(&mut self, run: u64, settings: &Settings) {
        let record = settings.record == Record::All || settings.decisions;
        self.run = run;
        self.seed = settings.tape.header.seed;
        self.now = Instant::ZERO;
        self.agenda.clear();
        self.tasks.reset();
        self.ready.reset(&settings.tape, settings.max_steps);
        self.nodes.reset();
        self.clocks.clear();
        self.buggify = None;
        self.dice = Dice::new(&settings.tape, settings.strict, record);
        self.recorder.reset(settings.record, settings.expected.clone());
        self.stats = Stats::default();
        self.actor = Actor::NOBODY;
        self.callback = (0, Counters::default(), Drawn::default());
        self.wakers.reset(run);
        self.callbacks.clear();
        self.timers.clear();
        self.failure = None;
        self.invariants = Invariants::default();
        self.directing = None;
        self.namesakes.clear();
        self.elements.clear();
        self.order = record.then(Order::default);
        self.may_forget = !settings.decisions;
        self.passes.clear();
        let schedule = settings.tape.entries().filter(|(_, _, entry)| entry.kind == Kind::Schedule);
        self.passes.extend(schedule.map(|(stream, seq, entry)| ((stream.0, seq), (entry.value, false))));
        let watched = self.begin_watch(settings);
        self.logged = settings.strict || record || !self.passes.is_empty() || self.recorder.on();
        self.noted = self.logged || watched;
        self.max_steps = settings.max_steps;
        self.course = Course::new(settings.repeated());
        self.milestone = self.course.next(0).min(self.max_steps);
        self.time_limit = Instant::ZERO + settings.max_virtual;
        self.pause = settings.pause;
        self.cancellation = settings.cancellation;
        self.lateness = None;
        self.backtraces = settings.backtraces;
        self.firing = false;
        self.rounds = 0;
        self.ending = false;
        self.leaks = settings.leaks;
        self.over = false;
        self.wakers.beacon.begin(run, &settings.name, settings.tape.header.seed);
    }

    /// Virtual time.
    #[inline]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of this run in this process: only to be compared.
    #[inline]
    pub fn run_id(&self) -> u64 {
        self.run
    }

    /// Random bytes that follow the seed and touch nothing else, for one purpose.
    pub fn bytes(&self, purpose: u64) -> Bytes {
        Bytes::new(self.dice.key(StreamId(purpose)))
    }

    /// What other threads may know of the runs of this thread.
    pub fn beacon(&self) -> &Arc<Beacon> {
        &self.wakers.beacon
    }

    /// The node of whoever is acting.
    #[inline]
    pub fn current_node(&self) -> NodeId {
        self.actor.node
    }

    /// Whether whoever is acting is dead: what it does must have no effect.
    #[inline]
    pub fn is_inert(&self) -> bool {
        self.actor.inert
    }

    /// Whether a node's host answers the network.
    #[inline]
    pub fn host_is_up(&self, node: NodeId) -> bool {
        self.nodes.get(node).state.host_is_up()
    }

    /// A node's name.
    pub fn node_name(&self, node: NodeId) -> &str {
        &self.nodes.get(node).name
    }

    /// A node's name, to be kept.
    pub fn shared_name(&self, node: NodeId) -> Arc<str> {
        self.nodes.get(node).name.clone()
    }

    /// A hash of a node's name.
    pub fn node_name_key(&self, node: NodeId) -> u64 {
        self.nodes.get(node).name_key
    }

    /// The node of this name.
    pub fn find_node(&self, name: &str) -> Option<NodeId> {
        self.nodes.find(name).ok()
    }

    /// How many nodes there are; their ids are `0..` this.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Counters of the run, for devices to count in.
    #[inline]
    pub fn stats_mut(&mut self) -> &mut Stats {
        &mut self.stats
    }

    /// Where events go.
    #[inline]
    pub fn recorder(&mut self) -> &mut Recorder {
        &mut self.recorder
    }

    /// How likely it is that a place marked as such misbehaves, that what may be cancelled is, and that a
    /// timer is late; `None` asks nothing.
    pub fn set_hazards(
        &mut self,
        buggify: Option<(u64, u64)>,
        cancel: Option<(u64, u64)>,
        late: Option<(u64, u64)>,
    ) {
        self.buggify = buggify;
        // A tape is asked also where nothing is cancelled by chance.
        self.cancellation = cancel.map_or((0, 1), |(num, den)| (num, den.max(2)));
        self.lateness = late;
    }

    /// Takes the director, who is put back by [`direct`](Self::direct).
    pub fn take_director(&mut self) -> Option<Box<dyn Director>> {
        self.directing.as_mut()?.director.take()
    }

    /// From now on `director` acts, next at its turn.
    pub fn direct(&mut self, director: Box<dyn Director>, turn: Turn) {
        self.noted = true;
        self.directing = Some(Directing { director: Some(director), turn });
    }

    /// Puts an alarm of a device on the agenda. `word` has 56 bits.
    ///
    /// It rings once, at `at`, after everything that was put there before for the same instant.
    #[inline]
    pub fn alarm(&mut self, at: Instant, device: DeviceSlot, word: u64) -> Key {
        debug_assert!(word < 1 << Due::DEVICE_BITS);
        self.agenda.push(at, Due::new(Alarm::Device(device, word)))
    }

    /// Takes an alarm of a device back.
    pub fn cancel_alarm(&mut self, at: Instant, key: Key) {
        self.agenda.cancel(at, key);
    }

    /// The spawn number of the task that is acting.
    #[inline]
    pub fn serial(&self) -> u32 {
        match self.tasks.cold.get(self.actor.task.slot()) {
            Some(cold) if self.actor.task != TaskId::NONE => cold.serial,
            _ => Line::NO_TASK,
        }
    }

    /// Writes down what whoever is acting did.
    #[inline]
    pub fn record(&mut self, event: Event) -> u32 {
        if !self.recorder.on() {
            return Line::NO_CAUSE;
        }
        self.recorder.record(self.now, self.actor.node, self.serial(), event)
    }

    /// Ordinals and stable identity of whoever is acting.
    #[inline]
    pub(crate) fn identity(&mut self) -> (u64, &mut Counters) {
        if self.actor.task == TaskId::NONE {
            return (self.callback.0, &mut self.callback.1);
        }
        let slot = self.actor.task.slot();
        (self.tasks.hot[slot].path, &mut self.tasks.cold[slot].counters)
    }

    /// A stable identity for something that whoever is acting makes now (a socket, a connection):
    /// a hash of its path and of how many it made before.
    pub fn new_object(&mut self) -> u64 {
        let (path, counters) = self.identity();
        let ordinal = counters.objects;
        counters.objects += 1;
        hash::combine(path, hash::combine(ordinal as u64, hash::bytes(b"object")))
    }

    /// Lets the run fail, unless it has failed already. Names the acting node and task.
    pub fn fail(&mut self, kind: FailureKind, message: impl Into<String>) {
        if self.failure.is_some() {
            return;
        }
        let mut failure = Failure::new(kind, message);
        failure.at = self.now;
        failure.step = self.stats.steps;
        if self.actor.task != TaskId::NONE {
            failure.node = Some(self.node_name(self.actor.node).to_owned());
            failure.task = Some(self.tasks.label(self.actor.task.slot()));
        } else if self.actor.node != NodeId::TEST || self.actor.is_callback() {
            failure.node = Some(self.node_name(self.actor.node).to_owned());
        }
        self.failure = Some(failure);
        self.over = true;
    }

    /// As [`fail`](Self::fail), because of what stands at a place of the source.
    pub fn fail_at(
        &mut self,
        kind: FailureKind,
        site: &'static Location<'static>,
        message: impl Into<String>,
    ) {
        let first = self.failure.is_none();
        self.fail(kind, message);
        if let Some(failure) = self.failure.as_mut().filter(|_| first) {
            failure.location = Some(site.to_string());
        }
    }
}
