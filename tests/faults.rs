//! Fault plans: what they do, that it is counted, shrunk and healed.

mod common;

#[path = "faults/calm.rs"]
mod calm;
#[path = "faults/determinism.rs"]
mod determinism;
#[path = "faults/effects.rs"]
mod effects;
#[path = "faults/network.rs"]
mod network;
#[path = "faults/plans.rs"]
mod plans;
#[path = "faults/shrunk.rs"]
mod shrunk;
#[path = "faults/timers.rs"]
mod timers;
#[path = "faults/workload.rs"]
mod workload;
