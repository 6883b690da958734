//! The corpus' races of tasks under madsim: a uniform walk over all ready tasks.
//!
//! Build with `RUSTFLAGS="--cfg madsim"`: without it, madsim is not a simulator.

#[allow(dead_code)]
#[path = "../../../examples/corpus/programs/among_tasks/mod.rs"]
mod among_tasks;
#[path = "../../table.rs"]
mod table;

/// What the programs run on.
mod rt {
    pub(crate) use madsim::task::{spawn, yield_now};
}

use madsim::runtime::Runtime;
use table::{panics, rows};

fn main() {
    rows("madsim", |seed, most, run| {
        for number in 0..most {
            let body = run();
            let runtime = Runtime::with_seed_and_config(seed + number, madsim::Config::default());
            if panics(move || runtime.block_on(body)) {
                return (number + 1, true);
            }
        }
        (most, false)
    });
}
