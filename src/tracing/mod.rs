//! What code says with the crate `tracing`, in the trace of its run (feature `tracing`).
//!
//! A [`layer`] for `tracing-subscriber` writes the events and spans of the code in a run into the run's
//! trace, each with its virtual time, node and task. [`VirtualTime`] is for subscribers that print.
//!
//! ```
//! use reenact::{Simulation, clock, trace::{Level, View}};
//! use std::time::Duration;
//! use tracing_subscriber::prelude::*;
//!
//! let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
//! let run = tracing::subscriber::with_default(subscriber, || {
//!     Simulation::new(1).run(|sim| async move {
//!         let _ = sim.node("db").spawn(async {
//!             tracing::info!(target: "db", pages = 3, "recovering");
//!             clock::sleep(Duration::from_secs(2)).await;
//!             tracing::info!(target: "db", "ready");
//!         }).await;
//!     })
//! });
//! let view = View::timeline().level(Level::User).times(true).nodes(&["db"]);
//! let text = run.trace().text(view);
//! assert_eq!(text, "0.000s  db  log INFO db: recovering pages=3\n2.000s  db  log INFO db: ready\n");
//! ```
//!
//! The layer belongs in the subscriber of the process (`init()`), of the thread (`set_default()`), or of one
//! call as above. A subscriber of a thread is found by all threads that a run or a sweep takes to work in
//! its place. What is said outside of a run, and in a run of which only the digest is kept, goes past the
//! layer; a failing run of a sweep is made again and kept whole. The digest is the same with the
//! layer and without.
//!
//! # Nothing is lost
//!
//! `tracing` asks once a process which subscribers care for a place in the code, and remembers. Where tests
//! run in parallel and some have no subscriber, it can remember that nobody does. From the first [`layer`] of a
//! process on it is told to ask every time.

mod attention;
mod fields;
mod layer;
mod virtual_time;

pub use layer::{Layer, layer};
pub use virtual_time::VirtualTime;
