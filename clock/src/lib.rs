//! Virtual time for `reenact`: instants, and the agenda of what is due.
//!
//! Everything here is pure: nothing waits, nothing reads a clock. A caller says
//! what time it is and is told what is due. (Only `present` asks for the time,
//! where a machine has said how.)
//!
//! - [`Instant`] is a point of virtual time, in nanoseconds since the run began.
//! - [`NodeClock`] translates between it and the clock of a node, which may be wrong.
//! - [`Agenda`] holds all that is due and gives it back in order of
//!   ([`Instant`], insertion); what was pushed can be cancelled by its [`Key`].
//!
//! What is absent: tasks, nodes, futures, the network, and randomness. An item
//! is any `Copy` value; what it means is the caller's business.
//!
//! ```
//! use reenact_clock::{Agenda, Instant};
//! use std::time::Duration;
//!
//! let mut agenda = Agenda::new();
//! let noon = Instant::ZERO + Duration::from_millis(12);
//! agenda.push(noon, "lunch");
//! let nap = agenda.push(noon, "nap");
//! agenda.push(Instant::ZERO + Duration::from_millis(7), "coffee");
//! agenda.cancel(noon, nap);
//!
//! let mut day = Vec::new();
//! while let Some(now) = agenda.next_at() {
//!     while let Some((_, what)) = agenda.pop_due(now) {
//!         day.push((now.to_string(), what));
//!     }
//! }
//! assert_eq!(day, [("0.007s".into(), "coffee"), ("0.012s".into(), "lunch")]);
//! ```
#![deny(missing_docs)]

// In the order of dependencies: each imports only from those above it.
mod instant;
mod node_clock;
mod present;
mod item;
mod cancelled;
mod wheel;
mod sorter;
mod head;
mod later;
mod agenda;

pub use agenda::Agenda;
pub use instant::Instant;
pub use item::Key;
pub use node_clock::NodeClock;
pub use present::tell_time_by;
