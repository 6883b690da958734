//! How connections end: in order (FIN), abruptly (RST), silently (power loss), by giving up.
//!
//! Seam. A connection is forgotten when both ends have ended and nothing of it is under way.

use super::{End, EndId, ListenerId, State};
use crate::fabric::{
    Net,
    cells::Head,
    link::{Drawer, Fate},
    ports::Peer,
};
use reenact_clock::Instant;
use reenact_sim::{Core, Down, Event, LossReason, NodeId, PacketKind};
use std::{io, time::Duration};

/// How long a connection that its process has closed holds its port while the peer does not close
/// (Linux's `tcp_fin_timeout`).
const ORPHAN: Duration = Duration::from_secs(60);

impl Net {
    /// Closes the write half: the peer reads the end of the stream after what was written.
    pub(crate) fn tcp_shutdown(&mut self, core: &mut Core, id: EndId) -> io::Result<()> {
        let end = self.tcp.held(id)?;
        // There is nothing to close where the connection has failed: reading or writing tells of that.
        if !end.fin_sent && !end.failed {
            end.fin_sent = true;
            self.transmit(core, id.place, PacketKind::Fin, &[]);
        }
        Ok(())
    }

    /// The handle was dropped: closes both halves.
    pub(crate) fn tcp_close(&mut self, core: &mut Core, id: EndId) {
        if self.tcp.held(id).is_ok() {
            self.close_end(core, id.place);
        }
    }

    /// What `close` of the last descriptor does: a reset if something is unread (RFC 2525,
    /// section 2.17) or the handshake is not complete, else a FIN.
    fn close_end(&mut self, core: &mut Core, place: u32) {
        let end = self.tcp.end(place);
        if !end.inbox.is_empty() || end.state == State::SynReceived || end.aborts_on_close() {
            self.abort_end(core, place);
            return;
        }
        let was_open = matches!(end.state, State::Open | State::Queued) && !end.failed;
        let finish = was_open && !end.fin_sent;
        end.fin_sent |= was_open;
        self.release_end(core, place);
        if finish {
            self.transmit(core, place, PacketKind::Fin, &[]);
        }
        self.settle_port(core, place);
        self.free_if_over(core, place);
    }

    /// Ends abruptly: the peer is reset.
    pub(super) fn abort_end(&mut self, core: &mut Core, place: u32) {
        let end = self.tcp.end(place);
        let tell = matches!(end.state, State::SynReceived | State::Queued | State::Open) && !end.failed;
        self.drop_stalled(place);
        self.tcp.end(place).failed = true;
        self.release_end(core, place);
        if tell {
            self.send_reset(core, place);
        }
        self.ask_again(core, place);
        self.settle_port(core, place);
        self.free_if_over(core, place);
    }

    /// The process has let go of an end.
    pub(super) fn release_end(&mut self, core: &mut Core, place: u32) {
        let end = self.tcp.end(place);
        if end.state == State::SynReceived {
            let listener = end.listener;
            if let Some(listener) = self.tcp.listener(listener) {
                listener.pending -= 1;
            }
        }
        let end = self.tcp.end(place);
        end.held = false;
        end.state = State::Closed;
        end.forget_waiters(core);
        self.cells.release_all(&mut end.inbox);
        self.stop_keep_alive(core, place);
    }

    pub(super) fn drop_stalled(&mut self, place: u32) {
        let end = self.tcp.end(place);
        end.gap |= !end.stalled.is_empty();
        let mut stalled = std::mem::replace(&mut end.stalled, super::Queue::EMPTY);
        let mut behind = std::mem::replace(&mut end.behind, super::Queue::EMPTY);
        while let Some(cell) = self.cells.pop(&mut stalled).or_else(|| self.cells.pop(&mut behind)) {
            self.cells.release(cell);
            self.tcp.connection(place).flying -= 1;
        }
    }

    /// An end gives up, or hears that it is over: its user is told once.
    pub(super) fn fail_end(&mut self, core: &mut Core, place: u32, kind: io::ErrorKind) {
        if self.tcp.end(place).state == State::SynReceived {
            self.give_up_grant(core, place);
            return;
        }
        self.drop_stalled(place);
        let number = self.tcp.connection(place).number;
        let end = self.tcp.end(place);
        end.failed = true;
        if end.held {
            end.error = Some(kind);
            let (now, node) = (core.now(), end.node);
            core.recorder().record(now, node, reenact_sim::Line::NO_TASK, Event::Broken(number, kind));
        }
        end.wake_both(core);
        self.stop_keep_alive(core, place);
        if kind == io::ErrorKind::TimedOut {
            self.vanished(core, place);
        }
        self.settle_port(core, place);
        self.free_if_over(core, place);
    }

    /// An end is gone and has not told its peer, which must find out by itself.
    fn vanished(&mut self, core: &mut Core, place: u32) {
        self.ask_again(core, place);
        let peer = self.tcp.end(place ^ 1);
        if peer.held && peer.state == State::Open && !peer.failed && peer.credit == 0 {
            // A writer before a closed window asks whether it is open by now (RFC 9293, 3.8.6.1).
            self.transmit_window(core, place ^ 1, 0);
        }
    }

    /// Sends a reset from the end at `place`. It is never sent again.
    pub(super) fn send_reset(&mut self, core: &mut Core, place: u32) {
        let head = self.head(place, PacketKind::Rst, place ^ 1);
        let cell = self.cells.insert(head, &[]);
        let end = self.tcp.end(place);
        let drawer = Drawer::new(end.key, end.sent);
        end.sent = end.sent.wrapping_add(1);
        self.note_sent(core, cell, 0);
        match self.fate(core, cell, drawer, head.from == head.to) {
            Fate::Arrives(at) => self.reset_goes(core, cell, at),
            Fate::Lost(reason) => self.reset_is_lost(core, cell, reason),
            Fate::Judged => {}
        }
    }

    /// A reset comes behind what was sent before it: it would be out of the window otherwise.
    pub(in crate::fabric) fn reset_goes(&mut self, core: &mut Core, cell: u32, at: Instant) {
        let place = self.cells.get(cell).head.end ^ 1;
        let at = at.max(self.tcp.end(place).last);
        self.fly(core, cell, at);
    }

    pub(in crate::fabric) fn reset_is_lost(&mut self, core: &mut Core, cell: u32, reason: LossReason) {
        self.note_loss(core, cell, reason);
        let place = self.cells.get(cell).head.end ^ 1;
        self.ask_again(core, place);
        self.answer_later(core, place);
        self.drop_packet(core, cell, place);
    }

    pub(crate) fn reset_arrives(&mut self, core: &mut Core, cell: u32) {
        let Head { from, to, end: place, .. } = self.cells.get(cell).head;
        if let Some(reason) = self.obstacle(core, from, to) {
            self.reset_is_lost(core, cell, reason);
            return;
        }
        self.note_arrival(core, cell);
        let end = self.tcp.end(place);
        match end.state {
            // It has heard already.
            _ if end.failed => {}
            State::SynSent => self.fail_end(core, place, io::ErrorKind::ConnectionRefused),
            State::SynReceived => {
                self.drop_stalled(place);
                self.release_end(core, place);
            }
            // Who knows that the peer has closed learns no more than that it reads nothing.
            State::Queued | State::Open if end.eof => self.fail_end(core, place, io::ErrorKind::BrokenPipe),
            State::Queued | State::Open => self.fail_end(core, place, io::ErrorKind::ConnectionReset),
            State::Closed | State::Absent => {
                self.drop_stalled(place);
                self.end_orphan(core, place);
            }
        }
        self.drop_packet(core, cell, place);
    }

    /// A packet of a connection has come to nothing.
    pub(super) fn drop_packet(&mut self, core: &mut Core, cell: u32, place: u32) {
        self.cells.release(cell);
        self.tcp.connection(place).flying -= 1;
        self.free_if_over(core, place);
    }

    /// Forgets a connection of which nothing is left.
    pub(super) fn free_if_over(&mut self, core: &mut Core, place: u32) {
        let connection = self.tcp.connection(place);
        if !connection.is_over() {
            return;
        }
        connection.in_use = false;
        connection.generation = connection.generation.wrapping_add(1);
        let (node, port, number) = (connection.ends[0].node, connection.ends[0].port, connection.number);
        self.tcp.free.push(place >> 1);
        self.host(core, node).ports.release_client(port, number);
    }

    /// The client's end may be closed while the server's lives: then its port is free at once if
    /// nothing is to come any more, and else a while after the server heard of it. If both are closed it
    /// is free, but not at once for the same peer if the client was the first.
    pub(super) fn settle_port(&mut self, core: &mut Core, place: u32) {
        let [client, server] = &self.tcp.connection(place).ends;
        if client.held || client.state != State::Closed {
            return;
        }
        let (node, port, now) = (client.node, client.port, core.now());
        let is_closed = client.eof && server.eof;
        if client.failed || !client.fin_sent || is_closed && !client.closed_first {
            self.end_orphan(core, place & !1);
        } else if is_closed {
            let (host, at) = (server.node, server.port);
            let connection = self.tcp.connection(place);
            let (number, peer) = (connection.number, Peer(host, at, connection.family));
            self.host(core, node).ports.past(port, number, peer, now);
        } else if server.eof {
            let number = self.tcp.connection(place).number;
            self.host(core, node).ports.orphan(port, number, now + ORPHAN);
        }
    }

    /// Nothing is left of the closed end at `place`: if it is the client's, its port is free.
    pub(super) fn end_orphan(&mut self, core: &mut Core, place: u32) {
        let number = self.tcp.connection(place).number;
        let End { node, port, state, .. } = *self.tcp.end(place);
        if place & 1 == 0 && state == State::Closed {
            self.host(core, node).ports.release_client(port, number);
        }
    }

    /// The streams and listeners of a node whose process has ended.
    pub(crate) fn close_streams(&mut self, core: &mut Core, node: NodeId, how: Down) {
        for place in 0..self.tcp.listeners.len() as u32 {
            let listener = &self.tcp.listeners[place as usize];
            if listener.open && listener.node == node {
                let generation = listener.generation;
                self.tcp_unlisten(core, ListenerId { place, generation }, how == Down::Crash);
            }
        }
        for place in 0..self.tcp.list.len() as u32 * 2 {
            let in_use = self.tcp.connection(place).in_use;
            let end = self.tcp.end(place);
            if !in_use || end.node != node || end.state == State::Absent {
                continue;
            }
            match how {
                Down::Crash => self.silence_end(core, place),
                _ if !end.held => {}
                Down::Stop => self.close_end(core, place),
                Down::Kill => self.abort_end(core, place),
            }
        }
    }

    /// The host of an end has lost power.
    fn silence_end(&mut self, core: &mut Core, place: u32) {
        self.drop_stalled(place);
        let end = self.tcp.end(place);
        end.failed = true;
        end.fin_sent = false;
        self.release_end(core, place);
        self.vanished(core, place);
        self.free_if_over(core, place);
    }
}
