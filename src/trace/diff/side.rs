//! One of two recordings, as it is compared: events by what they are, chains by who acts.
//!
//! Pure. Nothing that counts others enters a key: no time, no number of an event, a message or a task.

use crate::trace::{
    Recording,
    actor::{Actor, Lineage},
    cone::Dependencies,
    level::Level,
};
use reenact_sim::{Event, Line, Message, NodeId, Trace, hash_bytes, hash_combine};
use std::{collections::BTreeMap, net::SocketAddr};

/// Whose chain it is, in both recordings.
pub(super) type ActorKey = u64;

/// A chain of events of one actor.
pub(super) struct Chain {
    /// Its events, by index.
    pub(super) events: Vec<u32>,
    /// Whether their order means something: what arrives does so in any order.
    pub(super) ordered: bool,
}

/// A recording, ready to be compared.
pub(super) struct Side<'a> {
    pub(super) recording: &'a Recording,
    pub(super) raw: &'a Trace,
    /// For each event what it is, and who did it.
    pub(super) keys: Vec<u64>,
    pub(super) chains: BTreeMap<ActorKey, Chain>,
    pub(super) dependencies: Dependencies,
}

impl<'a> Side<'a> {
    pub(super) fn of(recording: &'a Recording) -> Self {
        let raw = recording.trace().raw();
        let keys = Keys::of(raw);
        let mut side = Side {
            recording,
            raw,
            keys: Vec::with_capacity(raw.events.len()),
            chains: BTreeMap::new(),
            dependencies: Dependencies::of(raw),
        };
        for (index, line) in raw.events.iter().enumerate() {
            let actor = Actor::of(line);
            let who = keys.actor(line.node, actor);
            side.keys.push(hash_combine(who, keys.event(line)));
            if !is_compared(&line.event) {
                continue;
            }
            let ordered = matches!(actor, Actor::Task(_) | Actor::Host | Actor::End);
            let chain = side.chains.entry(who).or_insert_with(|| Chain { events: Vec::new(), ordered });
            chain.events.push(index as u32);
        }
        side
    }

    /// What an event depends on directly.
    pub(super) fn direct(&self, index: u32) -> impl Iterator<Item = u32> + use<> {
        self.dependencies.direct(self.raw, index)
    }
}

/// Whether an event is more than a matter of timing: how often a task is woken depends on what comes at once,
/// and whether a time-out is set on whether there was something to wait for. A timer's effects are compared.
fn is_compared(event: &Event) -> bool {
    let is_timing = matches!(event, Event::TimerSet(_) | Event::TimerFire(_) | Event::CallbackSet(_));
    !is_timing && Level::of(event) != Level::Sched
}

/// The port of an address, if somebody chose it: which of the others is free depends on the order of binds.
fn port(address: SocketAddr) -> u64 {
    const CHOSEN: u16 = 32_768;
    if address.port() < CHOSEN { address.port().into() } else { 0 }
}

/// Names as numbers, each worked out once.
struct Keys<'a> {
    trace: &'a Trace,
    nodes: Vec<u64>,
    tasks: Vec<u64>,
    marks: Vec<u64>,
    /// The ends of connections, as far as they are known.
    peers: BTreeMap<u32, (NodeId, NodeId)>,
}

impl<'a> Keys<'a> {
    fn of(trace: &'a Trace) -> Self {
        let lineage = Lineage::of(trace);
        let task = |serial: u32| {
            let path = lineage.path(trace, serial);
            let named = |hash, (name, place): (&str, u32)| {
                hash_combine(hash, hash_combine(hash_bytes(name.as_bytes()), place.into()))
            };
            path.into_iter().fold(0x7a5c, named)
        };
        let mut peers = BTreeMap::new();
        for line in &trace.events {
            if let Event::Send(message) | Event::Deliver(message) = line.event
                && message.connection != u32::MAX
            {
                peers.entry(message.connection).or_insert((message.from, message.to));
            }
        }
        Keys {
            trace,
            nodes: trace.nodes.iter().map(|info| hash_bytes(info.name.as_bytes())).collect(),
            tasks: (0..trace.tasks.len() as u32).map(task).collect(),
            marks: trace
                .marks
                .iter()
                .map(|(name, value)| hash_combine(hash_bytes(name.as_bytes()), hash_bytes(value.as_bytes())))
                .collect(),
            peers,
        }
    }

    fn node(&self, node: NodeId) -> u64 {
        self.nodes.get(node.index()).copied().unwrap_or(u64::from(node.0))
    }

    fn task(&self, serial: u32) -> u64 {
        match self.trace.task(serial) {
            Some(info) => hash_combine(self.node(info.node), self.tasks[serial as usize]),
            None => u64::from(serial),
        }
    }

    fn peer(&self, connection: u32, here: NodeId) -> u64 {
        match self.peers.get(&connection) {
            Some(&(one, other)) => self.node(if one == here { other } else { one }),
            None => 0,
        }
    }

    fn actor(&self, node: NodeId, actor: Actor) -> ActorKey {
        let (kind, whose) = match actor {
            Actor::Host => (1, 0),
            Actor::Task(task) => (2, self.task(task)),
            Actor::Callbacks => (3, 0),
            Actor::Connection(connection) => (4, self.peer(connection, node)),
            Actor::Datagrams(peer) => (5, self.node(peer)),
            Actor::End => (6, 0),
        };
        hash_combine(hash_combine(self.node(node), kind), whose)
    }

    /// What happened, apart from who did it and when.
    fn event(&self, line: &Line) -> u64 {
        let here = line.node;
        let kind = |number: u64, what: u64| hash_combine(number, what);
        match line.event {
            Event::Spawn(task) => kind(1, self.task(task)),
            Event::Finish => 2,
            Event::Cancel => 3,
            Event::Panic => 4,
            Event::TimerSet(_) => 5,
            Event::TimerFire(_) => 6,
            Event::CallbackSet(_) => 7,
            Event::Callback => 8,
            Event::Start(life) => kind(9, life.into()),
            Event::Stop => 10,
            Event::Kill => 11,
            Event::Crash => 12,
            Event::Bind(_, address) => kind(13, port(address)),
            Event::Connect(connection, address) => {
                kind(14, hash_combine(self.peer(connection, here), port(address)))
            }
            Event::Connected(connection) => kind(15, self.peer(connection, here)),
            Event::Accept(connection) => kind(16, self.peer(connection, here)),
            Event::Send(message) => kind(17, self.message(&message)),
            Event::Deliver(message) => kind(18, self.message(&message)),
            Event::Lost(message, why) => kind(19, hash_combine(self.message(&message), why as u64)),
            Event::Retransmit(message, again) => {
                kind(20, hash_combine(self.message(&message), u64::from(again > line.at)))
            }
            Event::Broken(connection, why) => {
                kind(21, hash_combine(self.peer(connection, here), hash_bytes(format!("{why:?}").as_bytes())))
            }
            Event::Cut(one, other) => kind(22, self.node(one) ^ self.node(other)),
            Event::Mend(one, other) => kind(23, self.node(one) ^ self.node(other)),
            Event::Mark(index) => kind(24, self.marks.get(index as usize).copied().unwrap_or(0)),
            Event::Log(index) => kind(40, self.marks.get(index as usize).copied().unwrap_or(0)),
            Event::End => 25,
            Event::Pause => 29,
            Event::Resume => 30,
            Event::DataLost => 31,
            Event::Clock(ahead, ppm) => {
                kind(32, hash_combine(ahead.cast_unsigned(), ppm.cast_unsigned().into()))
            }
            Event::CutOneWay(from, to) => kind(35, hash_combine(self.node(from), self.node(to))),
            Event::Slow(from, to) => kind(36, hash_combine(self.node(from), self.node(to))),
            Event::Jam(from, to) => kind(37, hash_combine(self.node(from), self.node(to))),
            Event::MendOneWay(from, to) => kind(38, hash_combine(self.node(from), self.node(to))),
            Event::Held(message) => kind(39, self.message(&message)),
            Event::Touch(key) => kind(33, key),
            Event::Abandon => 34,
            Event::Poll => 26,
            Event::Wake(task) => kind(27, self.task(task)),
            other => kind(28, hash_bytes(format!("{other:?}").as_bytes())),
        }
    }

    fn message(&self, message: &Message) -> u64 {
        let Message { from, to, kind, len, hash, .. } = *message;
        let ends = hash_combine(self.node(from), self.node(to));
        hash_combine(ends, hash_combine((kind as u64) << 32 | u64::from(hash), len.into()))
    }
}
