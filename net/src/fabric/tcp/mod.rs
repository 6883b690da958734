//! Streams: connections with two ends, and listeners.
//!
//! Seam. RFC 9293 as a program sees it through sockets: a byte stream that never loses or reorders
//! bytes. Segments of a direction arrive in the order in which they were sent; what is lost below,
//! or meets a partition or a dead host, waits with all that follows it and is sent again after a
//! time-out that doubles, until the connection is given up on.
//!
//! There is no event for an acknowledgement while nothing waits for one. The fabric sees at
//! delivery whether a segment arrived, so the sender needs a timer only when it did not; room in
//! the reader's window is told to the writer once half of the window has been read. `handshake`
//! opens connections, `flow` carries bytes, `close` ends connections in all the ways they end.
//!
//! Not modelled: the estimate of the round trip (the first time-out is always 200 ms), fast
//! retransmit, congestion control, simultaneous open, urgent data.

mod breaks;
mod options;
mod close;
mod flow;
mod handshake;
mod fragments;
mod ready;
mod keep_alive;

use super::{cells::Queue, gone, waiters::Waiters};
use crate::address::Family;
pub(super) use breaks::broken_end;
pub(crate) use options::{KeepAlive, Options};
use reenact_clock::{Instant, Key};
use reenact_sim::{Core, NodeId, Prepared, Waiter};
use std::{collections::VecDeque, io, net::SocketAddr};

/// An end of a connection as a handle holds it: its place and the generation of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct EndId {
    /// The connection's place, shifted, and the side: 0 asked for the connection, 1 was asked.
    place: u32,
    generation: u32,
}

/// A listener, by its place and the generation of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ListenerId {
    place: u32,
    generation: u32,
}

/// How far an end has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    /// It never was: the connection has not reached its host.
    #[default]
    Absent,
    /// It has asked for the connection.
    SynSent,
    /// It has granted it.
    SynReceived,
    /// It waits in the listener's queue.
    Queued,
    /// Bytes flow.
    Open,
    /// It has ended; whatever arrives is answered with a reset, or ignored.
    Closed,
}

/// An end of a connection.
struct End {
    /// Part of the identity of its draws.
    key: u64,
    /// From where the latencies of its segments are drawn, once it has sent one.
    latencies: Option<Prepared>,
    /// When the last segment it sent arrives: the next arrives no earlier.
    last: Instant,
    reader: Waiter,
    writer: Waiter,
    /// Segments that arrived and are not read.
    inbox: Queue,
    /// Segments that did not arrive and will be sent again.
    stalled: Queue,
    /// Segments that are not on the wire: lost by the link, or written since something was. They go
    /// behind those.
    behind: Queue,
    node: NodeId,
    /// How many bytes of the first segment of the inbox are read.
    offset: u32,
    /// How many bytes it may send.
    credit: u32,
    /// How many bytes were read since the writer was last told.
    consumed: u32,
    /// How many segments it has sent.
    sent: u32,
    /// Whether the time-out of what waits is on the agenda.
    retrying: bool,
    /// How often what is stalled was sent again.
    attempts: u32,
    /// The listener it came through.
    listener: ListenerId,
    port: u16,
    state: State,
    /// A handle, or a listener's queue, holds it.
    held: bool,
    fin_sent: bool,
    /// Something it sent is lost for good: nothing behind that may be read.
    gap: bool,
    eof: bool,
    /// It had closed before its peer's end came: it is the one that waits (TIME_WAIT).
    closed_first: bool,
    /// It has failed; `error` is told once.
    failed: bool,
    error: Option<io::ErrorKind>,
    /// What few connections have.
    extra: Option<Box<Extra>>,
}

/// What few connections have: options that were set, and tasks that wait until it is ready.
#[derive(Default)]
struct Extra {
    options: Options,
    readable: Waiters,
    writable: Waiters,
    /// The alarm of the keep-alive.
    alarm: Option<(Instant, Key)>,
    /// Whether the peer was asked whether it is there, and has not answered.
    asked: bool,
    /// Probes that were not answered.
    unanswered: u32,
    /// Since when something waits to be sent again.
    stalled_since: Option<Instant>,
    /// Whether it is told that the host it asks is down, once that was drawn.
    is_told_of_death: Option<bool>,
    /// Draws about parts of reads, writes and segments.
    parts: u32,
}

impl End {
    fn new(node: NodeId, port: u16, key: u64, state: State, window: u32) -> Self {
        End {
            key,
            latencies: None,
            last: Instant::ZERO,
            reader: Waiter::None,
            writer: Waiter::None,
            inbox: Queue::EMPTY,
            stalled: Queue::EMPTY,
            behind: Queue::EMPTY,
            node,
            offset: 0,
            credit: window,
            consumed: 0,
            sent: 0,
            retrying: false,
            attempts: 0,
            listener: ListenerId { place: u32::MAX, generation: 0 },
            port,
            state,
            held: false,
            fin_sent: false,
            gap: false,
            eof: false,
            closed_first: false,
            failed: false,
            error: None,
            extra: None,
        }
    }

    fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// Whether it takes bytes from the wire.
    fn takes_bytes(&self) -> bool {
        self.held && !self.failed && matches!(self.state, State::Queued | State::Open)
    }

    /// Tells whoever waits for something to read.
    #[inline]
    fn wake_reader(&mut self, core: &mut Core) {
        core.wake(self.reader.take());
        if let Some(extra) = &mut self.extra {
            extra.readable.wake_all(core);
        }
    }

    /// Tells whoever waits for room to write.
    #[inline]
    fn wake_writer(&mut self, core: &mut Core) {
        core.wake(self.writer.take());
        if let Some(extra) = &mut self.extra {
            extra.writable.wake_all(core);
        }
    }

    fn wake_both(&mut self, core: &mut Core) {
        self.wake_reader(core);
        self.wake_writer(core);
    }

    /// Nobody waits any more.
    fn forget_waiters(&mut self, core: &mut Core) {
        core.forget(self.reader.take());
        core.forget(self.writer.take());
        if let Some(extra) = &mut self.extra {
            extra.readable.forget_all(core);
            extra.writable.forget_all(core);
        }
    }
}

/// A connection.
struct Connection {
    ends: [End; 2],
    generation: u32,
    /// Its number in the run, for people.
    number: u32,
    /// Packets and alarms on the agenda that mean it: it is not forgotten before they rang.
    flying: u32,
    family: Family,
    /// How often the SYN-ACK was sent again because its answer was lost.
    answers: u8,
    in_use: bool,
}

impl Connection {
    fn is_over(&self) -> bool {
        let over = |end: &End| !end.held && matches!(end.state, State::Absent | State::Closed);
        self.in_use && self.flying == 0 && self.ends.iter().all(over)
    }
}

/// A listener.
struct Listener {
    generation: u32,
    open: bool,
    node: NodeId,
    local: SocketAddr,
    /// Ends that wait to be accepted.
    queue: VecDeque<u32>,
    /// Handshakes under way.
    pending: u32,
    /// How many connections may wait.
    backlog: u32,
    acceptors: Waiters,
}

/// All connections and listeners of a run.
#[derive(Default)]
pub(crate) struct Connections {
    list: Vec<Connection>,
    free: Vec<u32>,
    listeners: Vec<Listener>,
    free_listeners: Vec<u32>,
    made: u32,
}

impl Connections {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.free.clear();
        self.listeners.clear();
        self.free_listeners.clear();
        self.made = 0;
    }

    pub(crate) fn forget_waiters(&mut self, core: &mut Core) {
        for end in self.list.iter_mut().flat_map(|connection| &mut connection.ends) {
            end.forget_waiters(core);
        }
        for listener in &mut self.listeners {
            listener.acceptors.forget_all(core);
        }
    }

    /// What has arrived and is not read, and what waits to be sent again.
    pub(crate) fn queues(&self) -> impl Iterator<Item = Queue> {
        let ends = self.list.iter().flat_map(|connection| &connection.ends);
        ends.flat_map(|end| [end.inbox, end.stalled, end.behind])
    }

    /// The listeners that are open: their nodes, and where they are bound.
    pub(crate) fn open_listeners(&self) -> impl Iterator<Item = (NodeId, SocketAddr)> {
        self.listeners.iter().filter(|listener| listener.open).map(|listener| (listener.node, listener.local))
    }

    /// The ends that a process holds, or that wait in the queue of its listener: their nodes, their
    /// addresses and those of their peers.
    pub(crate) fn held_ends(&self) -> impl Iterator<Item = (NodeId, SocketAddr, SocketAddr)> {
        let ends = self.list.iter().flat_map(|connection| {
            let [one, other] = &connection.ends;
            [(connection, one, other), (connection, other, one)]
        });
        ends.filter(|(connection, end, _)| connection.in_use && end.held).map(|(connection, end, peer)| {
            let addr = |end: &End| SocketAddr::new(connection.family.ip(end.node), end.port);
            (end.node, addr(end), addr(peer))
        })
    }

    #[inline]
    fn connection(&mut self, end: u32) -> &mut Connection {
        &mut self.list[(end >> 1) as usize]
    }

    #[inline]
    fn end(&mut self, end: u32) -> &mut End {
        &mut self.list[(end >> 1) as usize].ends[(end & 1) as usize]
    }

    /// The end behind a handle, if its process still has it.
    #[inline]
    fn held(&mut self, id: EndId) -> io::Result<&mut End> {
        let known = self.list.get((id.place >> 1) as usize).is_some_and(|connection| {
            connection.generation == id.generation && connection.ends[(id.place & 1) as usize].held
        });
        if known { Ok(self.end(id.place)) } else { Err(gone()) }
    }

    fn listener(&mut self, id: ListenerId) -> Option<&mut Listener> {
        self.listeners
            .get_mut(id.place as usize)
            .filter(|listener| listener.open && listener.generation == id.generation)
    }

    /// A place for a connection, with the end that asks for it.
    fn insert(&mut self, first: End, family: Family) -> u32 {
        let second = End::new(first.node, 0, 0, State::Absent, 0);
        let number = self.made;
        self.made += 1;
        let (flying, answers, in_use) = (0, 0, true);
        match self.free.pop() {
            Some(place) => {
                let former = &mut self.list[place as usize];
                former.ends = [first, second];
                (former.number, former.family) = (number, family);
                (former.flying, former.answers, former.in_use) = (flying, answers, in_use);
                place
            }
            None => {
                let ends = [first, second];
                self.list.push(Connection { ends, generation: 0, number, flying, family, answers, in_use });
                self.list.len() as u32 - 1
            }
        }
    }
}
