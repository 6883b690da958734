//! Tasks as the machine keeps them: the table, the boxed future, the waker.
//!
//! The handles users hold are in the rim (`crate::join`).

mod beacon;
mod object;
mod table;
mod waiter;
mod waker;

pub use beacon::{Beacon, Sighting, Who};
pub(crate) use object::{Boxed, Job};
pub use table::Wait;
pub(crate) use table::{Counters, Drawn, Ended, Flags, NO_SLOT, Name, NewTask, Payload, Tasks};
pub use waiter::Waiter;
pub(crate) use waker::{Lent, Wakers};
