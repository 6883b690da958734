//! How bytes flow: segments in order, windows, retransmission.
//!
//! Seam.

use super::{EndId, State};
use crate::fabric::{
    Net, RETRY_SEGMENT, WAIT_READ, WAIT_WRITE,
    cells::{Head, copy, payload_hash},
    link::{Drawer, Fate, RETRIES, retry_after},
};
use reenact_sim::{Core, Event, LossReason, PacketKind};
use std::{io, task::Poll};

/// Whether a segment is on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Launch {
    Flies,
    /// The link has lost it.
    Lost,
    /// A rule will decide.
    Judged,
}

impl Net {
    /// Sends a segment from the end at `place`, behind everything that end has sent before.
    #[inline]
    pub(super) fn transmit(&mut self, core: &mut Core, place: u32, kind: PacketKind, payload: &[u8]) {
        let head = self.head(place, kind, place ^ 1);
        let cell = self.cells.insert(head, payload);
        let hash = if payload.is_empty() { 0 } else { payload_hash(payload) };
        self.post(core, place, cell, hash, head.from == head.to);
    }

    /// Tells the writer how much has been read.
    #[inline(never)]
    pub(super) fn transmit_window(&mut self, core: &mut Core, place: u32, room: u32) {
        let head = self.head(place, PacketKind::Window, place ^ 1);
        let cell = self.cells.insert(head, &[]);
        self.cells.get_mut(cell).len = room;
        self.post(core, place, cell, 0, head.from == head.to);
    }

    #[inline(always)]
    fn post(&mut self, core: &mut Core, place: u32, cell: u32, hash: u32, local: bool) {
        self.note_sent(core, cell, hash);
        let end = self.tcp.end(place);
        if !(end.stalled.is_empty() && end.behind.is_empty()) {
            self.cells.push(&mut end.behind, cell);
            return;
        }
        match self.launch(core, place, cell, local) {
            Launch::Flies => {}
            launch => self.not_launched(core, place, cell, launch),
        }
    }

    /// The link has lost a segment behind which nothing waits yet, or a rule will decide.
    #[cold]
    #[inline(never)]
    fn not_launched(&mut self, core: &mut Core, place: u32, cell: u32, launch: Launch) {
        self.tcp.end(place).attempts = 0;
        if launch == Launch::Lost {
            self.keep_lost(core, place, cell);
        }
    }

    fn keep_lost(&mut self, core: &mut Core, place: u32, cell: u32) {
        let end = self.tcp.end(place);
        self.cells.push(&mut end.behind, cell);
        self.arm_retry(core, place);
        self.ask_again(core, place);
    }

    /// The rules have decided about a segment: behind what is to be sent again it is sent again too.
    pub(in crate::fabric) fn segment_goes(&mut self, core: &mut Core, cell: u32, fate: Fate) {
        let place = self.cells.get(cell).head.end ^ 1;
        if let Fate::Lost(reason) = fate {
            self.note_loss(core, cell, reason);
        }
        let end = self.tcp.end(place);
        if !(end.stalled.is_empty() && end.behind.is_empty()) {
            self.cells.push(&mut end.behind, cell);
            return;
        }
        match fate {
            Fate::Arrives(arrival) => {
                end.attempts = 0;
                let at = end.last.max(arrival);
                end.last = at;
                self.fly(core, cell, at);
            }
            _ if end.failed || end.state == State::Closed && !end.fin_sent => {
                end.gap = true;
                self.drop_packet(core, cell, place);
            }
            _ if end.attempts > RETRIES => {
                self.cells.push(&mut end.behind, cell);
                self.fail_end(core, place, io::ErrorKind::TimedOut);
            }
            _ => self.keep_lost(core, place, cell),
        }
    }

    /// Puts a segment on the wire, if the link lets it through.
    #[inline(always)]
    fn launch(&mut self, core: &mut Core, place: u32, cell: u32, local: bool) -> Launch {
        let end = self.tcp.end(place);
        let latencies = *end.latencies.get_or_insert_with(|| Drawer::prepare(end.key, core));
        let drawer = Drawer { key: end.key, seq: end.sent, latencies: Some(latencies) };
        end.sent = end.sent.wrapping_add(1);
        match self.fate(core, cell, drawer, local) {
            Fate::Arrives(arrival) => {
                let end = self.tcp.end(place);
                let at = end.last.max(arrival);
                end.last = at;
                self.fly(core, cell, at);
                Launch::Flies
            }
            Fate::Lost(reason) => {
                self.note_loss(core, cell, reason);
                Launch::Lost
            }
            Fate::Judged => Launch::Judged,
        }
    }

    #[inline]
    pub(crate) fn segment_arrives(&mut self, core: &mut Core, cell: u32) {
        let packet = self.cells.get(cell);
        let (Head { from, to, end: place, kind, .. }, len) = (packet.head, packet.len);
        let obstacle = self.obstacle(core, from, to);
        if kind == PacketKind::Ack
            && let Some(reason) = obstacle
        {
            self.ack_is_lost(core, cell, reason);
            return;
        }
        let sender = self.tcp.end(place ^ 1);
        if obstacle.is_some() || !sender.stalled.is_empty() || sender.gap {
            self.stall(core, place ^ 1, cell, obstacle);
            return;
        }
        self.note_arrival(core, cell);
        let connection = self.tcp.connection(place);
        connection.flying -= 1;
        let mut end = &mut connection.ends[(place & 1) as usize];
        if end.state == State::SynReceived {
            // Every segment of the client acknowledges the handshake.
            self.ack_arrives(core, place);
            end = self.tcp.end(place);
        }
        match kind {
            PacketKind::Data if end.takes_bytes() => {
                self.cells.push(&mut end.inbox, cell);
                end.wake_reader(core);
                if !self.links.plain {
                    self.break_at_random(core, place);
                }
                return;
            }
            PacketKind::Data => {
                self.send_reset(core, place);
                self.end_orphan(core, place);
            }
            PacketKind::SynAck => self.syn_ack_arrives(core, place),
            // Its host knows nothing of the connection any more.
            _ if end.failed => self.send_reset(core, place),
            PacketKind::Window => {
                end.credit += len;
                end.wake_writer(core);
            }
            PacketKind::Fin => {
                end.eof = true;
                end.closed_first = end.fin_sent;
                end.wake_reader(core);
                self.settle_port(core, place);
            }
            // It has told already what it had to tell.
            _ => {}
        }
        self.cells.release(cell);
        self.free_if_over(core, place);
    }

    /// A segment did not arrive, or another one before it did not: it waits to be sent again.
    #[cold]
    pub(in crate::fabric) fn stall(
        &mut self,
        core: &mut Core,
        sender: u32,
        cell: u32,
        obstacle: Option<LossReason>,
    ) {
        if let Some(reason) = obstacle {
            self.note_loss(core, cell, reason);
        }
        let end = self.tcp.end(sender);
        if end.failed || end.state == State::Closed && !end.fin_sent {
            // The sender has given up, or its host died: nobody sends it again.
            end.gap = true;
            self.ask_again(core, sender);
            self.drop_packet(core, cell, sender);
            return;
        }
        let first = end.stalled.is_empty() && end.behind.is_empty();
        self.cells.push(&mut end.stalled, cell);
        if first {
            end.attempts = 0;
        }
        self.arm_retry(core, sender);
        self.ask_again(core, sender);
    }

    fn arm_retry(&mut self, core: &mut Core, sender: u32) {
        let end = self.tcp.end(sender);
        if std::mem::replace(&mut end.retrying, true) {
            return;
        }
        // What is still on its way, behind the one that was lost, is waited for: all go again in order.
        let mut at = (core.now() + retry_after(end.attempts)).max(end.last);
        if let Some(limit) = end.give_up_at(core.now()) {
            at = at.min(limit.max(core.now()));
        }
        self.tcp.connection(sender).flying += 1;
        core.alarm(at, Net::SLOT, RETRY_SEGMENT << 32 | sender as u64);
    }

    /// The time-out of what is stalled: it is sent again if the way is free.
    pub(crate) fn retry_segments(&mut self, core: &mut Core, sender: u32) {
        self.tcp.connection(sender).flying -= 1;
        let (from, to) = (self.tcp.end(sender).node, self.tcp.end(sender ^ 1).node);
        let end = self.tcp.end(sender);
        end.retrying = false;
        if end.stalled.is_empty() && end.behind.is_empty() {
            end.is_through();
            self.free_if_over(core, sender);
            return;
        }
        if self.tcp.end(sender).give_up_at(core.now()).is_some_and(|limit| limit <= core.now()) {
            self.fail_end(core, sender, io::ErrorKind::TimedOut);
            return;
        }
        if self.obstacle(core, from, to).is_some() {
            let end = self.tcp.end(sender);
            end.attempts += 1;
            if end.attempts > RETRIES {
                self.fail_end(core, sender, io::ErrorKind::TimedOut);
            } else {
                self.arm_retry(core, sender);
            }
            return;
        }
        let end = self.tcp.end(sender);
        let mut stalled = std::mem::replace(&mut end.stalled, super::Queue::EMPTY);
        let mut behind = std::mem::replace(&mut end.behind, super::Queue::EMPTY);
        let mut attempts = end.attempts + 1;
        while let Some(cell) = self.cells.pop(&mut stalled).or_else(|| self.cells.pop(&mut behind)) {
            let (message, now) = (self.cells.get(cell).message(), core.now());
            core.recorder().record(now, from, reenact_sim::Line::NO_TASK, Event::Retransmit(message, now));
            match self.launch(core, sender, cell, from == to) {
                Launch::Flies => {
                    attempts = 0;
                    self.tcp.end(sender).is_through();
                    continue;
                }
                Launch::Judged => {
                    self.tcp.end(sender).attempts = attempts;
                    continue;
                }
                Launch::Lost => {}
            }
            // Lost again: it waits, and so does all that follows it.
            let end = self.tcp.end(sender);
            self.cells.push(&mut end.behind, cell);
            while let Some(next) = self.cells.pop(&mut stalled).or_else(|| self.cells.pop(&mut behind)) {
                self.cells.push(&mut end.behind, next);
            }
            end.attempts = attempts;
            if attempts > RETRIES {
                self.fail_end(core, sender, io::ErrorKind::TimedOut);
            } else {
                self.arm_retry(core, sender);
            }
            return;
        }
    }

    /// Reads what has arrived; 0 bytes mean that no more will come.
    #[inline]
    pub(crate) fn tcp_read(
        &mut self,
        core: &mut Core,
        id: EndId,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let buffer = if self.links.plain { buffer } else { self.short_buffer(core, id, buffer) };
        let end = match self.tcp.held(id) {
            Ok(end) => end,
            Err(error) => return Poll::Ready(Err(error)),
        };
        if end.inbox.is_empty() || buffer.is_empty() {
            if !buffer.is_empty() && !end.eof && !end.failed {
                let number = self.tcp.connection(id.place).number;
                let end = self.tcp.end(id.place);
                Net::wait(core, &mut end.reader, WAIT_READ, number);
                return Poll::Pending;
            }
            // The end of the stream came before whatever else happened.
            let error = if end.eof { None } else { end.error.take() };
            return Poll::Ready(error.map_or(Ok(0), |kind| Err(kind.into())));
        }
        let (mut read, mut unfilled) = (0, buffer);
        while !unfilled.is_empty() && !end.inbox.is_empty() {
            let rest = &self.cells.payload(end.inbox.head)[end.offset as usize..];
            let n = rest.len().min(unfilled.len());
            let (filled, left) = unfilled.split_at_mut(n);
            copy(filled, &rest[..n]);
            (read, unfilled) = (read + n, left);
            end.offset += n as u32;
            if n == rest.len() {
                end.offset = 0;
                self.cells.release_first(&mut end.inbox);
            }
        }
        end.consumed += read as u32;
        let room = end.consumed;
        if room >= self.links.config.window.div_ceil(2) && !end.eof && !end.failed {
            end.consumed = 0;
            self.transmit_window(core, id.place, room);
        }
        Poll::Ready(Ok(read))
    }

    /// Writes as much as the window lets through.
    #[inline]
    pub(crate) fn tcp_write(&mut self, core: &mut Core, id: EndId, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = match self.tcp.held(id) {
            Err(error) => Err(error),
            Ok(end) => match end.error.take() {
                Some(kind) => Err(kind.into()),
                None if end.fin_sent || end.failed => Err(io::ErrorKind::BrokenPipe.into()),
                None if bytes.is_empty() => Ok(0),
                None if end.credit == 0 => {
                    let number = self.tcp.connection(id.place).number;
                    let end = self.tcp.end(id.place);
                    Net::wait(core, &mut end.writer, WAIT_WRITE, number);
                    return Poll::Pending;
                }
                None => {
                    let n = bytes.len().min(end.credit as usize);
                    if self.links.plain {
                        end.credit -= n as u32;
                        self.transmit(core, id.place, PacketKind::Data, &bytes[..n]);
                        Ok(n)
                    } else {
                        Ok(self.write_in_parts(core, id.place, &bytes[..n]))
                    }
                }
            },
        };
        Poll::Ready(result)
    }
}
