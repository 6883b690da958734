//! Which ports of a host are taken, and by what.
//!
//! Pure. A sorted vector: hosts have few ports, and ephemeral ones are taken in ascending order.

use crate::address::Scope;
use reenact_sim::Transport;
use std::io;

/// What holds a port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    /// A datagram socket, by its place.
    Datagrams(u32, Scope),
    /// A listener, by its place.
    Listener(u32, Scope),
    /// An outgoing connection, by its number in the run.
    Client(u32),
}

/// The ports of a host.
#[derive(Default)]
pub(crate) struct Ports {
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

    fn find(&self, transport: Transport, port: u16) -> Result<usize, usize> {
        self.taken.binary_search_by_key(&(transport, port), |&(key, _)| key)
    }

    /// What holds a port.
    #[inline]
    pub(crate) fn holder(&self, transport: Transport, port: u16) -> Option<Holder> {
        self.find(transport, port).ok().map(|i| self.taken[i].1)
    }

    /// Takes a port, or any free one for 0; returns which.
    pub(crate) fn take(&mut self, transport: Transport, port: u16, holder: Holder) -> io::Result<u16> {
        if port == 0 {
            return self.take_ephemeral(transport, holder);
        }
        match self.find(transport, port) {
            Ok(_) => {
                Err(io::Error::new(io::ErrorKind::AddrInUse, format!("port {port} is in use on this node")))
            }
            Err(i) => {
                self.taken.insert(i, ((transport, port), holder));
                Ok(port)
            }
        }
    }

    fn take_ephemeral(&mut self, transport: Transport, holder: Holder) -> io::Result<u16> {
        let (first, last) = (*EPHEMERAL.start(), *EPHEMERAL.end());
        let mut port = self.next.max(first);
        for _ in EPHEMERAL {
            let candidate = port;
            port = if port == last { first } else { port + 1 };
            if let Err(i) = self.find(transport, candidate) {
                self.taken.insert(i, ((transport, candidate), holder));
                self.next = port;
                return Ok(candidate);
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AddrNotAvailable,
            "this node has no free ephemeral port left: close connections first",
        ))
    }

    pub(crate) fn release(&mut self, transport: Transport, port: u16) {
        if let Ok(i) = self.find(transport, port) {
            self.taken.remove(i);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Transport::{Tcp, Udp};

    #[test]
    fn a_port_is_taken_once_a_transport() {
        let mut ports = Ports::default();
        let listener = Holder::Listener(3, Scope::Any);
        assert_eq!(ports.take(Tcp, 80, listener).expect("free"), 80);
        assert_eq!(
            ports.take(Tcp, 80, Holder::Client(0)).expect_err("taken").kind(),
            io::ErrorKind::AddrInUse
        );
        assert_eq!(ports.take(Udp, 80, Holder::Datagrams(1, Scope::Any)).expect("free"), 80);
        assert_eq!(ports.holder(Tcp, 80), Some(listener));
        ports.release(Tcp, 80);
        assert_eq!(ports.holder(Tcp, 80), None);
        assert_eq!(ports.holder(Udp, 80), Some(Holder::Datagrams(1, Scope::Any)));
    }

    #[test]
    fn ephemeral_ports_ascend_wrap_and_run_out() {
        let mut ports = Ports::default();
        let all = EPHEMERAL.count();
        for i in 0..all {
            assert_eq!(ports.take(Tcp, 0, Holder::Client(0)).expect("free"), EPHEMERAL.start() + i as u16);
        }
        assert_eq!(
            ports.take(Tcp, 0, Holder::Client(0)).expect_err("none").kind(),
            io::ErrorKind::AddrNotAvailable
        );
        ports.release(Tcp, 40000);
        assert_eq!(ports.take(Tcp, 0, Holder::Client(0)).expect("one"), 40000);
    }
}
