//! Deterministic simulation tests for async Rust.
//!
//! reenact takes the order of wake-ups, the lateness of packets and the moment of a crash into its
//! own hands: a seed decides all of them, so a failing run can be repeated bit for bit.
#![deny(missing_docs)]

// The macros write `::reenact`, also inside this crate's own tests.
extern crate self as reenact;

mod simulation;
mod world;

pub use reenact_sim::{
    Failure, FailureKind, JoinError, JoinHandle, JoinSet, MainOutput, NodeState, OnPanic, Record, Stats, Strategy, Tape,
    TokenError, Waiting, draw::rng, spawn, yield_now,
};
pub use reenact_sim::draw;
pub use simulation::{Outcome, Simulation};
pub use world::{Node, Sim};

/// Virtual time: what it is now, waiting for it, callbacks.
pub mod clock {
    pub use reenact_sim::time::{
        CallbackHandle, Elapsed, Instant, Interval, MissedTickBehavior, Sleep, Timeout, call_at, call_later, call_soon,
        interval, interval_at, now, sleep, sleep_until, system_time, timeout, timeout_at,
    };
}

/// Tasks: names, and who is running.
pub mod task {
    pub use reenact_sim::{Builder, JoinError, JoinHandle, JoinSet, TaskId, YieldNow, spawn, yield_now};
}

/// What a run wrote down.
pub mod trace {
    pub use reenact_sim::{Event, Line, LossReason, Message, PacketKind, TaskInfo, Trace, Transport, mark};
}
