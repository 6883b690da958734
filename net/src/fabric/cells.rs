//! Packets on the way and in inboxes: cells of one table, linked into lists.
//!
//! Pure. A cell has room for a small payload; larger ones go into pooled vectors. Places restart
//! from 0 in every run and enter no digest.

use crate::address::Family;
use reenact_clock::Instant;
use reenact_sim::{Message, NodeId, PacketKind};

/// The end of a list of cells, and no place.
pub(crate) const NONE: u32 = u32::MAX;

/// Payloads up to this many bytes need no vector.
const INLINE: usize = 136;

/// For how many packets there is room at first.
const FIRST: usize = 64;

/// What stands before a packet's payload.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) from_port: u16,
    pub(crate) to_port: u16,
    /// The connection's end it goes to (`connection << 1 | side`), for TCP after the first SYN;
    /// for a SYN the end it comes from; [`NONE`] for datagrams.
    pub(crate) end: u32,
    /// The connection's number in the run; [`NONE`] for datagrams.
    pub(crate) connection: u32,
    pub(crate) kind: PacketKind,
    /// The kind of address of `to` it is sent to.
    pub(crate) family: Family,
    /// The kind of address of `from` it comes from.
    pub(crate) source: Family,
}

/// A packet.
// In this order, so that what each packet needs and a small payload lie in two cache lines.
#[repr(C, align(64))]
pub(crate) struct Cell {
    pub(crate) head: Head,
    next: u32,
    /// Bytes of payload; for `Window` the room that was made.
    pub(crate) len: u32,
    large: u32,
    /// Its number among the packets of its sender node.
    pub(crate) ordinal: u32,
    /// A hash of the first 64 bytes of the payload.
    pub(crate) hash: u32,
    /// The recorded event that sent it.
    pub(crate) sent: u32,
    /// When it arrives, once it is on its way.
    pub(crate) at: Instant,
    inline: [u8; INLINE],
}

impl Cell {
    /// What the trace calls it.
    pub(crate) fn message(&self) -> Message {
        let Head { from, to, connection, kind, .. } = self.head;
        let (ordinal, hash) = (self.ordinal, self.hash);
        let len = if kind == PacketKind::Window { 0 } else { self.len };
        Message { from, to, ordinal, connection, kind, len, hash }
    }
}

/// A list of cells: packets in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queue {
    pub(crate) head: u32,
    tail: u32,
}

impl Queue {
    pub(crate) const EMPTY: Queue = Queue { head: NONE, tail: NONE };

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.head == NONE
    }
}

/// All packets of a run.
#[derive(Default)]
pub(crate) struct Cells {
    cells: Vec<Cell>,
    free: Vec<u32>,
    large: Vec<Vec<u8>>,
    free_large: Vec<u32>,
}

impl Cells {
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.free.clear();
        // Buffers keep their room; all are free again, from 0 upwards.
        self.free_large.clear();
        self.free_large.extend((0..self.large.len() as u32).rev());
    }

    #[inline]
    pub(crate) fn get(&self, place: u32) -> &Cell {
        &self.cells[place as usize]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, place: u32) -> &mut Cell {
        &mut self.cells[place as usize]
    }

    /// A packet with this payload.
    // Inlined so that the head is written field by field: copied whole, it would be read back from
    // narrower stores that have not reached the cache yet.
    #[inline(always)]
    pub(crate) fn insert(&mut self, head: Head, payload: &[u8]) -> u32 {
        let place = match self.free.pop() {
            Some(place) => place,
            None => self.grow(head.from),
        };
        let large = if payload.len() > INLINE { self.store_large(payload) } else { NONE };
        let cell = &mut self.cells[place as usize];
        cell.head = head;
        cell.len = payload.len() as u32;
        cell.large = large;
        if large == NONE {
            copy(&mut cell.inline[..payload.len()], payload);
        }
        place
    }

    #[cold]
    fn grow(&mut self, node: NodeId) -> u32 {
        if self.cells.capacity() == 0 {
            self.cells.reserve(FIRST);
        }
        let (from_port, to_port, end, connection, family) = (0, 0, NONE, NONE, Family::V4);
        let kind = PacketKind::Datagram;
        let head =
            Head { from: node, to: node, from_port, to_port, end, connection, kind, family, source: family };
        let (next, large, sent) = (NONE, NONE, NONE);
        let (at, inline) = (Instant::ZERO, [0; INLINE]);
        self.cells.push(Cell { head, next, len: 0, large, ordinal: 0, hash: 0, sent, at, inline });
        self.cells.len() as u32 - 1
    }

    #[inline(never)]
    fn store_large(&mut self, payload: &[u8]) -> u32 {
        let large = self.free_large.pop().unwrap_or_else(|| {
            self.large.push(Vec::new());
            self.large.len() as u32 - 1
        });
        let buffer = &mut self.large[large as usize];
        buffer.clear();
        buffer.extend_from_slice(payload);
        large
    }

    /// The payload of a packet.
    #[inline]
    pub(crate) fn payload(&self, place: u32) -> &[u8] {
        let cell = &self.cells[place as usize];
        match cell.large {
            _ if cell.head.kind == PacketKind::Window => &[],
            NONE => &cell.inline[..cell.len as usize],
            large => &self.large[large as usize],
        }
    }

    /// Changes one bit of a payload.
    pub(crate) fn flip(&mut self, place: u32, bit: usize) {
        let cell = &mut self.cells[place as usize];
        let payload = match cell.large {
            NONE => &mut cell.inline[..cell.len as usize],
            large => &mut self.large[large as usize][..],
        };
        payload[bit / 8] ^= 1 << (bit % 8);
        cell.hash = payload_hash(payload);
    }

    /// How many places there are.
    pub(crate) fn count(&self) -> u32 {
        self.cells.len() as u32
    }

    /// The places of no packet.
    pub(crate) fn free(&self) -> impl Iterator<Item = u32> {
        self.free.iter().copied()
    }

    /// The packets of a list.
    pub(crate) fn list(&self, queue: Queue) -> impl Iterator<Item = u32> {
        let place = |place: u32| (place != NONE).then_some(place);
        std::iter::successors(place(queue.head), move |&cell| place(self.cells[cell as usize].next))
    }

    /// A second packet like the first.
    pub(crate) fn duplicate(&mut self, place: u32) -> u32 {
        let payload = self.payload(place).to_vec();
        let Cell { head, ordinal, hash, sent, .. } = self.cells[place as usize];
        let copy = self.insert(head, &payload);
        let cell = self.get_mut(copy);
        (cell.ordinal, cell.hash, cell.sent) = (ordinal, hash, sent);
        copy
    }

    #[inline]
    pub(crate) fn release(&mut self, place: u32) {
        let cell = &mut self.cells[place as usize];
        let large = std::mem::replace(&mut cell.large, NONE);
        if large != NONE {
            self.free_large.push(large);
        }
        self.free.push(place);
    }

    #[inline]
    pub(crate) fn push(&mut self, queue: &mut Queue, place: u32) {
        self.cells[place as usize].next = NONE;
        match queue.tail {
            NONE => queue.head = place,
            tail => self.cells[tail as usize].next = place,
        }
        queue.tail = place;
    }

    #[inline]
    pub(crate) fn pop(&mut self, queue: &mut Queue) -> Option<u32> {
        let place = queue.head;
        if place == NONE {
            return None;
        }
        queue.head = self.cells[place as usize].next;
        if queue.head == NONE {
            queue.tail = NONE;
        }
        Some(place)
    }

    /// Takes the first packet out of a list and releases it, if there is one.
    #[inline]
    pub(crate) fn release_first(&mut self, queue: &mut Queue) {
        let place = queue.head;
        let Some(cell) = self.cells.get_mut(place as usize) else { return };
        queue.head = cell.next;
        if queue.head == NONE {
            queue.tail = NONE;
        }
        let large = std::mem::replace(&mut cell.large, NONE);
        if large != NONE {
            self.free_large.push(large);
        }
        self.free.push(place);
    }

    pub(crate) fn release_all(&mut self, queue: &mut Queue) {
        while !queue.is_empty() {
            self.release_first(queue);
        }
    }
}

/// Copies so few bytes that a call of `memcpy` would take longer: by blocks that may overlap.
#[inline]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    fn blocks<const N: usize>(to: &mut [u8], from: &[u8]) -> bool {
        let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) else {
            return false;
        };
        let (first, last) = (*first, *last);
        if let Some(to) = to.first_chunk_mut() {
            *to = first;
        }
        if let Some(to) = to.last_chunk_mut() {
            *to = last;
        }
        true
    }
    debug_assert_eq!(to.len(), from.len());
    if from.len() > 128
        || !(from.len() > 64 && blocks::<64>(to, from) || from.len() >= 32 && blocks::<32>(to, from))
    {
        to.copy_from_slice(from);
    }
}

/// Fewer than eight bytes as a word.
#[inline(never)]
fn partial_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | byte as u64)
}

/// A hash of the first 64 bytes of a payload, for the digest.
#[inline]
pub(crate) fn payload_hash(payload: &[u8]) -> u32 {
    let step = |lane: u64, word: u64| (lane ^ word).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(29);
    let (words, rest) = payload[..payload.len().min(64)].as_chunks();
    let (pairs, single) = words.as_chunks();
    let [mut even, mut odd] = [payload.len() as u64, 0x9E37_79B9_7F4A_7C15];
    for &[a, b] in pairs {
        even = step(even, u64::from_le_bytes(a));
        odd = step(odd, u64::from_le_bytes(b));
    }
    if let &[a] = single {
        even = step(even, u64::from_le_bytes(a));
    }
    let last = if rest.is_empty() { 0 } else { partial_word(rest) };
    let mixed = (even ^ last).wrapping_mul(0x94D0_49BB_1331_11EB) ^ odd.rotate_left(17);
    (mixed ^ (mixed >> 32)) as u32
}
