//! The network as a device of the machine: told the time, the calls and the alarms, it answers
//! with deliveries and wakes.
//!
//! Seam: wakers are kept as plain data, nothing here is a future. Every packet is one cell and one
//! item of the agenda; nothing is done for a link on which nothing happens.

mod cells;
mod hazards;
mod cuts;
mod queue;
mod link;
mod ports;
mod waiters;
mod rules;
mod detained;
mod inspect;
mod left;
mod tcp;
mod udp;
mod unreachable;

use crate::{address, config::Config, stats::NetStats};
pub(crate) use cells::Head;
use cells::{Cell, Cells};
pub use cuts::Flavour;
use cuts::{Cuts, Pair};
use detained::Detained;
pub(crate) use inspect::Seen;
use link::{Drawer, Fate, Links, Way};
pub use link::{Scope, Setting};
pub(crate) use ports::Claim;
use ports::Ports;
use reenact_clock::Instant;
use reenact_sim::{
    Core, DeviceSlot, Down, Event, Kind, LossReason, NodeId, PacketKind, Wait, Waiter, hash_bytes,
    hash_combine, hash_spread,
};
pub(crate) use rules::Closure;
use rules::Rules;
pub use rules::Verdict;
use std::{io, net::IpAddr};
pub(crate) use tcp::{EndId, KeepAlive, ListenerId, Options};
pub(crate) use udp::UdpId;

/// What an alarm of the network is about, above the 32 bits of its place.
const ARRIVE: u64 = 0;
const RETRY_SEGMENT: u64 = 1;
const RETRY_SYN: u64 = 2;
const RETRY_ACK: u64 = 3;
const RELEASE: u64 = 4;
const KEEP_ALIVE: u64 = 5;

/// What a task of the network waits for; the numbers go with [`Net::describe`].
const WAIT_ACCEPT: u8 = 0;
const WAIT_CONNECT: u8 = 1;
const WAIT_READ: u8 = 2;
const WAIT_WRITE: u8 = 3;
const WAIT_RECV: u8 = 4;

/// What a node has on the network.
struct Host {
    /// A hash of its name: its part in the identity of links.
    key: u64,
    /// That, as every datagram to it needs it.
    spread: u64,
    /// How many packets it has sent.
    sent: u32,
    /// How many names it has looked up where that may fail.
    lookups: u32,
    /// Whether it answers.
    up: bool,
    ports: Ports,
}

/// The simulated network.
#[derive(Default)]
pub(crate) struct Net {
    links: Links,
    cuts: Cuts,
    rules: Rules,
    detained: Detained,
    /// Whether arrivals have to be looked at, since something keeps packets on their way.
    watching: bool,
    stats: NetStats,
    /// By node; those from `known` on are of former runs and lend their room only.
    hosts: Vec<Host>,
    known: usize,
    cells: Cells,
    udp: udp::Sockets,
    tcp: tcp::Connections,
}

impl Net {
    pub(crate) fn configure(&mut self, config: Config) {
        self.links.config = config;
        self.refresh();
    }

    /// What some links are like from now on.
    pub(crate) fn set(&mut self, core: &mut Core, scope: Scope, setting: Setting) {
        let word = hash_combine(scope.key(core), setting.fingerprint());
        core.recorder().fold(word);
        self.links.conditions.set(scope, setting, core.now());
        self.refresh();
    }

    /// Whether packets take the short way has to be looked at again.
    fn refresh(&mut self) {
        let usual = self.links.config.is_plain() && self.links.conditions.is_empty();
        self.links.plain = usual && !self.cuts.slows() && self.rules.is_empty();
    }

    /// The host of a node, which is made when it is first needed.
    #[inline]
    fn host(&mut self, core: &Core, node: NodeId) -> &mut Host {
        if node.index() >= self.known {
            self.grow(core, node);
        }
        &mut self.hosts[node.index()]
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, core: &Core, node: NodeId) {
        for index in self.known..=node.index() {
            let id = NodeId(index as u32);
            let (key, up) = (core.node_name_key(id), core.host_is_up(id));
            match self.hosts.get_mut(index) {
                Some(host) => {
                    (host.key, host.spread) = (key, hash_spread(key));
                    (host.sent, host.lookups, host.up) = (0, 0, up);
                    host.ports.clear();
                }
                None => self.hosts.push(Host {
                    key,
                    spread: hash_spread(key),
                    sent: 0,
                    lookups: 0,
                    up,
                    ports: Ports::default(),
                }),
            }
        }
        self.known = node.index() + 1;
    }

    /// The host at which a packet arrives now, or why it does not arrive.
    #[inline(always)]
    fn reach(&mut self, core: &Core, from: NodeId, to: NodeId) -> Result<&Host, LossReason> {
        let cut = self.cuts.is_cut(from, to);
        let host = self.host(core, to);
        if !host.up {
            Err(LossReason::Down)
        } else if cut {
            Err(LossReason::Partition)
        } else {
            Ok(host)
        }
    }

    /// Why a packet would not arrive now, if it would not.
    #[inline]
    fn obstacle(&mut self, core: &Core, from: NodeId, to: NodeId) -> Option<LossReason> {
        self.reach(core, from, to).err()
    }

    /// Numbers a packet among those of its sender, folds it into the digest and writes it down.
    /// `hash` is that of its payload.
    #[inline(always)]
    fn note_sent(&mut self, core: &mut Core, place: u32, hash: u32) {
        let cell = self.cells.get_mut(place);
        let host = &mut self.hosts[cell.head.from.index()];
        let ordinal = host.sent;
        host.sent += 1;
        (cell.ordinal, cell.hash) = (ordinal, hash);
        let word = (cell.head.kind as u64) << 60 ^ (cell.len as u64) << 32 ^ hash as u64;
        core.recorder().fold(host.key ^ (ordinal as u64).rotate_left(20) ^ word);
        core.stats_mut().packets_sent += 1;
        if core.is_noted() {
            record_sent(core, cell);
        }
    }

    /// Folds an arrival and writes it down; what follows from it is its effect.
    #[inline(always)]
    fn note_arrival(&mut self, core: &mut Core, place: u32) {
        let cell = self.cells.get(place);
        let now = core.now();
        let key = self.hosts[cell.head.from.index()].key;
        let identity = key ^ (cell.ordinal as u64).rotate_left(20);
        core.recorder().fold(identity ^ now.as_nanos().rotate_left(17));
        core.stats_mut().packets_delivered += 1;
        if core.is_noted() {
            record_arrival(core, cell, identity);
        }
    }

    /// Folds a loss and writes it down, on the node where it happened.
    #[cold]
    fn note_loss(&mut self, core: &mut Core, place: u32, reason: LossReason) {
        let cell = self.cells.get(place);
        let (now, cause, message) = (core.now(), cell.sent, cell.message());
        let on_the_way =
            matches!(reason, LossReason::Link | LossReason::Corrupt | LossReason::Queue | LossReason::Rule);
        let node = if on_the_way { cell.head.from } else { cell.head.to };
        core.recorder().fold(hash_combine(message.ordinal as u64, hash_bytes(b"lost") ^ reason as u64));
        let stats = core.stats_mut();
        stats.packets_lost += 1;
        stats.packets_cut += u64::from(reason == LossReason::Partition);
        stats.packets_lost_on_links += u64::from(reason == LossReason::Link);
        self.stats.count_loss(reason);
        core.recorder().record_caused(
            now,
            node,
            reenact_sim::Line::NO_TASK,
            cause,
            Event::Lost(message, reason),
        );
    }

    /// What becomes of a packet that is sent now.
    #[inline(always)]
    fn fate(&mut self, core: &mut Core, place: u32, drawer: Drawer, local: bool) -> Fate {
        if local {
            Fate::Arrives(Links::loopback(core))
        } else if self.links.plain {
            self.links.plain_fate(core, drawer)
        } else {
            self.fate_by_rule(core, place, drawer)
        }
    }

    #[cold]
    #[inline(never)]
    fn fate_by_rule(&mut self, core: &mut Core, place: u32, drawer: Drawer) -> Fate {
        if self.rules.is_empty() {
            return self.rare_fate(core, place, drawer);
        }
        self.rules.defer(core, place, drawer);
        Fate::Judged
    }

    /// What becomes of a packet, whatever rules say.
    fn rare_fate(&mut self, core: &mut Core, place: u32, drawer: Drawer) -> Fate {
        let way = self.way(place);
        let slow = self.cuts.slowness(way.from, way.to);
        self.links.rare_fate(core, drawer, way, slow, &mut self.stats)
    }

    fn way(&self, place: u32) -> Way {
        let cell = self.cells.get(place);
        let datagram = matches!(cell.head.kind, PacketKind::Datagram | PacketKind::Unreachable);
        let len = if cell.head.kind == PacketKind::Window { 0 } else { cell.len };
        Way { from: cell.head.from, to: cell.head.to, len, datagram }
    }

    /// Puts a packet on its way.
    #[inline(always)]
    fn fly(&mut self, core: &mut Core, place: u32, at: Instant) {
        self.cells.get_mut(place).at = at;
        core.alarm(at, Net::SLOT, ARRIVE << 32 | place as u64);
    }

    /// A packet is lost, on its way or where it would have arrived.
    #[cold]
    #[inline(never)]
    fn lose(&mut self, core: &mut Core, place: u32, reason: LossReason) {
        let head = self.cells.get(place).head;
        match head.kind {
            PacketKind::Datagram | PacketKind::Unreachable => {
                self.note_loss(core, place, reason);
                self.cells.release(place);
            }
            PacketKind::Syn => self.syn_is_lost(core, place, reason),
            PacketKind::Rst => self.reset_is_lost(core, place, reason),
            PacketKind::Ack => self.ack_is_lost(core, place, reason),
            _ => self.stall(core, head.end ^ 1, place, Some(reason)),
        }
    }

    fn arrive(&mut self, core: &mut Core, place: u32) {
        match self.cells.get(place).head.kind {
            PacketKind::Unreachable => self.unreachable_arrives(core, place),
            PacketKind::Datagram => self.datagram_arrives(core, place),
            PacketKind::Syn => self.syn_arrives(core, place),
            PacketKind::Rst => self.reset_arrives(core, place),
            _ => self.segment_arrives(core, place),
        }
    }

    /// Whether a lookup of a name fails for the moment.
    pub(crate) fn lookup_fails(&mut self, core: &mut Core) -> bool {
        let ratio = self.links.config.rare().lookup;
        if ratio.num == 0 {
            return false;
        }
        let host = self.host(core, core.current_node());
        let drawer = Drawer::new(host.key ^ hash_bytes(b"lookups"), host.lookups);
        host.lookups += 1;
        let fails = drawer.happens(core, 0, Kind::Fail, ratio);
        self.stats.lookups_failed += u64::from(fails);
        fails
    }

    /// The node behind an address.
    #[inline]
    fn route(&self, core: &Core, from: NodeId, ip: IpAddr) -> io::Result<NodeId> {
        address::node_of(ip, from, core.node_count()).ok_or_else(|| no_node_has(ip))
    }

    /// Keeps the waiter of the future that is being polled in `slot`, and notes what it waits for.
    #[inline]
    fn wait(core: &mut Core, slot: &mut Waiter, code: u8, number: u32) {
        let former = std::mem::replace(slot, core.waiter());
        core.forget(former);
        core.waits_for(Wait::Device(Net::SLOT, code, number));
    }

    /// Cuts the links between these pairs, both ways or one way.
    pub(crate) fn cut(&mut self, core: &mut Core, pairs: &[Pair], both: bool, flavour: Flavour) -> u64 {
        let number = self.cuts.cut(core, pairs, both, flavour);
        self.refresh();
        self.watch();
        number
    }

    pub(crate) fn mend(&mut self, core: &mut Core, partition: u64) {
        self.cuts.mend(core, partition);
        self.refresh();
        self.release_soon(core);
    }

    /// Mends all links, and lets go what is held.
    pub(crate) fn mend_all(&mut self, core: &mut Core) {
        self.cuts.mend_all(core);
        self.release_all(core);
        self.refresh();
        self.release_soon(core);
    }

    /// How much it did since the run began.
    pub(crate) fn stats(&self, core: &mut Core) -> NetStats {
        let all = core.stats_mut();
        let (sent, delivered, lost) = (all.packets_sent, all.packets_delivered, all.packets_lost);
        NetStats { sent, delivered, lost, ..self.stats.clone() }
    }
}

/// What the machine tells the network; see [`Device`](reenact_sim::Device).
impl Net {
    /// The place of the network in the machine.
    pub(crate) const SLOT: DeviceSlot = 0;

    #[inline]
    pub(crate) fn ring(&mut self, core: &mut Core, word: u64) {
        let place = word as u32;
        match word >> 32 {
            ARRIVE if self.watching => self.arrive_watched(core, place),
            ARRIVE => self.arrive(core, place),
            RETRY_SEGMENT => self.retry_segments(core, place),
            RETRY_SYN => self.retry_syn(core, place),
            RETRY_ACK => self.retry_ack(core, place),
            RELEASE => self.release_kept(core),
            _ => self.keep_alive(core, place),
        }
        core.recorder().set_context(reenact_sim::Line::NO_CAUSE);
    }

    pub(crate) fn node_down(&mut self, core: &mut Core, node: NodeId, how: Down) {
        self.host(core, node).up = how != Down::Crash;
        self.close_datagram_sockets(core, node);
        self.close_streams(core, node, how);
        if how == Down::Crash {
            self.host(core, node).ports.clear();
        }
    }

    pub(crate) fn node_up(&mut self, core: &mut Core, node: NodeId) {
        self.host(core, node).up = true;
    }

    pub(crate) fn end(&mut self, core: &mut Core) {
        self.udp.forget_waiters(core);
        self.tcp.forget_waiters(core);
        self.rules.forget(core);
    }

    pub(crate) fn describe(&self, code: u8, number: u32) -> String {
        match code {
            WAIT_ACCEPT => format!("a connection to port {number}"),
            WAIT_RECV => format!("a datagram to port {number}"),
            WAIT_CONNECT => format!("the handshake of connection {number}"),
            WAIT_READ => format!("bytes on connection {number}"),
            WAIT_WRITE => format!("room in the window of connection {number}"),
            _ => "the network".to_owned(),
        }
    }

    pub(crate) fn reset(&mut self) {
        self.links.reset();
        self.cuts.clear();
        self.rules.clear();
        self.detained.clear();
        self.watching = false;
        self.stats = NetStats::default();
        self.known = 0;
        self.cells.clear();
        self.udp.clear();
        self.tcp.clear();
    }
}

/// Tells that a packet is sent and writes it down, and in the packet where that stands.
#[cold]
#[inline(never)]
fn record_sent(core: &mut Core, cell: &mut Cell) {
    core.touch_mailbox(cell.head.to);
    if !core.recorder().on() {
        return;
    }
    let (from, message) = (cell.head.from, cell.message());
    let (now, serial) = (core.now(), core.serial());
    cell.sent = core.recorder().record(now, from, serial, Event::Send(message));
}

/// Tells that a packet arrived and writes it down; what follows from it is its effect.
#[cold]
#[inline(never)]
fn record_arrival(core: &mut Core, cell: &Cell, identity: u64) {
    core.arrived(cell.head.to, identity);
    if !core.recorder().on() {
        return;
    }
    let (now, to, cause) = (core.now(), cell.head.to, cell.sent);
    let none = reenact_sim::Line::NO_TASK;
    let seq = core.recorder().record_caused(now, to, none, cause, Event::Deliver(cell.message()));
    core.recorder().set_context(seq);
}

#[cold]
fn no_node_has(ip: IpAddr) -> io::Error {
    io::Error::new(
        io::ErrorKind::HostUnreachable,
        format!(
            "no node has the address {ip}: nodes are reached by name, or by the address `Node::ip` tells"
        ),
    )
}

/// A socket was used whose process has ended.
fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the process that owned this socket has ended")
}
