//! The async rim of time: what users await, and callbacks.
//!
//! Instants and the agenda are in the crate `reenact-clock`; here they meet tasks. The meanings
//! are tokio's, where tokio has the same name.

mod callback;
mod interval;
mod late;
mod sleep;
mod timeout;

pub use callback::{CallbackHandle, call_at, call_later, call_soon};
pub use interval::{Interval, MissedTickBehavior, Tick, interval, interval_at};
pub use reenact_clock::Instant;
pub use sleep::{EPOCH, Sleep, now, sleep, sleep_until, system_time};
pub use timeout::{Elapsed, Timeout, timeout, timeout_at};
