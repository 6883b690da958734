//! The scenarios on the simulated sockets.

pub(crate) use reenact::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

#[path = "scenarios/bytes.rs"]
pub(crate) mod bytes;
#[path = "scenarios/closing.rs"]
pub(crate) mod closing;
#[path = "scenarios/datagrams.rs"]
pub(crate) mod datagrams;
#[path = "scenarios/opening.rs"]
pub(crate) mod opening;
#[path = "scenarios/resets.rs"]
pub(crate) mod resets;
#[path = "scenarios/wire.rs"]
mod wire;

use crate::Saw;
use reenact::{Sim, Simulation, clock, net::Config};
use std::{
    cell::Cell,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

/// Longer than anything without faults is on its way.
const SETTLED: Duration = Duration::from_secs(1);

/// Where client and server are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// On one host, by its loopback.
    Loopback,
    /// On two hosts.
    Apart,
}

/// Where a scenario takes place.
pub(crate) struct World {
    sim: Sim,
    place: Place,
    next_port: Cell<u16>,
}

impl World {
    /// What a program does on the server's host.
    pub(crate) async fn there<F>(&self, program: F) -> F::Output
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        match self.place {
            Place::Loopback => program.await,
            Place::Apart => self.sim.node("server").spawn(program).await.expect("no panic"),
        }
    }

    /// The server's host.
    pub(crate) fn server(&self) -> IpAddr {
        match self.place {
            Place::Loopback => Ipv4Addr::LOCALHOST.into(),
            Place::Apart => self.sim.node("server").ip(),
        }
    }

    /// The client's host, where everything else happens.
    pub(crate) fn client(&self) -> IpAddr {
        match self.place {
            Place::Loopback => Ipv4Addr::LOCALHOST.into(),
            Place::Apart => self.sim.node("test").ip(),
        }
    }

    /// A port that nobody has.
    pub(crate) fn free_port(&self) -> u16 {
        self.next_port.set(self.next_port.get() + 1);
        self.next_port.get()
    }

    /// Until everything that was sent has arrived.
    pub(crate) async fn settle(&self) {
        clock::sleep(SETTLED).await;
    }

    /// Whether something is still waiting when everything has arrived.
    pub(crate) async fn waits<F: Future>(&self, program: F) -> bool {
        self.within(program).await.is_none()
    }

    /// What a program comes to, if it comes to anything before everything has arrived.
    pub(crate) async fn within<F: Future>(&self, program: F) -> Option<F::Output> {
        clock::timeout(SETTLED, program).await.ok()
    }
}

/// What a scenario saw.
#[track_caller]
pub(crate) fn saw<F>(seed: u64, place: Place, scenario: impl FnOnce(World) -> F + 'static) -> Vec<String>
where
    F: Future<Output = Saw> + 'static,
{
    let run = Simulation::new(seed).net(Config::default());
    run.run(move |sim| scenario(World { sim, place, next_port: Cell::new(5_000) })).unwrap().0
}
