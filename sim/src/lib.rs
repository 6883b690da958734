//! The deterministic machine of `reenact`: decision tape, scheduler, tasks, nodes, trace, and the
//! async rim of time.
//!
//! It knows nothing of sockets, files, environment variables and terminals: devices plug in
//! ([`Device`]), and the crate `reenact` turns runs into tests. Users depend on that crate; names
//! here that it does not re-export may change at any time.
//!
//! The modules stand in the order of their dependencies: each imports only from those above it.
#![deny(missing_docs)]

// Pure: numbers and words.
mod hash;
mod bytes;
mod id;
mod failure;
mod claim;
mod effect;
mod stats;
mod strategy;
mod output;
// Pure: decisions, order, events.
mod tape;
mod explore;
mod ready;
mod trace;
mod settings;
// Seam: wakers, futures and factories as data.
mod due;
mod task;
mod actor;
mod side;
mod node;
mod invariant;
mod limbo;
mod director;
mod core;
mod deciding;
mod waking;
mod watch;
mod clocks;
mod pause;
mod step;
mod world;
// Rim: the thread's run, and what happens outside of its borrow.
mod context;
mod panics;
mod assert;
mod spawn;
mod life;
mod stuck;
mod left;
mod next;
mod teardown;
mod run;
// Rim: what users hold.
mod abort;
mod join;
mod join_set;
mod hint;
mod current;
pub mod draw;
mod mark;
mod buggify;
pub mod time;

pub use abort::AbortHandle;
pub use assert::{claim, invariant};
pub use buggify::buggify;
pub use bytes::Bytes;
pub use claim::{Claim, Claims, Tally};
pub use context::{assert_inside, assert_own, is_here, try_with, with, with_own, with_own_waker, with_waker};
pub use core::Core;
pub use current::{Current, current, here};
pub use director::{Director, Turn};
pub use due::DeviceSlot;
pub use effect::{Effect, Effects, FaultKind};
pub use explore::Survey;
pub use failure::{Failure, FailureKind, Held, Waiting};
pub use hash::{
    bytes as hash_bytes, combine as hash_combine, combine_spread as hash_combine_spread,
    spread as hash_spread,
};
pub use hint::{Cancellable, cancellable, touch};
pub use id::{NodeId, StreamId, TaskId};
pub use join::{Builder, JoinError, JoinHandle, YieldNow, spawn, spawn_on, yield_now};
pub use join_set::{JoinNext, JoinSet};
pub use life::{end_node, on_data_loss, restart_node, restart_node_empty, start_node};
pub use mark::{is_logging, log, mark};
pub use node::{Down, NodeState, OnPanic};
pub use output::MainOutput;
pub use run::{Finished, assert_outside, run};
pub use settings::Settings;
pub use stats::Stats;
pub use strategy::Strategy;
pub use tape::{
    Base, Choice, Decided, Entry, Header, Kind, Moment, Order, Prepared, Profile, Readiness, Stream, Tape,
    TokenError, Waypoints,
};
pub use task::{Beacon, Sighting, Wait, Waiter, Who};
pub use trace::{
    Event, Line, LossReason, Message, NodeInfo, PacketKind, Place, Record, Recorder, TaskInfo, Trace,
    Transport,
};
pub use world::{Device, World};

/// Runs an example of the documentation.
#[doc(hidden)]
pub fn doc<F: Future + 'static>(main: impl FnOnce() -> F + 'static)
where
    F::Output: MainOutput,
{
    let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
    let result = run(&settings, |_| (), main).result.map(MainOutput::into_result);
    match result {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("the example returned an error: {error}"),
        Err(failure) => panic!("{failure}"),
    }
}
