//! The decision tape: everything that is not fixed by the test's code passes here.
//!
//! All rooms below are pure. `entry` says what a decision is, `dice` answers decisions during a
//! run, `order` turns the realised order of tasks into decisions, `token` writes a tape on one
//! line. The tape does not know what is decided (tasks, links, faults), only by whom and in which
//! sequence.

mod dice;
mod entry;
mod order;
mod token;

pub use dice::Stream;
pub(crate) use dice::{Dice, chacha};
pub use entry::{Base, Entry, Header, Kind, Tape};
pub(crate) use order::OrderLog;
pub use token::TokenError;
