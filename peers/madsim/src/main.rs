//! The corpus under madsim, a uniform walk over all ready tasks: its races of tasks, and those programs of nodes
//! that madsim can express.
//!
//! Build with `RUSTFLAGS="--cfg madsim"`: without it, madsim is not a simulator.

// The programs of nodes ask for what `shim` answers under this name.
extern crate self as reenact;

#[allow(dead_code)]
#[path = "../../../examples/corpus/programs/among_tasks/mod.rs"]
mod among_tasks;
mod nodes;
mod shim;
#[path = "../../table.rs"]
mod table;

/// What the races run on.
mod rt {
    pub(crate) use madsim::task::{spawn, yield_now};
}

use futures::future::LocalBoxFuture;
use madsim::runtime::Runtime;
pub(crate) use shim::{Sim, clock, draw, net, spawn, trace};
use table::{panics, races, rows, version};
pub(crate) use tokio::select;

/// Makes runs of seeds from this one on until one fails.
fn sweep(seed: u64, most: u64, run: impl Fn() -> LocalBoxFuture<'static, ()>) -> (u64, bool) {
    for number in 0..most {
        let body = run();
        let runtime = Runtime::with_seed_and_config(seed + number, madsim::Config::default());
        if panics(move || runtime.block_on(body)) {
            return (number + 1, true);
        }
    }
    (most, false)
}

fn main() {
    rows("madsim", races(), |seed, most, (body, size)| sweep(seed, most, || body(version(), size)));
    rows("madsim", nodes::subjects(), |seed, most, (body, size)| {
        sweep(seed, most, || Box::pin(shim::within_a_node(move |sim| body(sim, version(), size))))
    });
}
