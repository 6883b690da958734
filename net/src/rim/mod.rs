//! What users hold: sockets, listeners, guards.
//!
//! Rim. Handles hold numbers, so all are `Send` and `Sync`; each method is one borrow of the
//! machine and one call into the fabric.

mod guard;
#[cfg(feature = "hyper")]
mod hyper_io;
mod packet;
mod rule;
mod damage;
mod listener;
mod lookup;
mod stream;
mod options;
mod split;
mod socket;
#[cfg(feature = "tokio-io")]
mod tokio_io;
mod udp;
mod ready;

use crate::fabric::Net;
pub use damage::{configure, cut, heal, hold, in_flight, release, set, stats};
pub use guard::Guard;
pub use listener::TcpListener;
pub use lookup::{ToSocketAddrs, lookup_host};
pub use options::TcpKeepalive;
pub use packet::{InFlight, Packet};
use reenact_sim::{Core, try_with, with, with_own, with_own_waker};
pub use rule::rule;
pub use socket::TcpSocket;
pub use split::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
use std::task::{Context, Poll};
pub use stream::TcpStream;
pub use udp::UdpSocket;

/// A method of a handle, as misuse is told: its name, the handle's type, and the handle's run.
type Method = (&'static str, &'static str, u64);

/// Checks that a function is called inside a run.
///
/// What is async checks when it is called, on the caller's line, and not only when it is polled, where
/// nobody could say whose line that was.
#[inline]
#[track_caller]
fn check(what: &str) {
    with(what, |_| ());
}

/// Checks that a method is called in the run of its handle.
#[inline]
#[track_caller]
fn check_own((what, handle, run): Method) {
    with_own(what, handle, run, |_| ());
}

/// One call into the fabric.
#[inline]
#[track_caller]
fn call<R>(what: &str, f: impl FnOnce(&mut Net, &mut Core) -> R) -> R {
    match with(what, |world| world.device::<Net>().map(|(net, core)| f(net, core))) {
        Some(result) => result,
        None => no_network(what),
    }
}

/// One call into the fabric on behalf of a handle.
#[inline]
#[track_caller]
fn call_own<R>((what, handle, run): Method, f: impl FnOnce(&mut Net, &mut Core) -> R) -> R {
    match with_own(what, handle, run, |world| world.device::<Net>().map(|(net, core)| f(net, core))) {
        Some(result) => result,
        None => no_network(what),
    }
}

/// One call into the fabric on behalf of a future. Whoever is dead waits for ever.
#[inline]
#[track_caller]
fn poll<R>(method: Method, cx: &mut Context<'_>, f: impl FnOnce(&mut Net, &mut Core) -> Poll<R>) -> Poll<R> {
    let polled = with_own_waker(method, cx, |world| match world.device::<Net>()? {
        (_, core) if core.is_inert() => Some(Poll::Pending),
        (net, core) => Some(f(net, core)),
    });
    match polled {
        Some(result) => result,
        None => no_network(method.0),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn no_network(what: &str) -> ! {
    panic!("`{what}` was called in a run without a network")
}

/// What a destructor does: nothing in another run, outside of runs, or when whoever drops is dead.
fn quietly(run: u64, f: impl FnOnce(&mut Net, &mut Core)) {
    even_if_dead(run, |net, core| {
        if !core.is_inert() {
            f(net, core);
        }
    });
}

/// What a destructor does to the world rather than as its node: nothing in another run.
fn even_if_dead<R>(run: u64, f: impl FnOnce(&mut Net, &mut Core) -> R) -> Option<R> {
    let act = |world: &mut reenact_sim::World| {
        if world.core.run_id() != run {
            return None;
        }
        world.device::<Net>().map(|(net, core)| f(net, core))
    };
    try_with(act).flatten()
}
