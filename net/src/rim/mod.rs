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

use crate::{
    fabric::Net,
    plug::{try_net, with_net},
};
pub use damage::{configure, cut, heal, hold, in_flight, release, set, stats};
pub use guard::Guard;
pub use listener::TcpListener;
pub use lookup::{ToSocketAddrs, lookup_host};
pub use options::TcpKeepalive;
pub use packet::{InFlight, Packet};
use reenact_sim::{Core, assert_inside, assert_own, is_here, try_with, with, with_waker};
pub use rule::rule;
pub use socket::TcpSocket;
pub use split::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
use std::task::{Context, Poll};
pub use stream::TcpStream;
pub use udp::UdpSocket;

/// A method of a handle, as misuse is told.
// Kept by futures, and read at each poll: so it is small.
#[derive(Clone, Copy)]
struct Method {
    /// Its name, behind that of the handle's type: `TcpStream::read`.
    what: &'static str,
    /// The handle's run.
    run: u64,
}

impl Method {
    /// Panics, since the handle's run is not that of this thread.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn is_misused(self) {
        let handle = self.what.split_once("::").map_or(self.what, |(handle, _)| handle);
        assert_own(self.what, handle, self.run);
    }
}

/// Checks that a function is called inside a run.
///
/// What is async checks when it is called, on the caller's line, and not only when it is polled, where
/// nobody could say whose line that was.
#[inline]
#[track_caller]
fn check(what: &str) {
    assert_inside(what);
}

/// Checks that a method is called in the run of its handle.
#[inline]
#[track_caller]
fn check_own(method: Method) {
    if !is_here(method.run) {
        method.is_misused();
    }
}

/// One call into the fabric.
#[inline]
#[track_caller]
fn call<R>(what: &str, f: impl FnOnce(&mut Net, &mut Core) -> R) -> R {
    with(what, |world| with_net(what, world, f))
}

/// One call into the fabric on behalf of a handle.
#[inline]
#[track_caller]
fn call_own<R>(method: Method, f: impl FnOnce(&mut Net, &mut Core) -> R) -> R {
    check_own(method);
    call(method.what, f)
}

/// One call into the fabric on behalf of a future. Whoever is dead waits for ever.
#[inline]
#[track_caller]
fn poll<R>(method: Method, cx: &mut Context<'_>, f: impl FnOnce(&mut Net, &mut Core) -> Poll<R>) -> Poll<R> {
    check_own(method);
    with_waker(method.what, cx, |world| {
        if world.core.is_inert() { Poll::Pending } else { with_net(method.what, world, f) }
    })
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
        try_net(world, f)
    };
    try_with(act).flatten()
}
