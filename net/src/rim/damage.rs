//! What the test does to the network.
//!
//! Rim: thin functions over the fabric, by numbers of nodes; the crate `reenact` has handles with names
//! on top. Each names its caller, `what`, where it is misused. The dead damage nothing.

use super::{
    call,
    guard::{Damage, Guard},
    packet::InFlight,
};
use crate::{
    config::Config,
    fabric::{Flavour, Scope, Setting},
    stats::NetStats,
};
use reenact_sim::NodeId;

/// Cuts the links of these pairs, both ways or from the first to the second only, until the guard is
/// dropped.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn cut(what: &str, pairs: &[(NodeId, NodeId)], both: bool, flavour: Flavour) -> Guard {
    call(what, |net, core| {
        let cut = (!core.is_inert()).then(|| Damage::Partition(net.cut(core, pairs, both, flavour)));
        Guard::new(core.run_id(), cut)
    })
}

/// From now on the network behaves so; what is on its way arrives as it was going to.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn configure(config: Config) {
    call("NetHandle::config", |net, core| {
        if !core.is_inert() {
            core.recorder().fold(config.fingerprint());
            net.configure(config);
        }
    });
}

/// From now on these links are so.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn set(what: &str, scope: Scope, setting: Setting) {
    call(what, |net, core| {
        if !core.is_inert() {
            net.set(core, scope, setting);
        }
    });
}

/// Mends all links, and releases what is held; guards that are still held have nothing left to heal.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn heal() {
    call("NetHandle::heal", |net, core| {
        if !core.is_inert() {
            net.mend_all(core);
        }
    });
}

/// Keeps what the first node sends to the second on its way.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn hold(what: &str, from: NodeId, to: NodeId) {
    call(what, |net, core| {
        if !core.is_inert() {
            net.hold(core, from, to);
        }
    });
}

/// Lets what is kept between two nodes go.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn release(what: &str, from: NodeId, to: NodeId) {
    call(what, |net, core| {
        if !core.is_inert() {
            net.release(core, from, to);
        }
    });
}

/// What is on its way now.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn in_flight(what: &str) -> Vec<InFlight> {
    call(what, |net, core| {
        let seen = net.in_flight(core);
        seen.into_iter().map(|seen| InFlight::of(core, seen)).collect()
    })
}

/// How much the network did since the run began.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn stats(what: &str) -> NetStats {
    call(what, |net, core| net.stats(core))
}
