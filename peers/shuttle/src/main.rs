//! The corpus' races of tasks under shuttle: its random walk, PCT and URW.

#[allow(dead_code)]
#[path = "../../../examples/corpus/programs/among_tasks/mod.rs"]
mod among_tasks;
#[path = "../../table.rs"]
mod table;

/// What the programs run on.
mod rt {
    pub(crate) use shuttle::future::{spawn, yield_now};
}

use shuttle::{
    Config, FailurePersistence, MaxSteps, Runner,
    scheduler::{PctScheduler, RandomScheduler, Scheduler, UrwRandomScheduler},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use table::{Run, panics, races, rows, version};

fn sweep(scheduler: impl Scheduler + 'static, (body, size): Run) -> (u64, bool) {
    let mut config = Config::new();
    config.max_steps = MaxSteps::None;
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true;
    let runs = Arc::new(AtomicU64::new(0));
    let made = runs.clone();
    let found = panics(move || {
        Runner::new(scheduler, config).run(move || {
            made.fetch_add(1, Relaxed);
            shuttle::future::block_on(body(version(), size));
        });
    });
    (runs.load(Relaxed), found)
}

fn main() {
    rows("shuttle random", races(), |seed, most, run| {
        sweep(RandomScheduler::new_from_seed(seed, most as usize), run)
    });
    rows("shuttle pct 3", races(), |seed, most, run| {
        sweep(PctScheduler::new_from_seed(seed, 3, most as usize), run)
    });
    rows("shuttle urw", races(), |seed, most, run| {
        sweep(UrwRandomScheduler::new_from_seed(seed, most as usize), run)
    });
}
