//! What users hold: sockets, listeners, guards.
//!
//! Rim. Handles hold numbers, so all are `Send` and `Sync`; each method is one borrow of the
//! machine and one call into the fabric.

mod guard;
mod listener;
mod lookup;
mod stream;
#[cfg(feature = "tokio-io")]
mod tokio_io;
mod udp;

use crate::fabric::Net;
pub use guard::{Guard, configure, heal, partition};
pub use listener::TcpListener;
pub use lookup::{ToSocketAddrs, lookup_host};
use reenact_sim::{Core, same_run, try_with, with, with_waker};
use std::task::{Context, Poll};
pub use stream::TcpStream;
pub use udp::UdpSocket;

/// One call into the fabric. `run` is the run of the handle, if there is one already.
#[inline]
#[track_caller]
fn call<R>(what: &'static str, run: Option<u64>, f: impl FnOnce(&mut Net, &mut Core) -> R) -> R {
    with(what, move |world| {
        if let Some(run) = run {
            same_run(what, run, &world.core);
        }
        match world.device::<Net>() {
            Some((net, core)) => f(net, core),
            None => no_network(what),
        }
    })
}

/// One call into the fabric on behalf of a future. Whoever is dead waits for ever.
#[inline]
#[track_caller]
fn poll<R>(
    what: &'static str,
    run: u64,
    cx: &mut Context<'_>,
    f: impl FnOnce(&mut Net, &mut Core) -> Poll<R>,
) -> Poll<R> {
    with_waker(what, cx, move |world| {
        same_run(what, run, &world.core);
        match world.device::<Net>() {
            Some((_, core)) if core.is_inert() => Poll::Pending,
            Some((net, core)) => f(net, core),
            None => no_network(what),
        }
    })
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
fn even_if_dead(run: u64, f: impl FnOnce(&mut Net, &mut Core)) {
    try_with(|world| {
        if world.core.run_id() == run
            && let Some((net, core)) = world.device::<Net>()
        {
            f(net, core);
        }
    });
}
