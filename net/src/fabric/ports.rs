//! Which ports of a host are taken, and by what.
//!
//! Pure. A sorted vector: hosts have few ports, and ephemeral ones are taken in ascending order.

use crate::address::{Bound, Family};
use reenact_clock::Instant;
use reenact_sim::{NodeId, Transport};
use std::{io, time::Duration};

/// The other end of an outgoing connection: its host, its port, and the address it is reached by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Peer(pub(crate) NodeId, pub(crate) u16, pub(crate) Family);

impl Peer {
    fn time_wait(self) -> Duration {
        let is_local = matches!(self.2, Family::Loopback4 | Family::Loopback6);
        if is_local { TIME_WAIT_ON_LOOPBACK } else { TIME_WAIT }
    }
}

/// What holds a port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    /// A datagram socket or a listener, by its place.
    Socket(u32, Bound),
    /// An outgoing connection, by its number in the run, and whether its socket shares its port with others
    /// that say so too (SO_REUSEADDR).
    Client(u32, bool),
    /// An outgoing connection whose process has closed it and whose peer has not: it holds the port
    /// until this instant, and it may have shared it. Nothing rings then: it is looked at by whoever wants
    /// the port.
    Orphan(u32, Instant, bool),
    /// An outgoing connection that both ends have closed, this one first, since then: for a while its port
    /// is not given to another one to the same peer, whose segments could be taken for old ones (TIME_WAIT,
    /// RFC 9293, section 3.6.1).
    Past(Peer, Instant, bool),
}

/// What a port is wanted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Claim {
    /// This very port, by a socket that shares it.
    Sharing,
    /// This very port, by a socket that does not.
    Alone,
    /// Any, to reach this peer.
    Any(Peer),
}

/// How long a connection that was closed here first is remembered (Linux's `TCP_TIMEWAIT_LEN`).
const TIME_WAIT: Duration = Duration::from_secs(60);
/// After so long its port may be taken again on loopback (`tcp_tw_reuse`, which is 2 by default).
const TIME_WAIT_ON_LOOPBACK: Duration = Duration::from_secs(1);

impl Holder {
    /// Whether it is in nobody's way any more.
    fn is_over(self, now: Instant) -> bool {
        match self {
            Holder::Socket(..) | Holder::Client(..) => false,
            Holder::Orphan(_, until, _) => until <= now,
            Holder::Past(_, since, _) => since + TIME_WAIT <= now,
        }
    }

    /// Whether a socket that is bound there would be in its way.
    fn excludes(self, bound: Bound, claim: Claim, now: Instant) -> bool {
        match self {
            Holder::Socket(_, other) => other.collides(bound),
            Holder::Client(..) => true,
            Holder::Orphan(_, until, _) => now < until,
            Holder::Past(other, since, shares) => match claim {
                Claim::Sharing if shares => false,
                Claim::Sharing | Claim::Alone => now < since + TIME_WAIT,
                Claim::Any(peer) => peer == other && now < since + peer.time_wait(),
            },
        }
    }
}

/// The ports of a host.
#[derive(Default)]
pub(crate) struct Ports {
    /// Several sockets may have one port, at addresses of their own.
    taken: Vec<((Transport, u16), Holder)>,
    /// Where the search for a free ephemeral port goes on.
    next: u16,
    /// With so many in the table those are forgotten whose time is over: half of them at the least are not.
    sweep_at: usize,
}

/// Fewer holders than this are not swept.
const FEW: usize = 32;

/// Ephemeral ports: the range that Linux uses.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32768..=60999;

impl Ports {
    /// Frees all: for another run, or after a loss of power.
    pub(crate) fn clear(&mut self) {
        self.taken.clear();
        (self.next, self.sweep_at) = (0, FEW);
    }

    /// Where the holders of a port begin in the table.
    #[inline]
    fn start(&self, transport: Transport, port: u16) -> usize {
        self.taken.partition_point(|&(key, _)| key < (transport, port))
    }

    /// The holders of a port, and their places in the table.
    #[inline]
    fn holders(&self, transport: Transport, port: u16) -> impl Iterator<Item = (usize, Holder)> {
        let start = self.start(transport, port);
        let mine = self.taken[start..].iter().take_while(move |&&(key, _)| key == (transport, port));
        mine.enumerate().map(move |(i, &(_, holder))| (start + i, holder))
    }

    /// The socket, by its place, that takes what comes to this port by this address.
    #[inline]
    pub(crate) fn socket(&self, transport: Transport, port: u16, family: Family) -> Option<u32> {
        self.holders(transport, port).find_map(|(_, holder)| match holder {
            Holder::Socket(place, bound) if bound.admits(family) => Some(place),
            _ => None,
        })
    }

    /// Takes a port for a socket that is bound there, or any free one for 0; returns which.
    pub(crate) fn bind(
        &mut self,
        transport: Transport,
        port: u16,
        place: u32,
        (bound, claim): (Bound, Claim),
        now: Instant,
    ) -> io::Result<u16> {
        let holder = Holder::Socket(place, bound);
        if port == 0 {
            return self.take_ephemeral(transport, holder, claim, now);
        }
        if self.holders(transport, port).any(|(_, other)| other.excludes(bound, claim, now)) {
            return Err(in_use(port));
        }
        self.insert(transport, port, holder, now);
        Ok(port)
    }

    /// Takes any free port for an outgoing connection to a peer; returns which.
    pub(crate) fn take_any(&mut self, connection: u32, peer: Peer, now: Instant) -> io::Result<u16> {
        self.take_ephemeral(Transport::Tcp, Holder::Client(connection, false), Claim::Any(peer), now)
    }

    /// Takes this port for an outgoing connection.
    pub(crate) fn take(&mut self, port: u16, connection: u32, claim: Claim, now: Instant) -> io::Result<u16> {
        if self.holders(Transport::Tcp, port).any(|(_, other)| other.excludes(Bound::Any, claim, now)) {
            return Err(in_use(port));
        }
        self.insert(Transport::Tcp, port, Holder::Client(connection, claim == Claim::Sharing), now);
        Ok(port)
    }

    fn insert(&mut self, transport: Transport, port: u16, holder: Holder, now: Instant) {
        if self.taken.len() >= self.sweep_at {
            self.taken.retain(|(_, holder)| !holder.is_over(now));
            self.sweep_at = FEW.max(2 * self.taken.len());
        }
        let start = self.start(transport, port);
        match self.taken.get_mut(start) {
            // These are alone, and an orphan that is in nobody's way is one whose time is over.
            Some((key, old @ (Holder::Orphan(..) | Holder::Past(..)))) if *key == (transport, port) => {
                *old = holder;
            }
            _ => self.taken.insert(start, ((transport, port), holder)),
        }
    }

    fn take_ephemeral(
        &mut self,
        transport: Transport,
        holder: Holder,
        claim: Claim,
        now: Instant,
    ) -> io::Result<u16> {
        let (first, last) = (*EPHEMERAL.start(), *EPHEMERAL.end());
        let mut port = self.next.max(first);
        for _ in EPHEMERAL {
            let candidate = port;
            port = if port == last { first } else { port + 1 };
            if !self.holders(transport, candidate).any(|(_, other)| other.excludes(Bound::Any, claim, now)) {
                self.insert(transport, candidate, holder, now);
                self.next = port;
                return Ok(candidate);
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AddrNotAvailable,
            "this node has no free ephemeral port left: close connections first, or wait until those that were \
             closed are forgotten (60 s)",
        ))
    }

    /// Frees the port that a socket holds.
    pub(crate) fn release_socket(&mut self, transport: Transport, port: u16, place: u32) {
        self.release(transport, port, |holder| matches!(holder, Holder::Socket(other, _) if other == place));
    }

    /// Frees the port that a connection holds, if it still does: after a crash it may be somebody
    /// else's.
    pub(crate) fn release_client(&mut self, port: u16, connection: u32) {
        self.release(Transport::Tcp, port, |holder| is_of(holder, connection));
    }

    fn release(&mut self, transport: Transport, port: u16, is_it: impl Fn(Holder) -> bool) {
        let found = self.holders(transport, port).find(|&(_, holder)| is_it(holder));
        if let Some((i, _)) = found {
            self.taken.remove(i);
        }
    }

    /// A connection whose process has closed it holds its port until then and no longer.
    pub(crate) fn orphan(&mut self, port: u16, connection: u32, until: Instant) {
        self.replace(port, |holder| match holder {
            Holder::Client(number, shares) if number == connection => {
                Some(Holder::Orphan(connection, until, shares))
            }
            _ => None,
        });
    }

    /// A connection to a peer is past: both ends have closed it.
    pub(crate) fn past(&mut self, port: u16, connection: u32, peer: Peer, now: Instant) {
        self.replace(port, |holder| match holder {
            Holder::Client(number, shares) | Holder::Orphan(number, _, shares) if number == connection => {
                Some(Holder::Past(peer, now, shares))
            }
            _ => None,
        });
    }

    fn replace(&mut self, port: u16, by: impl Fn(Holder) -> Option<Holder>) {
        let found = self.holders(Transport::Tcp, port).find_map(|(i, holder)| Some((i, by(holder)?)));
        if let Some((i, holder)) = found {
            self.taken[i].1 = holder;
        }
    }
}

fn in_use(port: u16) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, format!("port {port} is in use on this node"))
}

fn is_of(holder: Holder, connection: u32) -> bool {
    matches!(holder, Holder::Client(number, _) | Holder::Orphan(number, ..) if number == connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Transport::{Tcp, Udp};

    const NOW: Instant = Instant::ZERO;
    const PEER: Peer = Peer(NodeId(1), 80, Family::V4);
    const ANY: (Bound, Claim) = (Bound::Any, Claim::Sharing);

    fn kind(taken: io::Result<u16>) -> io::ErrorKind {
        taken.expect_err("taken").kind()
    }

    #[test]
    fn a_port_is_taken_once_a_transport() {
        let mut ports = Ports::default();
        assert_eq!(ports.bind(Tcp, 80, 3, ANY, NOW).expect("free"), 80);
        assert_eq!(kind(ports.bind(Tcp, 80, 4, ANY, NOW)), io::ErrorKind::AddrInUse);
        assert_eq!(ports.bind(Udp, 80, 1, ANY, NOW).expect("free"), 80);
        assert_eq!(ports.socket(Tcp, 80, Family::V6), Some(3));
        ports.release_socket(Tcp, 80, 3);
        assert_eq!(ports.socket(Tcp, 80, Family::V4), None);
        assert_eq!(ports.socket(Udp, 80, Family::V4), Some(1));
    }

    #[test]
    fn a_port_is_taken_once_an_address() {
        let mut ports = Ports::default();
        let (own, loopback) = (Family::V4, Family::Loopback4);
        ports.bind(Tcp, 80, 1, (Bound::To(own), Claim::Sharing), NOW).expect("free");
        ports.bind(Tcp, 80, 2, (Bound::To(loopback), Claim::Sharing), NOW).expect("another address");
        assert_eq!(kind(ports.bind(Tcp, 80, 3, ANY, NOW)), io::ErrorKind::AddrInUse);
        assert_eq!(
            kind(ports.bind(Tcp, 80, 3, (Bound::To(own), Claim::Sharing), NOW)),
            io::ErrorKind::AddrInUse
        );
        assert_eq!((ports.socket(Tcp, 80, own), ports.socket(Tcp, 80, loopback)), (Some(1), Some(2)));
        assert_eq!(ports.socket(Tcp, 80, Family::V6), None);
        ports.release_socket(Tcp, 80, 1);
        assert_eq!((ports.socket(Tcp, 80, own), ports.socket(Tcp, 80, loopback)), (None, Some(2)));
    }

    #[test]
    fn ephemeral_ports_ascend_wrap_and_run_out() {
        let mut ports = Ports::default();
        let all = EPHEMERAL.count();
        for i in 0..all {
            assert_eq!(ports.take_any(i as u32, PEER, NOW).expect("free"), EPHEMERAL.start() + i as u16);
        }
        assert_eq!(kind(ports.take_any(0, PEER, NOW)), io::ErrorKind::AddrNotAvailable);
        ports.release_client(40_000, 40_000 - 32_768);
        assert_eq!(ports.take_any(0, PEER, NOW).expect("one"), 40_000);
    }

    #[test]
    fn a_past_connection_keeps_its_port_from_others_to_its_peer() {
        let mut ports = Ports::default();
        let local = Peer(NodeId(0), 80, Family::Loopback4);
        let free = |ports: &mut Ports, peer, after| {
            let (first, now) = (*EPHEMERAL.start(), NOW + Duration::from_secs(after));
            ports.next = first;
            let port = ports.take_any(9, peer, now).expect("one of many");
            ports.release_client(port, 9);
            // It was remembered until somebody else took it.
            ports.insert(Tcp, first, Holder::Client(5, false), NOW);
            ports.past(first, 5, if peer == local { local } else { PEER }, NOW);
            port == first
        };
        ports.insert(Tcp, *EPHEMERAL.start(), Holder::Client(5, false), NOW);
        ports.past(*EPHEMERAL.start(), 5, PEER, NOW);
        assert!(!free(&mut ports, PEER, 59));
        assert!(free(&mut ports, Peer(NodeId(2), 80, Family::V4), 0));
        assert!(free(&mut ports, PEER, 60));
        ports.clear();
        ports.insert(Tcp, *EPHEMERAL.start(), Holder::Client(5, false), NOW);
        ports.past(*EPHEMERAL.start(), 5, local, NOW);
        assert!(!free(&mut ports, local, 0));
        assert!(free(&mut ports, local, 1));
    }

    #[test]
    fn a_past_connection_shares_its_port_if_it_did_so_before() {
        let mut ports = Ports::default();
        for (former, next, is_free) in [
            (Claim::Alone, Claim::Alone, false),
            (Claim::Alone, Claim::Sharing, false),
            (Claim::Sharing, Claim::Alone, false),
            (Claim::Sharing, Claim::Sharing, true),
        ] {
            ports.clear();
            ports.take(80, 5, former, NOW).expect("free");
            ports.past(80, 5, PEER, NOW);
            ports.release_client(80, 5);
            assert_eq!(ports.take(80, 6, next, NOW).is_ok(), is_free, "{former:?} {next:?}");
            ports.release_client(80, 6);
            let bound = ports.bind(Tcp, 80, 0, (Bound::Any, next), NOW);
            assert_eq!(bound.is_ok(), is_free, "{former:?} {next:?}");
            ports.release_socket(Tcp, 80, 0);
            assert_eq!(ports.take(80, 8, next, NOW + TIME_WAIT).expect("forgotten"), 80);
        }
    }

    #[test]
    fn what_is_past_is_forgotten_after_its_time() {
        let mut ports = Ports::default();
        for second in 0..10_000 {
            let now = NOW + Duration::from_secs(second);
            for connection in [1, 2] {
                let port = ports.take_any(connection, PEER, now).expect("free");
                ports.past(port, connection, PEER, now);
            }
            assert!(ports.taken.len() <= 4 * 60 + FEW, "{}", ports.taken.len());
        }
        assert!(ports.taken.len() >= 2 * 60, "and not before");
    }

    #[test]
    fn an_orphan_keeps_its_port_for_its_time() {
        let mut ports = Ports::default();
        let port = ports.take_any(5, PEER, NOW).expect("free");
        let until = NOW + std::time::Duration::from_secs(60);
        ports.orphan(port, 4, NOW);
        ports.orphan(port, 5, until);
        assert_eq!(kind(ports.bind(Tcp, port, 0, ANY, NOW)), io::ErrorKind::AddrInUse);
        assert_eq!(ports.bind(Tcp, port, 0, ANY, until).expect("its time is over"), port);
        ports.release_client(port, 5);
        assert_eq!(ports.socket(Tcp, port, Family::V4), Some(0), "it is somebody else's by now");
    }
}
