//! Virtual time: when it moves, and what happens when.

mod common;

#[path = "clock/callbacks.rs"]
mod callbacks;
#[path = "clock/instants.rs"]
mod instants;
#[path = "clock/interval.rs"]
mod interval;
#[path = "clock/model.rs"]
mod model;
#[path = "clock/sleep.rs"]
mod sleep;
#[path = "clock/time.rs"]
mod time;
#[path = "clock/timeout.rs"]
mod timeout;
