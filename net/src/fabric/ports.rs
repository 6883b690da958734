//! Which ports of a host are taken, and by what.
//!
//! Pure. A sorted vector: hosts have few ports, and ephemeral ones are taken in ascending order.

use crate::address::{Bound, Family};
use reenact_clock::Instant;
use reenact_sim::Transport;
use std::io;

/// What holds a port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    /// A datagram socket or a listener, by its place.
    Socket(u32, Bound),
    /// An outgoing connection, by its number in the run.
    Client(u32),
    /// An outgoing connection whose process has closed it and whose peer has not: it holds the port
    /// until this instant. Nothing rings then: it is looked at by whoever wants the port.
    Orphan(u32, Instant),
}

impl Holder {
    /// Whether a socket that is bound there would be in its way.
    fn excludes(self, bound: Bound, now: Instant) -> bool {
        match self {
            Holder::Socket(_, other) => other.collides(bound),
            Holder::Client(_) => true,
            Holder::Orphan(_, until) => now < until,
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
}

/// Ephemeral ports: the range that Linux uses.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32768..=60999;

impl Ports {
    /// Frees all: for another run, or after a loss of power.
    pub(crate) fn clear(&mut self) {
        self.taken.clear();
        self.next = 0;
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
        bound: Bound,
        now: Instant,
    ) -> io::Result<u16> {
        let holder = Holder::Socket(place, bound);
        if port == 0 {
            return self.take_ephemeral(transport, holder, now);
        }
        if self.holders(transport, port).any(|(_, other)| other.excludes(bound, now)) {
            return Err(in_use(port));
        }
        self.insert(transport, port, holder);
        Ok(port)
    }

    /// Takes any free port for an outgoing connection; returns which.
    pub(crate) fn take_any(
        &mut self,
        transport: Transport,
        connection: u32,
        now: Instant,
    ) -> io::Result<u16> {
        self.take_ephemeral(transport, Holder::Client(connection), now)
    }

    /// Takes this port for an outgoing connection.
    pub(crate) fn take(&mut self, port: u16, connection: u32, now: Instant) -> io::Result<u16> {
        if self.holders(Transport::Tcp, port).any(|(_, other)| other.excludes(Bound::Any, now)) {
            return Err(in_use(port));
        }
        self.insert(Transport::Tcp, port, Holder::Client(connection));
        Ok(port)
    }

    fn insert(&mut self, transport: Transport, port: u16, holder: Holder) {
        let start = self.start(transport, port);
        match self.taken.get_mut(start) {
            // An orphan is alone, and if it is in nobody's way its time is over.
            Some((key, old @ Holder::Orphan(..))) if *key == (transport, port) => *old = holder,
            _ => self.taken.insert(start, ((transport, port), holder)),
        }
    }

    fn take_ephemeral(&mut self, transport: Transport, holder: Holder, now: Instant) -> io::Result<u16> {
        let (first, last) = (*EPHEMERAL.start(), *EPHEMERAL.end());
        let mut port = self.next.max(first);
        for _ in EPHEMERAL {
            let candidate = port;
            port = if port == last { first } else { port + 1 };
            if !self.holders(transport, candidate).any(|(_, other)| other.excludes(Bound::Any, now)) {
                self.insert(transport, candidate, holder);
                self.next = port;
                return Ok(candidate);
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AddrNotAvailable,
            "this node has no free ephemeral port left: close connections first",
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
        let mine = |&(_, holder): &(usize, Holder)| holder == Holder::Client(connection);
        let found = self.holders(Transport::Tcp, port).find(mine);
        if let Some((i, _)) = found {
            self.taken[i].1 = Holder::Orphan(connection, until);
        }
    }
}

fn in_use(port: u16) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, format!("port {port} is in use on this node"))
}

fn is_of(holder: Holder, connection: u32) -> bool {
    matches!(holder, Holder::Client(number) | Holder::Orphan(number, _) if number == connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Transport::{Tcp, Udp};

    const NOW: Instant = Instant::ZERO;

    fn kind(taken: io::Result<u16>) -> io::ErrorKind {
        taken.expect_err("taken").kind()
    }

    #[test]
    fn a_port_is_taken_once_a_transport() {
        let mut ports = Ports::default();
        assert_eq!(ports.bind(Tcp, 80, 3, Bound::Any, NOW).expect("free"), 80);
        assert_eq!(kind(ports.bind(Tcp, 80, 4, Bound::Any, NOW)), io::ErrorKind::AddrInUse);
        assert_eq!(ports.bind(Udp, 80, 1, Bound::Any, NOW).expect("free"), 80);
        assert_eq!(ports.socket(Tcp, 80, Family::V6), Some(3));
        ports.release_socket(Tcp, 80, 3);
        assert_eq!(ports.socket(Tcp, 80, Family::V4), None);
        assert_eq!(ports.socket(Udp, 80, Family::V4), Some(1));
    }

    #[test]
    fn a_port_is_taken_once_an_address() {
        let mut ports = Ports::default();
        let (own, loopback) = (Family::V4, Family::Loopback4);
        ports.bind(Tcp, 80, 1, Bound::To(own), NOW).expect("free");
        ports.bind(Tcp, 80, 2, Bound::To(loopback), NOW).expect("another address");
        assert_eq!(kind(ports.bind(Tcp, 80, 3, Bound::Any, NOW)), io::ErrorKind::AddrInUse);
        assert_eq!(kind(ports.bind(Tcp, 80, 3, Bound::To(own), NOW)), io::ErrorKind::AddrInUse);
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
            assert_eq!(ports.take_any(Tcp, i as u32, NOW).expect("free"), EPHEMERAL.start() + i as u16);
        }
        assert_eq!(kind(ports.take_any(Tcp, 0, NOW)), io::ErrorKind::AddrNotAvailable);
        ports.release_client(40_000, 40_000 - 32_768);
        assert_eq!(ports.take_any(Tcp, 0, NOW).expect("one"), 40_000);
    }

    #[test]
    fn an_orphan_keeps_its_port_for_its_time() {
        let mut ports = Ports::default();
        let port = ports.take_any(Tcp, 5, NOW).expect("free");
        let until = NOW + std::time::Duration::from_secs(60);
        ports.orphan(port, 4, NOW);
        ports.orphan(port, 5, until);
        assert_eq!(kind(ports.bind(Tcp, port, 0, Bound::Any, NOW)), io::ErrorKind::AddrInUse);
        assert_eq!(ports.bind(Tcp, port, 0, Bound::Any, until).expect("its time is over"), port);
        ports.release_client(port, 5);
        assert_eq!(ports.socket(Tcp, port, Family::V4), Some(0), "it is somebody else's by now");
    }
}
