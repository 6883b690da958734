//! Packets as the test sees them.
//!
//! Rim: copies, so that they may be kept.

use super::{Method, call_own};
use crate::fabric::{Head, Seen};
use reenact_clock::Instant;
use reenact_sim::{Core, PacketKind};
use std::{net::SocketAddr, ops::Deref};

/// A packet on its way from one node to another: a datagram, or a segment of a TCP connection.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::{Packet, PacketKind, Verdict};
///
/// /// A rule that loses everything that begins with these bytes.
/// fn no_heartbeats(packet: &Packet) -> Verdict {
///     if packet.kind() == PacketKind::Data && packet.payload().starts_with(b"heartbeat") {
///         return Verdict::Drop;
///     }
///     Verdict::Pass
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packet {
    from: String,
    to: String,
    source: SocketAddr,
    destination: SocketAddr,
    kind: PacketKind,
    connection: Option<u32>,
    payload: Vec<u8>,
}

impl Packet {
    pub(super) fn of(core: &Core, head: &Head, payload: Vec<u8>) -> Self {
        Packet {
            from: core.node_name(head.from).to_owned(),
            to: core.node_name(head.to).to_owned(),
            source: SocketAddr::new(head.source.ip(head.from), head.from_port),
            destination: SocketAddr::new(head.family.ip(head.to), head.to_port),
            kind: head.kind,
            connection: (head.connection != u32::MAX).then_some(head.connection),
            payload,
        }
    }

    /// The name of the node that sent it.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The name of the node it goes to.
    pub fn to(&self) -> &str {
        &self.to
    }

    /// The address it comes from.
    pub fn source(&self) -> SocketAddr {
        self.source
    }

    /// The address it goes to.
    pub fn destination(&self) -> SocketAddr {
        self.destination
    }

    /// What it is for.
    pub fn kind(&self) -> PacketKind {
        self.kind
    }

    /// The number of its TCP connection in the run, from 0; none for datagrams.
    pub fn connection(&self) -> Option<u32> {
        self.connection
    }

    /// Its payload; empty for those of TCP that carry no bytes of the stream.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// A packet that was on its way when the test looked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InFlight {
    run: u64,
    cell: u32,
    ordinal: u32,
    packet: Packet,
    arrives: Option<Instant>,
}

impl InFlight {
    pub(super) fn of(core: &Core, seen: Seen) -> Self {
        let Seen { cell, ordinal, head, payload, arrives } = seen;
        InFlight { run: core.run_id(), cell, ordinal, packet: Packet::of(core, &head, payload), arrives }
    }

    /// The packet.
    pub fn packet(&self) -> &Packet {
        &self.packet
    }

    /// When it arrives, if nothing comes in its way; `None` while it is held.
    pub fn arrives(&self) -> Option<Instant> {
        self.arrives
    }

    /// Whether a hold, a jam or a rule keeps it on its way.
    pub fn is_held(&self) -> bool {
        self.arrives.is_none()
    }

    /// Throws it away: it is lost at the moment at which it would arrive. TCP sends it again. Nothing
    /// happens if it is no longer on its way.
    ///
    /// # Panics
    ///
    /// Outside of its run.
    #[track_caller]
    pub fn discard(&self) {
        let method = Method { what: "InFlight::discard", run: self.run };
        call_own(method, |net, core| {
            if !core.is_inert() {
                net.discard(core, self.cell, self.ordinal);
            }
        });
    }
}

impl Deref for InFlight {
    type Target = Packet;

    fn deref(&self) -> &Packet {
        &self.packet
    }
}
