//! The simulated network of `reenact`: a device of its machine, and async sockets on it.
//!
//! The fabric (`fabric/`) is told the time, the calls and the alarms; the rim (`rim/`) is what users
//! hold. It knows nothing of tests and reports. Users depend on the crate `reenact`, which
//! re-exports what is meant for them.
#![deny(missing_docs)]

mod ratio;
mod latency;
mod config;
mod stats;
mod address;
mod errno;
mod fabric;
mod plug;
mod rim;

pub use address::{ipv4, ipv6, is_reserved};
pub use config::Config;
pub use fabric::{Flavour, Scope, Setting, Verdict};
pub use latency::Latency;
pub use ratio::Ratio;
pub use reenact_sim::{LossReason, PacketKind};
pub use rim::{
    Guard, InFlight, OwnedReadHalf, OwnedWriteHalf, Packet, ReadHalf, ReuniteError, TcpKeepalive,
    TcpListener, TcpSocket, TcpStream, ToSocketAddrs, UdpSocket, WriteHalf, configure, cut, heal, hold,
    in_flight, lookup_host, release, rule, set, stats,
};
pub use stats::NetStats;

/// Plugs a network into a machine that is being set up.
pub fn install(world: &mut reenact_sim::World, config: Config) {
    plug::plug(world, config);
}

/// How the network behaves, apart from what its guards do.
pub fn config(world: &mut reenact_sim::World) -> Config {
    plug::try_net(world, |net, _| net.config().clone()).unwrap_or_default()
}

/// How much the network did since the run began.
pub fn counters(world: &mut reenact_sim::World) -> NetStats {
    plug::try_net(world, |net, core| net.stats(core)).unwrap_or_default()
}

/// The ends of connections that a node's process holds; they are good for [`break_connection`] at once.
pub fn connections_of(world: &mut reenact_sim::World, node: reenact_sim::NodeId) -> Vec<u32> {
    plug::try_net(world, |net, _| net.ends_of(node)).unwrap_or_default()
}

/// Breaks the connection of an end: it hears of it, its peer does, or both. Says whether anybody did.
pub fn break_connection(world: &mut reenact_sim::World, end: u32, here: bool, there: bool) -> bool {
    plug::try_net(world, |net, core| net.break_end(core, end, here, there)).unwrap_or(false)
}

/// Runs an example of the documentation, on a network that behaves as usual.
#[doc(hidden)]
pub fn doc<F: Future + 'static>(main: impl FnOnce() -> F + 'static)
where
    F::Output: reenact_sim::MainOutput,
{
    use reenact_sim::{MainOutput, Settings, Strategy, Tape};
    let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
    let run = reenact_sim::run(&settings, |world| install(world, Config::default()), main);
    let result = run.result.map_err(|failure| failure.to_string());
    if let Err(wrong) = result.and_then(MainOutput::into_result) {
        panic!("{wrong}");
    }
}
