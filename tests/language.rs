//! The language of async Rust inside the simulation: short programs, each about one word of it.
//!
//! Everything here is written as for any other runtime; only `reenact` runs it.

mod common;

#[path = "language/callbacks.rs"]
mod callbacks;
#[path = "language/cancellation.rs"]
mod cancellation;
#[path = "language/channels.rs"]
mod channels;
#[path = "language/coroutines.rs"]
mod coroutines;
#[path = "language/event_loop.rs"]
mod event_loop;
#[path = "language/gathering.rs"]
mod gathering;
#[path = "language/locks.rs"]
mod locks;
#[path = "language/promises.rs"]
mod promises;
#[path = "language/select.rs"]
mod select;
#[path = "language/server.rs"]
mod server;
#[path = "language/streams.rs"]
mod streams;
