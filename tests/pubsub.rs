//! The example `pubsub`: its service survives what happens to its clients, be they a thousand.
//!
//! The modules are the example's own files.

#[path = "../examples/pubsub/frame.rs"]
mod frame;
#[path = "../examples/pubsub/broker.rs"]
mod broker;
#[path = "../examples/pubsub/client.rs"]
mod client;
#[path = "../examples/pubsub/scenario.rs"]
mod scenario;

#[path = "pubsub/sweeps.rs"]
mod sweeps;
