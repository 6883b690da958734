//! How connections begin: listeners, SYN, SYN-ACK, ACK.
//!
//! Seam. A SYN that meets a partition, a dead host or a full queue is silently lost and sent again
//! after 1, 2, 4, … seconds, six times as Linux does: then the connect has timed out, after 127
//! seconds. Only a living host without a listener refuses.

use super::{Connections, End, EndId, Listener, ListenerId, State};
use crate::{
    address::{Bound, Family},
    fabric::{
        Net, RETRY_ACK, RETRY_SYN, WAIT_ACCEPT, WAIT_CONNECT,
        cells::Head,
        link::{Drawer, Fate},
        ports::{Claim, Peer},
        waiters::Waiters,
    },
};
use reenact_clock::Instant;
use reenact_sim::{Core, Event, LossReason, NodeId, PacketKind, Transport, Wait, hash_combine};
use std::{collections::VecDeque, io, net::SocketAddr, task::Poll, time::Duration};

/// How often a SYN is sent again (Linux's `tcp_syn_retries`).
const SYN_RETRIES: u32 = 6;
/// How often a SYN-ACK that was not answered is sent again (Linux's `tcp_synack_retries`).
const SYN_ACK_RETRIES: u8 = 5;

impl Net {
    /// Listens on the acting node.
    pub(crate) fn tcp_listen(
        &mut self,
        core: &mut Core,
        addr: SocketAddr,
        claim: Claim,
        backlog: u32,
    ) -> io::Result<ListenerId> {
        let node = core.current_node();
        let bound = Bound::of(addr.ip(), node, core.node_count()).ok_or(io::ErrorKind::AddrNotAvailable)?;
        let Connections { listeners, free_listeners, .. } = &mut self.tcp;
        let place = free_listeners.last().copied().unwrap_or(listeners.len() as u32);
        let generation =
            listeners.get(place as usize).map_or(0, |listener| listener.generation.wrapping_add(1));
        let now = core.now();
        let port =
            self.host(core, node).ports.bind(Transport::Tcp, addr.port(), place, (bound, claim), now)?;
        let local = SocketAddr::new(addr.ip(), port);
        let listener = Listener {
            generation,
            open: true,
            node,
            local,
            queue: VecDeque::new(),
            pending: 0,
            backlog,
            acceptors: Waiters::default(),
        };
        match self.tcp.free_listeners.pop() {
            Some(place) => self.tcp.listeners[place as usize] = listener,
            None => self.tcp.listeners.push(listener),
        }
        core.record(Event::Bind(Transport::Tcp, local));
        Ok(ListenerId { place, generation })
    }

    pub(crate) fn tcp_listener_addr(&mut self, id: ListenerId) -> io::Result<SocketAddr> {
        self.tcp.listener(id).map(|listener| listener.local).ok_or_else(crate::fabric::gone)
    }

    /// Who listens at this address of a host.
    pub(crate) fn tcp_listener_at(&mut self, core: &Core, host: NodeId, addr: SocketAddr) -> Option<u32> {
        self.host(core, host).ports.socket(Transport::Tcp, addr.port(), Family::of(addr.ip()))
    }

    /// Takes the next connection of a listener's queue.
    pub(crate) fn tcp_accept(
        &mut self,
        core: &mut Core,
        id: ListenerId,
    ) -> Poll<io::Result<(EndId, SocketAddr)>> {
        let Some(listener) = self.tcp.listener(id) else {
            return Poll::Ready(Err(crate::fabric::gone()));
        };
        let Some(place) = listener.queue.pop_front() else {
            let port = listener.local.port();
            listener.acceptors.add(core);
            core.waits_for(Wait::Device(Net::SLOT, WAIT_ACCEPT, port as u32));
            return Poll::Pending;
        };
        let end = self.tcp.end(place);
        if end.state == State::Queued {
            end.state = State::Open;
        }
        let connection = self.tcp.connection(place);
        let (generation, number) = (connection.generation, connection.number);
        core.record(Event::Accept(number));
        Poll::Ready(Ok((EndId { place, generation }, self.end_addr(place ^ 1))))
    }

    /// Asks for a connection from the acting node, and from a certain address if one is claimed.
    pub(crate) fn tcp_connect(
        &mut self,
        core: &mut Core,
        addr: SocketAddr,
        from: Option<(SocketAddr, Claim)>,
    ) -> io::Result<EndId> {
        let node = core.current_node();
        let to = self.route(core, node, addr.ip())?;
        let (connection, now) = (self.tcp.made, core.now());
        if let Some((from, _)) = from {
            Bound::of(from.ip(), node, core.node_count()).ok_or(io::ErrorKind::AddrNotAvailable)?;
        }
        let peer = Peer(to, addr.port(), Family::of(addr.ip()));
        let ports = &mut self.host(core, node).ports;
        let port = match from.map(|(from, claim)| (from.port(), claim)) {
            None | Some((0, _)) => ports.take_any(connection, peer, now)?,
            Some((port, claim)) => ports.take(port, connection, claim, now)?,
        };
        let key = core.new_object();
        let window = self.links.config.window;
        let mut end = End::new(node, port, hash_combine(key, 0), State::SynSent, window);
        end.held = true;
        let connection = self.tcp.insert(end, Family::of(addr.ip()));
        let place = connection << 1;
        let other = self.tcp.end(place | 1);
        (other.node, other.port, other.key) = (to, addr.port(), hash_combine(key, 1));
        let number = self.tcp.connection(place).number;
        core.record(Event::Connect(number, addr));
        self.send_syn(core, place);
        Ok(EndId { place, generation: self.tcp.connection(place).generation })
    }

    fn send_syn(&mut self, core: &mut Core, place: u32) {
        let head = self.head(place, PacketKind::Syn, place);
        let cell = self.cells.insert(head, &[]);
        let end = self.tcp.end(place);
        end.last = core.now();
        let drawer = Drawer::new(end.key, end.sent);
        end.sent = end.sent.wrapping_add(1);
        self.note_sent(core, cell, 0);
        match self.fate(core, cell, drawer, head.from == head.to) {
            Fate::Arrives(at) => self.fly(core, cell, at),
            Fate::Lost(reason) => self.syn_is_lost(core, cell, reason),
            Fate::Judged => {}
        }
    }

    /// The head of a packet that the end at `place` sends now; it counts as under way.
    #[inline(always)]
    pub(super) fn head(&mut self, place: u32, kind: PacketKind, end: u32) -> Head {
        let connection = self.tcp.connection(place);
        connection.flying += 1;
        let side = (place & 1) as usize;
        let (me, peer) = (&connection.ends[side], &connection.ends[side ^ 1]);
        let (from, to, from_port, to_port) = (me.node, peer.node, me.port, peer.port);
        Head {
            from,
            to,
            from_port,
            to_port,
            end,
            connection: connection.number,
            kind,
            family: connection.family,
            source: connection.family,
        }
    }

    /// A SYN did not arrive: it is sent again a while after it was sent.
    pub(in crate::fabric) fn syn_is_lost(&mut self, core: &mut Core, cell: u32, reason: LossReason) {
        self.note_loss(core, cell, reason);
        let place = self.cells.get(cell).head.end;
        self.cells.release(cell);
        let end = self.tcp.end(place);
        let again = (end.last + Duration::from_secs(1 << end.attempts)).max(core.now());
        core.alarm(again, Net::SLOT, RETRY_SYN << 32 | place as u64);
    }

    /// The end at `place` will not answer, or its answer is lost or late: if the other one still
    /// waits for that, it asks again in its time.
    pub(in crate::fabric) fn ask_again(&mut self, core: &mut Core, place: u32) {
        let end = self.tcp.end(place ^ 1);
        if place & 1 == 1 && end.state == State::SynSent && !end.failed {
            let again = (end.last + Duration::from_secs(1 << end.attempts)).max(core.now());
            self.tcp.connection(place).flying += 1;
            core.alarm(again, Net::SLOT, RETRY_SYN << 32 | (place ^ 1) as u64);
        }
    }

    pub(crate) fn retry_syn(&mut self, core: &mut Core, place: u32) {
        self.tcp.connection(place).flying -= 1;
        let end = self.tcp.end(place);
        let early = core.now() < end.last + Duration::from_secs(1 << end.attempts);
        if end.state != State::SynSent || end.failed || early {
            self.free_if_over(core, place);
            return;
        }
        end.attempts += 1;
        if end.attempts > SYN_RETRIES {
            self.fail_end(core, place, io::ErrorKind::TimedOut);
        } else {
            self.send_syn(core, place);
        }
    }

    pub(crate) fn syn_arrives(&mut self, core: &mut Core, cell: u32) {
        let Head { from, to, to_port: port, end: place, family, .. } = self.cells.get(cell).head;
        if self.tcp.end(place).state != State::SynSent {
            // The connect was dropped meanwhile.
            self.drop_packet(core, cell, place);
            return;
        }
        if let Some(reason) = self.obstacle(core, from, to) {
            if reason == LossReason::Down && self.tells_of_dead_host(core, place) {
                self.note_loss(core, cell, reason);
                self.fail_end(core, place, io::ErrorKind::HostUnreachable);
                self.drop_packet(core, cell, place);
            } else {
                self.syn_is_lost(core, cell, reason);
            }
            return;
        }
        if self.tcp.end(place | 1).state == State::SynReceived {
            // The grant is late, or was lost and will go again.
            self.note_arrival(core, cell);
            self.ask_again(core, place | 1);
            self.drop_packet(core, cell, place);
            return;
        }
        let Some(listener) = self.host(core, to).ports.socket(Transport::Tcp, port, family) else {
            self.note_arrival(core, cell);
            self.drop_packet(core, cell, place);
            self.send_reset(core, place | 1);
            return;
        };
        let taken = &mut self.tcp.listeners[listener as usize];
        // One more than it says, as in all stacks that follow 4.2BSD.
        if taken.queue.len() + taken.pending as usize > taken.backlog as usize {
            self.syn_is_lost(core, cell, LossReason::Backlog);
            return;
        }
        taken.pending += 1;
        let id = ListenerId { place: listener, generation: taken.generation };
        self.note_arrival(core, cell);
        let window = self.links.config.window;
        let end = self.tcp.end(place | 1);
        *end =
            End { listener: id, sent: end.sent, ..End::new(to, port, end.key, State::SynReceived, window) };
        end.held = true;
        self.cells.release(cell);
        self.tcp.connection(place).flying -= 1;
        self.transmit(core, place | 1, PacketKind::SynAck, &[]);
    }

    /// The grant has reached the one that asked.
    pub(super) fn syn_ack_arrives(&mut self, core: &mut Core, place: u32) {
        let end = self.tcp.end(place);
        if end.state != State::SynSent || end.failed {
            self.send_reset(core, place);
            return;
        }
        end.state = State::Open;
        end.wake_writer(core);
        let (node, number) = (end.node, self.tcp.connection(place).number);
        let (now, none) = (core.now(), reenact_sim::Line::NO_TASK);
        core.recorder().record(now, node, none, Event::Connected(number));
        self.send_ack(core, place);
    }

    /// Completes the handshake. Whatever follows acknowledges too, so nothing waits for this one.
    fn send_ack(&mut self, core: &mut Core, place: u32) {
        let head = self.head(place, PacketKind::Ack, place ^ 1);
        let cell = self.cells.insert(head, &[]);
        self.note_sent(core, cell, 0);
        let end = self.tcp.end(place);
        let drawer = Drawer::new(end.key, end.sent);
        end.sent = end.sent.wrapping_add(1);
        match self.fate(core, cell, drawer, head.from == head.to) {
            Fate::Arrives(at) => self.ack_goes(core, cell, at),
            Fate::Lost(reason) => self.ack_is_lost(core, cell, reason),
            Fate::Judged => {}
        }
    }

    /// Nothing that is sent after it arrives before it.
    pub(in crate::fabric) fn ack_goes(&mut self, core: &mut Core, cell: u32, at: Instant) {
        let place = self.cells.get(cell).head.end ^ 1;
        let end = self.tcp.end(place);
        end.last = end.last.max(at);
        self.fly(core, cell, at);
    }

    /// The ACK did not arrive.
    pub(in crate::fabric) fn ack_is_lost(&mut self, core: &mut Core, cell: u32, reason: LossReason) {
        self.note_loss(core, cell, reason);
        let place = self.cells.get(cell).head.end ^ 1;
        self.answer_later(core, place);
        self.drop_packet(core, cell, place);
    }

    /// What the client's end at `place` answered to the SYN-ACK was lost: the SYN-ACK is sent again
    /// after 1, 2, 4, … seconds, and answered again, unless something else has told by then.
    pub(super) fn answer_later(&mut self, core: &mut Core, place: u32) {
        if self.tcp.end(place ^ 1).state != State::SynReceived {
            return;
        }
        let connection = self.tcp.connection(place);
        connection.flying += 1;
        let again = core.now() + Duration::from_secs(1 << connection.answers);
        core.alarm(again, Net::SLOT, RETRY_ACK << 32 | place as u64);
    }

    pub(crate) fn retry_ack(&mut self, core: &mut Core, place: u32) {
        let connection = self.tcp.connection(place);
        connection.flying -= 1;
        if self.tcp.end(place ^ 1).state != State::SynReceived {
            self.free_if_over(core, place);
            return;
        }
        let connection = self.tcp.connection(place);
        connection.answers += 1;
        if connection.answers > SYN_ACK_RETRIES {
            self.give_up_grant(core, place ^ 1);
            return;
        }
        let end = self.tcp.end(place);
        if matches!(end.state, State::Open | State::Closed) && !end.failed {
            self.send_ack(core, place);
        } else {
            self.send_reset(core, place);
        }
    }

    /// Nobody answers the SYN-ACK: the half-open connection is forgotten.
    pub(super) fn give_up_grant(&mut self, core: &mut Core, place: u32) {
        self.drop_stalled(place);
        self.tcp.end(place).failed = true;
        self.release_end(core, place);
        self.ask_again(core, place);
        self.free_if_over(core, place);
    }

    /// The handshake is complete: the connection joins the listener's queue.
    pub(super) fn ack_arrives(&mut self, core: &mut Core, place: u32) {
        let end = self.tcp.end(place);
        if end.state != State::SynReceived {
            return;
        }
        let id = end.listener;
        end.state = State::Queued;
        match self.tcp.listener(id) {
            Some(listener) => {
                listener.pending -= 1;
                listener.queue.push_back(place);
                listener.acceptors.wake_all(core);
            }
            None => self.abort_end(core, place),
        }
    }

    /// Whether the connection stands.
    pub(crate) fn tcp_poll_connected(&mut self, core: &mut Core, id: EndId) -> Poll<io::Result<()>> {
        let number = self.tcp.connection(id.place).number;
        let result = match self.tcp.held(id) {
            Err(error) => Err(error),
            Ok(end) => match end.error.take() {
                Some(kind) => Err(connect_error(kind)),
                None if end.state == State::SynSent && !end.failed => {
                    Net::wait(core, &mut end.writer, WAIT_CONNECT, number);
                    return Poll::Pending;
                }
                None => Ok(()),
            },
        };
        Poll::Ready(result)
    }

    /// The address of an end, as its peer sees it.
    pub(super) fn end_addr(&mut self, place: u32) -> SocketAddr {
        let family = self.tcp.connection(place).family;
        let end = self.tcp.end(place);
        SocketAddr::new(family.ip(end.node), end.port)
    }

    /// The address of an end.
    pub(crate) fn tcp_local(&mut self, id: EndId) -> io::Result<SocketAddr> {
        self.tcp.held(id)?;
        Ok(self.end_addr(id.place))
    }

    /// The address of its peer, which it has for as long as the connection stands: until a reset, or until
    /// each end knows that the other has closed.
    pub(crate) fn tcp_peer(&mut self, id: EndId) -> io::Result<SocketAddr> {
        let end = self.tcp.held(id)?;
        let (failed, eof) = (end.failed, end.eof);
        if failed || eof && self.tcp.end(id.place ^ 1).eof {
            return Err(io::ErrorKind::NotConnected.into());
        }
        Ok(self.end_addr(id.place ^ 1))
    }

    /// The handle of a listener was dropped, or its process ended.
    pub(crate) fn tcp_unlisten(&mut self, core: &mut Core, id: ListenerId, silent: bool) {
        let Some(listener) = self.tcp.listener(id) else { return };
        listener.open = false;
        listener.acceptors.forget_all(core);
        let queue = std::mem::take(&mut listener.queue);
        let (node, port) = (listener.node, listener.local.port());
        self.tcp.free_listeners.push(id.place);
        self.host(core, node).ports.release_socket(Transport::Tcp, port, id.place);
        if !silent {
            for place in queue {
                self.abort_end(core, place);
            }
        }
    }
}

fn connect_error(kind: io::ErrorKind) -> io::Error {
    let words = match kind {
        io::ErrorKind::ConnectionRefused => "connection refused: nobody listens on this port",
        io::ErrorKind::HostUnreachable => "no route to host: it is down, and the network tells of it",
        io::ErrorKind::TimedOut => "connection timed out: no answer to seven SYNs in 127 s",
        _ => return kind.into(),
    };
    io::Error::new(kind, words)
}
