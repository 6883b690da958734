//! How the machine and the sockets come by the network.
//!
//! Seam. A machine knows its devices by what they do and not by their types, while each call of a socket
//! needs the network itself. It is kept here, beside the machine, in a thread-local of its own type: there
//! is one machine on a thread, so one network. In the machine stands a [`Plug`], which passes on what the
//! machine tells its devices. (To cast the machine's device down is a virtual call and a comparison through
//! memory, at each read and write.)

use crate::{config::Config, fabric::Net};
use reenact_sim::{Core, Device, Down, NodeId, World};
use std::cell::RefCell;

thread_local! {
    static NET: RefCell<Net> = RefCell::default();
}

/// Runs `f` with the network and the machine it is plugged into.
///
/// # Panics
///
/// In a machine without a network, on behalf of a function of that name.
#[inline]
pub(crate) fn with_net<R>(what: &str, world: &mut World, f: impl FnOnce(&mut Net, &mut Core) -> R) -> R {
    if !world.has_device(Net::SLOT) {
        no_network(what);
    }
    NET.with(|net| f(&mut net.borrow_mut(), &mut world.core))
}

/// Runs `f` with the network and the machine it is plugged into, if it is.
pub(crate) fn try_net<R>(world: &mut World, f: impl FnOnce(&mut Net, &mut Core) -> R) -> Option<R> {
    world.has_device(Net::SLOT).then(|| NET.with(|net| f(&mut net.borrow_mut(), &mut world.core)))
}

#[cold]
#[inline(never)]
fn no_network(what: &str) -> ! {
    panic!("`{what}` was called in a run without a network")
}

/// Plugs the network in, so that it behaves like this.
pub(crate) fn plug(world: &mut World, config: Config) {
    world.plug(Net::SLOT, || Box::new(Plug));
    NET.with_borrow_mut(|net| net.configure(config));
}

/// What the machine has of the network.
struct Plug;

impl Device for Plug {
    #[inline]
    fn ring(&mut self, core: &mut Core, word: u64) {
        NET.with(|net| net.borrow_mut().ring(core, word));
    }

    fn node_down(&mut self, core: &mut Core, node: NodeId, how: Down) {
        NET.with_borrow_mut(|net| net.node_down(core, node, how));
    }

    fn node_up(&mut self, core: &mut Core, node: NodeId) {
        NET.with_borrow_mut(|net| net.node_up(core, node));
    }

    fn end(&mut self, core: &mut Core) {
        NET.with_borrow_mut(|net| net.end(core));
    }

    fn describe(&self, code: u8, number: u32) -> String {
        NET.with_borrow(|net| net.describe(code, number))
    }

    fn left(&self) -> Vec<(NodeId, String)> {
        NET.with_borrow(Net::left)
    }

    fn reset(&mut self) {
        NET.with_borrow_mut(Net::reset);
    }
}
