//! Short reads and writes, segments that are cut in two, connections that break, hosts of whose death
//! the network tells: what happens only where the configuration asks for it.
//!
//! Seam. Each is drawn from the stream of the connection's end.

use super::{EndId, State};
use crate::{
    fabric::{Net, link::Drawer},
    ratio::Ratio,
};
use reenact_sim::{Core, Kind, PacketKind, hash_bytes};
use std::io;

const SHORT_READ: u64 = hash_bytes(b"short read");
const SHORT_WRITE: u64 = hash_bytes(b"short write");
const CUT_SEGMENT: u64 = hash_bytes(b"segment cut in two");
const PART: u64 = hash_bytes(b"how short");
const BREAK: u64 = hash_bytes(b"connection breaks");
const SIDE: u64 = hash_bytes(b"side that breaks");
const UNREACHABLE: u64 = hash_bytes(b"host unreachable");

impl Net {
    /// How much of `whole` bytes is done at once: all of them, or fewer, but one at the least.
    fn part(&mut self, core: &mut Core, place: u32, purpose: u64, whole: usize) -> usize {
        let ratio = self.links.config.rare().fragment;
        if ratio.num == 0 || whole < 2 {
            return whole;
        }
        let drawer = self.next_part(place);
        if !drawer.happens(core, purpose, Kind::Fragment, ratio) {
            return whole;
        }
        self.stats.fragmented += 1;
        let less = drawer.choose(core, purpose ^ PART, Kind::Fragment, whole as u64 - 1) as usize;
        whole - 1 - less
    }

    /// Who draws about the next part, and its number.
    fn next_part(&mut self, place: u32) -> Drawer {
        let end = self.tcp.end(place);
        let key = end.key;
        let parts = &mut end.extra().parts;
        *parts += 1;
        Drawer::new(key, *parts - 1)
    }

    /// The part of a buffer that a read fills.
    #[cold]
    #[inline(never)]
    pub(super) fn short_buffer<'a>(
        &mut self,
        core: &mut Core,
        id: EndId,
        buffer: &'a mut [u8],
    ) -> &'a mut [u8] {
        let Ok(end) = self.tcp.held(id) else { return buffer };
        if end.inbox.is_empty() {
            return buffer;
        }
        let mut there =
            self.cells.list(end.inbox).map(|cell| self.cells.get(cell).len as usize).sum::<usize>();
        there -= self.tcp.end(id.place).offset as usize;
        let whole = buffer.len().min(there);
        let part = self.part(core, id.place, SHORT_READ, whole);
        &mut buffer[..part.max(whole.min(1))]
    }

    /// Writes these bytes, or fewer, as one segment or as two; returns how many.
    #[cold]
    #[inline(never)]
    pub(super) fn write_in_parts(&mut self, core: &mut Core, place: u32, bytes: &[u8]) -> usize {
        let n = self.part(core, place, SHORT_WRITE, bytes.len()).max(1);
        self.tcp.end(place).credit -= n as u32;
        let first = self.part(core, place, CUT_SEGMENT, n).max(1);
        self.transmit(core, place, PacketKind::Data, &bytes[..first]);
        if first < n {
            self.transmit(core, place, PacketKind::Data, &bytes[first..n]);
        }
        n
    }

    /// Bytes have come to an end: now and then its connection breaks.
    #[cold]
    #[inline(never)]
    pub(super) fn break_at_random(&mut self, core: &mut Core, place: u32) {
        let ratio = self.links.config.rare().reset;
        if ratio.num == 0 {
            return;
        }
        let drawer = self.next_part(place);
        if !drawer.happens(core, BREAK, Kind::Fail, ratio) {
            return;
        }
        self.stats.broken += 1;
        let both = [place, place ^ 1];
        let sides = match drawer.choose(core, SIDE, Kind::Fail, 3) {
            0 => &both[..1],
            1 => &both[1..],
            _ => &both[..],
        };
        for &side in sides {
            let end = self.tcp.end(side);
            if !end.failed && matches!(end.state, State::Open | State::Queued) {
                self.fail_end(core, side, io::ErrorKind::ConnectionReset);
            }
        }
    }

    /// Whether the network tells the end at `place` that the host it asks is down: all its SYNs, or none.
    pub(super) fn tells_of_dead_host(&mut self, core: &mut Core, place: u32) -> bool {
        let ratio: Ratio = self.links.config.rare().unreachable;
        if ratio.num == 0 {
            return false;
        }
        let tells = match self.tcp.end(place).extra().is_told_of_death {
            Some(tells) => tells,
            None => self.next_part(place).happens(core, UNREACHABLE, Kind::Fail, ratio),
        };
        self.tcp.end(place).extra().is_told_of_death = Some(tells);
        self.stats.unreachable += u64::from(tells);
        tells
    }
}
