//! Datagrams: boundaries are kept, order and arrival are not promised.
//!
//! Seam. RFC 768 with what sockets add: a full inbox drops, a connected socket hears its peer only.

use super::{
    Net, WAIT_RECV,
    cells::{Head, NONE, Queue, copy, payload_hash},
    gone,
    link::{Drawer, Fate},
    ports::Claim,
    waiters::Waiters,
};
use crate::{
    address::{Bound, Family},
    errno,
};
use reenact_clock::Instant;
use reenact_sim::{
    Core, DeviceSlot, Event, LossReason, NodeId, PacketKind, Transport, Wait, hash_combine_spread,
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    task::Poll,
};

/// The largest payload of a datagram over IPv4.
const LARGEST: usize = 65_507;
/// What an inbox holds: Linux's default receive buffer, in bytes of payload.
const INBOX_BYTES: u32 = 212_992;
/// And in datagrams, since empty ones take room too.
const INBOX_COUNT: u32 = 1_024;

const SLOT: DeviceSlot = Net::SLOT;

/// How much of a datagram was read and who sent it, in one word, which passes through registers
/// where an address would be copied from room to room.
#[derive(Clone, Copy)]
pub(crate) struct Receipt(u64);

impl Receipt {
    /// Bits of a length: datagrams are below 64 KiB.
    const LEN: u32 = 16;
    const PORT: u32 = 16;
    const FAMILY: u32 = 2;

    #[inline]
    fn new(len: usize, head: Head) -> Self {
        let node = (head.from.0 as u64) << Self::FAMILY | head.source as u64;
        Receipt((node << Self::PORT | head.from_port as u64) << Self::LEN | len as u64)
    }

    pub(crate) fn len(self) -> usize {
        self.0 as u16 as usize
    }

    pub(crate) fn source(self) -> SocketAddr {
        let (port, rest) = ((self.0 >> Self::LEN) as u16, self.0 >> (Self::LEN + Self::PORT));
        let node = NodeId((rest >> Self::FAMILY) as u32);
        SocketAddr::new(Family::from_bits(rest).ip(node), port)
    }
}

/// A datagram socket, by its place and the generation of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct UdpId {
    place: u32,
    generation: u32,
}

// In this order, so that what each datagram needs lies in two cache lines.
#[repr(C, align(64))]
struct Socket {
    generation: u32,
    node: NodeId,
    inbox: Queue,
    count: u32,
    bytes: u32,
    key: u64,
    /// How many datagrams it has sent.
    sent: u32,
    open: bool,
    /// Its peer has no socket: told once.
    refused: bool,
    bound: Bound,
    readers: Waiters,
    peer: Option<(NodeId, u16, SocketAddr)>,
    /// The address it is bound to, as told to the user.
    local: SocketAddr,
}

/// All datagram sockets of a run.
#[derive(Default)]
pub(crate) struct Sockets {
    list: Vec<Socket>,
    free: Vec<u32>,
}

impl Sockets {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.free.clear();
    }

    pub(crate) fn forget_waiters(&mut self, core: &mut Core) {
        for socket in &mut self.list {
            socket.readers.forget_all(core);
        }
    }

    /// The sockets that are open: their nodes, and where they are bound.
    pub(crate) fn open(&self) -> impl Iterator<Item = (NodeId, SocketAddr)> {
        self.list.iter().filter(|socket| socket.open).map(|socket| (socket.node, socket.local))
    }

    /// What has arrived and is not received.
    pub(crate) fn inboxes(&self) -> impl Iterator<Item = Queue> {
        self.list.iter().map(|socket| socket.inbox)
    }

    /// Whether a socket is connected to this port of a node.
    pub(crate) fn is_connected(&self, place: u32, node: NodeId, port: u16) -> bool {
        let peer = self.list[place as usize].peer;
        peer.is_some_and(|(peer, peer_port, _)| (peer, peer_port) == (node, port))
    }

    /// A socket hears that its peer has none.
    pub(crate) fn refuse(&mut self, core: &mut Core, place: u32) {
        let socket = &mut self.list[place as usize];
        socket.refused = true;
        socket.readers.wake_all(core);
    }

    fn get(&mut self, id: UdpId) -> io::Result<&mut Socket> {
        match self.list.get_mut(id.place as usize) {
            Some(socket) if socket.open && socket.generation == id.generation => Ok(socket),
            _ => Err(gone()),
        }
    }
}

impl Net {
    /// Binds a socket on the acting node.
    pub(crate) fn udp_bind(&mut self, core: &mut Core, addr: SocketAddr) -> io::Result<UdpId> {
        let node = core.current_node();
        let bound = Bound::of(addr.ip(), node, core.node_count()).ok_or(io::ErrorKind::AddrNotAvailable)?;
        let place = self.udp.free.last().copied().unwrap_or(self.udp.list.len() as u32);
        let now = core.now();
        let port = self.host(core, node).ports.bind(
            Transport::Udp,
            addr.port(),
            place,
            (bound, Claim::Alone),
            now,
        )?;
        let generation =
            self.udp.list.get(place as usize).map_or(0, |socket| socket.generation.wrapping_add(1));
        let local = SocketAddr::new(addr.ip(), port);
        let socket = Socket {
            generation,
            open: true,
            node,
            local,
            bound,
            peer: None,
            key: core.new_object(),
            sent: 0,
            refused: false,
            inbox: Queue::EMPTY,
            count: 0,
            bytes: 0,
            readers: Waiters::default(),
        };
        match self.udp.free.pop() {
            Some(place) => self.udp.list[place as usize] = socket,
            None => self.udp.list.push(socket),
        }
        core.record(Event::Bind(Transport::Udp, local));
        Ok(UdpId { place, generation })
    }

    /// The address a socket is bound to; a wildcard shows the port only.
    pub(crate) fn udp_local(&mut self, id: UdpId) -> io::Result<SocketAddr> {
        Ok(self.udp.get(id)?.local)
    }

    pub(crate) fn udp_peer(&mut self, id: UdpId) -> io::Result<SocketAddr> {
        self.udp.get(id)?.peer.map(|(_, _, addr)| addr).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// From now on the socket sends to one peer, and hears nobody else.
    pub(crate) fn udp_connect(&mut self, core: &mut Core, id: UdpId, peer: SocketAddr) -> io::Result<()> {
        let Socket { node, bound, .. } = *self.udp.get(id)?;
        let to = self.route_bound(core, node, bound, peer.ip())?;
        self.udp.get(id)?.peer = Some((to, peer.port(), peer));
        Ok(())
    }

    /// Sends a datagram; to the peer of a connected socket where no address is given.
    pub(crate) fn udp_send(
        &mut self,
        core: &mut Core,
        id: UdpId,
        payload: &[u8],
        addr: Option<SocketAddr>,
    ) -> io::Result<usize> {
        let socket = self.udp.get(id)?;
        let (from, from_port, key, bound) = (socket.node, socket.local.port(), socket.key, socket.bound);
        if payload.len() > LARGEST {
            return Err(errno::EMSGSIZE.into());
        }
        if std::mem::take(&mut socket.refused) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let seq = socket.sent;
        socket.sent = seq.wrapping_add(1);
        let peer = socket.peer;
        let (to, to_port, family) = match (addr, peer) {
            (Some(addr), _) => {
                (self.route_bound(core, from, bound, addr.ip())?, addr.port(), Family::of(addr.ip()))
            }
            (None, Some((to, port, addr))) => (to, port, Family::of(addr.ip())),
            (None, None) => return Err(errno::EDESTADDRREQ.into()),
        };
        if from != to && !self.links.plain && self.is_above_mtu(payload.len(), family) {
            return Err(errno::EMSGSIZE.into());
        }
        let (kind, end, connection, source) = (PacketKind::Datagram, NONE, NONE, bound.source(family));
        let head = Head { from, to, from_port, to_port, end, connection, kind, family, source };
        let place = self.cells.insert(head, payload);
        let drawer = Drawer::new(hash_combine_spread(key, self.host(core, to).spread), seq);
        self.note_sent(core, place, payload_hash(payload));
        match self.fate(core, place, drawer, from == to) {
            Fate::Arrives(at) => self.datagram_goes(core, place, drawer, at),
            Fate::Lost(reason) => self.lose(core, place, reason),
            Fate::Judged => {}
        }
        Ok(payload.len())
    }

    /// Puts a datagram on its way, and perhaps a copy of it.
    #[inline]
    pub(super) fn datagram_goes(&mut self, core: &mut Core, place: u32, drawer: Drawer, at: Instant) {
        self.fly(core, place, at);
        let head = &self.cells.get(place).head;
        if head.from == head.to {
            return;
        }
        if self.links.plain {
            if let Some(again) = self.links.plain_copy(core, drawer) {
                self.copy(core, place, again);
            }
        } else {
            self.datagram_suffers(core, place, drawer);
        }
    }

    #[cold]
    #[inline(never)]
    fn datagram_suffers(&mut self, core: &mut Core, place: u32, drawer: Drawer) {
        let way = self.way(place);
        if let Some(again) = self.links.rare_copy(core, drawer, way) {
            self.copy(core, place, again);
        }
        if self.links.corrupts(core, drawer, way) {
            self.corrupt(core, place, drawer);
        }
    }

    /// A second copy of a datagram arrives then.
    #[cold]
    #[inline(never)]
    pub(super) fn copy(&mut self, core: &mut Core, place: u32, at: Instant) {
        let copy = self.cells.duplicate(place);
        self.stats.duplicated += 1;
        self.fly(core, copy, at);
    }

    /// The node that a socket bound there reaches by an address: from loopback nothing leaves the node.
    #[inline]
    fn route_bound(&self, core: &Core, from: NodeId, bound: Bound, ip: IpAddr) -> io::Result<NodeId> {
        let to = self.route(core, from, ip)?;
        if bound.is_loopback() && to != from {
            return Err(errno::EINVAL.into());
        }
        Ok(to)
    }

    pub(crate) fn datagram_arrives(&mut self, core: &mut Core, place: u32) {
        let len = self.cells.get(place).len;
        let socket = match self.datagram_socket(core, place) {
            Ok(socket) => socket,
            Err(reason) => {
                self.note_loss(core, place, reason);
                if reason == LossReason::NoSocket {
                    self.tell_unreachable(core, place);
                }
                self.cells.release(place);
                return;
            }
        };
        self.note_arrival(core, place);
        let socket = &mut self.udp.list[socket as usize];
        self.cells.push(&mut socket.inbox, place);
        socket.count += 1;
        socket.bytes += len;
        socket.readers.wake_all(core);
    }

    /// The socket that takes this datagram, or why none does.
    #[inline]
    fn datagram_socket(&mut self, core: &Core, place: u32) -> Result<u32, LossReason> {
        let Head { from, to, from_port, to_port, family, source, .. } = self.cells.get(place).head;
        let host = self.reach(core, from, to)?;
        let number = host.ports.socket(Transport::Udp, to_port, family).ok_or(LossReason::NoSocket)?;
        let (cell, socket) = (self.cells.get(place), &self.udp.list[number as usize]);
        let stranger = socket.peer.is_some_and(|(node, port, addr)| {
            (node, port, Family::of(addr.ip())) != (from, from_port, source)
        });
        if stranger {
            Err(LossReason::NoSocket)
        } else if socket.count == INBOX_COUNT || socket.bytes + cell.len > INBOX_BYTES {
            Err(LossReason::Full)
        } else {
            Ok(number)
        }
    }

    /// Takes the next datagram of the inbox, or looks at it if `keep` is set; what does not fit into
    /// the buffer is cut off.
    #[inline]
    pub(crate) fn udp_receive(
        &mut self,
        core: &mut Core,
        id: UdpId,
        buffer: &mut [u8],
        keep: bool,
    ) -> Poll<io::Result<Receipt>> {
        let socket = match self.udp.get(id) {
            Ok(socket) => socket,
            Err(error) => return Poll::Ready(Err(error)),
        };
        let place = socket.inbox.head;
        if place == NONE {
            if std::mem::take(&mut socket.refused) {
                return Poll::Ready(Err(io::ErrorKind::ConnectionRefused.into()));
            }
            socket.readers.add(core);
            core.waits_for(Wait::Device(SLOT, WAIT_RECV, socket.local.port() as u32));
            return Poll::Pending;
        }
        let payload = self.cells.payload(place);
        let len = payload.len().min(buffer.len());
        copy(&mut buffer[..len], &payload[..len]);
        core.touch_mailbox(socket.node);
        let cell = self.cells.get(place);
        let receipt = Receipt::new(len, cell.head);
        if !keep {
            socket.count -= 1;
            socket.bytes -= payload.len() as u32;
            self.cells.release_first(&mut socket.inbox);
        }
        Poll::Ready(Ok(receipt))
    }

    /// Whether receiving would not wait.
    pub(crate) fn udp_is_readable(&mut self, id: UdpId) -> io::Result<bool> {
        let socket = self.udp.get(id)?;
        Ok(!socket.inbox.is_empty() || socket.refused)
    }

    /// Waits until receiving would not.
    pub(crate) fn udp_poll_readable(&mut self, core: &mut Core, id: UdpId) -> Poll<io::Result<()>> {
        match self.udp_is_readable(id) {
            Ok(false) => {
                let socket = &mut self.udp.list[id.place as usize];
                socket.readers.add(core);
                core.waits_for(Wait::Device(SLOT, WAIT_RECV, socket.local.port() as u32));
                Poll::Pending
            }
            result => Poll::Ready(result.map(drop)),
        }
    }

    /// The handle was dropped.
    pub(crate) fn udp_close(&mut self, core: &mut Core, id: UdpId) {
        let Ok(socket) = self.udp.get(id) else { return };
        socket.open = false;
        let (node, port) = (socket.node, socket.local.port());
        socket.readers.forget_all(core);
        self.cells.release_all(&mut socket.inbox);
        self.udp.free.push(id.place);
        self.host(core, node).ports.release_socket(Transport::Udp, port, id.place);
    }

    pub(crate) fn close_datagram_sockets(&mut self, core: &mut Core, node: NodeId) {
        for place in 0..self.udp.list.len() as u32 {
            let socket = &self.udp.list[place as usize];
            if socket.open && socket.node == node {
                let generation = socket.generation;
                self.udp_close(core, UdpId { place, generation });
            }
        }
    }
}
