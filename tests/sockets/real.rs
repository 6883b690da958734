//! The scenarios on the operating system's sockets, by way of tokio, on loopback.

pub(crate) use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

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
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

/// Longer than what is sent on loopback is on its way.
const SETTLED: Duration = Duration::from_millis(30);
/// No scenario takes as long.
const TOO_LONG: Duration = Duration::from_secs(20);

/// Where a scenario takes place.
pub(crate) struct World;

impl World {
    /// What a program does on the server's host.
    pub(crate) async fn there<F: Future>(&self, program: F) -> F::Output {
        program.await
    }

    /// The server's host.
    pub(crate) fn server(&self) -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }

    /// The client's host, where everything else happens.
    pub(crate) fn client(&self) -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }

    /// A port that nobody has, below those that the system gives to others.
    pub(crate) fn free_port(&self) -> u16 {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        // Other processes of this kind begin elsewhere.
        let first = 12_000 + (std::process::id() % 200) as u16 * 100;
        loop {
            let port = first + NEXT.fetch_add(1, Ordering::Relaxed) % 100;
            // Without SO_REUSEADDR, so that nothing of the past is there either.
            let socket = TcpSocket::new_v4().expect("a socket");
            if socket.bind((self.server(), port).into()).is_ok() {
                return port;
            }
        }
    }

    /// Until everything that was sent has arrived.
    pub(crate) async fn settle(&self) {
        tokio::time::sleep(SETTLED).await;
    }

    /// Whether something is still waiting when everything has arrived.
    pub(crate) async fn waits<F: Future>(&self, program: F) -> bool {
        self.within(program).await.is_none()
    }

    /// What a program comes to, if it comes to anything before everything has arrived.
    pub(crate) async fn within<F: Future>(&self, program: F) -> Option<F::Output> {
        tokio::time::timeout(SETTLED, program).await.ok()
    }
}

/// What a scenario saw.
pub(crate) fn saw<F: Future<Output = Saw>>(scenario: impl FnOnce(World) -> F) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let saw = runtime.block_on(async { tokio::time::timeout(TOO_LONG, scenario(World)).await });
    saw.expect("no real socket waits for ever").0
}
