//! What a sender of datagrams hears of them: that they are too large, that nobody takes them.
//!
//! Seam. A host that has no socket for a datagram says so (ICMP port unreachable, RFC 792), and of that a
//! socket hears which is connected to that very peer, as on Linux: its next call fails. Nobody else does,
//! so only such a socket is told.

use super::{
    Net,
    cells::{Head, NONE},
    link::{Drawer, Fate},
};
use crate::address::Family;
use reenact_sim::{Core, LossReason, PacketKind, Transport, hash_bytes, hash_combine};

const UNREACHABLE: u64 = hash_bytes(b"port unreachable");

impl Net {
    /// Whether a datagram is larger than what leaves a node.
    pub(super) fn is_above_mtu(&self, payload: usize, family: Family) -> bool {
        let headers = if matches!(family, Family::V6 | Family::Loopback6) { 48 } else { 28 };
        let mtu = self.links.config.rare().mtu as usize;
        mtu > 0 && payload + headers > mtu
    }

    /// Nobody takes the datagram at `place`: its sender is told, if it can hear it.
    #[cold]
    pub(super) fn tell_unreachable(&mut self, core: &mut Core, place: u32) {
        let asked = self.cells.get(place).head;
        let Head { from, to, from_port, to_port, family, source, .. } = asked;
        if self.connected_socket(core, asked).is_none() {
            return;
        }
        let (kind, end, connection) = (PacketKind::Unreachable, NONE, NONE);
        let answer = Head {
            from: to,
            to: from,
            from_port: to_port,
            to_port: from_port,
            end,
            connection,
            kind,
            family: source,
            source: family,
        };
        let (key, seq) = (self.host(core, to).key, self.host(core, to).sent);
        let key = hash_combine(hash_combine(key, UNREACHABLE), self.host(core, from).key);
        let cell = self.cells.insert(answer, &[]);
        self.note_sent(core, cell, 0);
        match self.fate(core, cell, Drawer::new(key, seq), from == to) {
            Fate::Arrives(at) => self.fly(core, cell, at),
            Fate::Lost(reason) => self.lose(core, cell, reason),
            Fate::Judged => {}
        }
    }

    /// The socket that sent this datagram, if it is connected to where that went.
    fn connected_socket(&mut self, core: &Core, asked: Head) -> Option<u32> {
        let Head { from, to, from_port, to_port, source, .. } = asked;
        let socket = self.host(core, from).ports.socket(Transport::Udp, from_port, source)?;
        self.udp.is_connected(socket, to, to_port).then_some(socket)
    }

    pub(super) fn unreachable_arrives(&mut self, core: &mut Core, cell: u32) {
        let Head { from, to, from_port, to_port, family, source, .. } = self.cells.get(cell).head;
        if let Some(reason) = self.obstacle(core, from, to) {
            self.lose(core, cell, reason);
            return;
        }
        let asked = Head {
            from: to,
            to: from,
            from_port: to_port,
            to_port: from_port,
            family: source,
            source: family,
            ..self.cells.get(cell).head
        };
        match self.connected_socket(core, asked) {
            Some(socket) => {
                self.note_arrival(core, cell);
                self.udp.refuse(core, socket);
                self.cells.release(cell);
            }
            None => self.lose(core, cell, LossReason::NoSocket),
        }
    }
}
