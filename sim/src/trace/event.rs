//! The closed list of things worth writing down.
//!
//! Pure data. An event names its node, its task and its direct cause; ids are those of the run and
//! become names only when a trace is laid out.

use crate::id::NodeId;
use reenact_clock::Instant;
use std::{borrow::Cow, fmt, net::SocketAddr, panic::Location};

/// One line of a trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// Virtual time.
    pub at: Instant,
    /// The node on which it happened.
    pub node: NodeId,
    /// The task that did it, by its spawn number in [`Trace::tasks`](super::Trace::tasks);
    /// [`Line::NO_TASK`] for what no task did (a delivery, a timer, a callback).
    pub task: u32,
    /// The number of the event that led to it directly: a delivery's send, a firing's setting, a
    /// poll's wake; [`Line::NO_CAUSE`] where nothing did, or it was not recorded.
    pub cause: u32,
    /// What happened.
    pub event: Event,
}

impl Line {
    /// Nobody's doing.
    pub const NO_TASK: u32 = u32::MAX;
    /// Nothing led to it.
    pub const NO_CAUSE: u32 = u32::MAX;
}

/// Datagrams or streams.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// The user datagram protocol.
    Udp,
    /// The transmission control protocol.
    Tcp,
}

/// What a packet is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PacketKind {
    /// A UDP datagram.
    Datagram,
    /// TCP: asks for a connection.
    Syn,
    /// TCP: grants it.
    SynAck,
    /// TCP: completes the handshake.
    Ack,
    /// TCP: bytes of the stream.
    Data,
    /// TCP: no more bytes will follow.
    Fin,
    /// TCP: the connection is gone.
    Rst,
    /// TCP: the reader made room.
    Window,
    /// ICMP: nobody is bound to the port a datagram was sent to.
    Unreachable,
}

/// A packet's identity, shared by its sending, its loss, its copies and its delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// Where it came from.
    pub from: NodeId,
    /// Where it goes.
    pub to: NodeId,
    /// Its number among the packets of its sender node.
    pub ordinal: u32,
    /// The connection it belongs to, numbered in the run from 0; `u32::MAX` for datagrams.
    pub connection: u32,
    /// What it is for.
    pub kind: PacketKind,
    /// Bytes of payload.
    pub len: u32,
    /// A hash of the first 64 bytes of the payload.
    pub hash: u32,
}

/// Why a packet did not arrive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LossReason {
    /// The link lost it.
    Link,
    /// A partition stood between the nodes when it would have arrived.
    Partition,
    /// The destination was down.
    Down,
    /// No socket was bound to its port.
    NoSocket,
    /// The socket's inbox was full.
    Full,
    /// The listener's queue was full.
    Backlog,
    /// A bit of it was changed on the way, and its checksum told.
    Corrupt,
    /// The queue in front of the link was full.
    Queue,
    /// A rule of the test dropped it, or the test threw it away.
    Rule,
}

/// Where user code registered something: a file, a line and a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file, as the compiler was told of it.
    pub file: Cow<'static, str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Self {
        Place { file: Cow::Borrowed(location.file()), line: location.line(), column: location.column() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What happened.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The task spawned another, named by its spawn number.
    Spawn(u32),
    /// The task was polled.
    Poll,
    /// A task became ready, named by its spawn number.
    Wake(u32),
    /// The task ended by itself.
    Finish,
    /// The task was cancelled: aborted, or its node ended.
    Cancel,
    /// The task panicked.
    Panic,
    /// A timer was set for this time.
    TimerSet(Instant),
    /// A timer fired; it was due at this time.
    TimerFire(Instant),
    /// A callback was set for this time.
    CallbackSet(Instant),
    /// A callback ran.
    Callback,
    /// The node's main was started, in its how-many-eth life (0 is the first).
    Start(u32),
    /// The node's process ended in order.
    Stop,
    /// The node's process was killed.
    Kill,
    /// The node lost power.
    Crash,
    /// The node's process stands still.
    Pause,
    /// The node's process goes on.
    Resume,
    /// The data of the node are lost.
    DataLost,
    /// The node's clock was set: the wall clock is so many nanoseconds ahead, and both go so many
    /// millionths too fast.
    Clock(i64, i32),
    /// A socket was bound.
    Bind(Transport, SocketAddr),
    /// A connection was asked for: its number, and the address.
    Connect(u32, SocketAddr),
    /// The connection stands, as its client sees it.
    Connected(u32),
    /// The connection was taken from the listener's queue.
    Accept(u32),
    /// A packet was sent.
    Send(Message),
    /// A packet arrived.
    Deliver(Message),
    /// A packet did not arrive.
    Lost(Message, LossReason),
    /// A packet did not arrive and will be sent again at this time.
    Retransmit(Message, Instant),
    /// The connection was refused, reset or given up on.
    Broken(u32, std::io::ErrorKind),
    /// The link between the nodes was cut, both ways.
    Cut(NodeId, NodeId),
    /// The link between the nodes was mended.
    Mend(NodeId, NodeId),
    /// The link from the first node to the second was cut, and not the other way.
    CutOneWay(NodeId, NodeId),
    /// From now on what the first node sends to the second is later.
    Slow(NodeId, NodeId),
    /// From now on what the first node sends to the second stays on its way.
    Jam(NodeId, NodeId),
    /// The link from the first node to the second is as it was.
    MendOneWay(NodeId, NodeId),
    /// A packet stays on its way until its link is released.
    Held(Message),
    /// The user's word: an index into [`Trace::marks`](super::Trace::marks).
    Mark(u32),
    /// A line of a log: an index into [`Trace::marks`](super::Trace::marks), of level and target, and text.
    Log(u32),
    /// The task said that it touches an object, by the hash of its key.
    Touch(u64),
    /// A future of the task that a fault plan may cancel was cancelled.
    Abandon,
    /// The run ended.
    End,
}
