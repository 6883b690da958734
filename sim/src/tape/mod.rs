//! The decision tape: everything that is not fixed by the test's code passes here.
//!
//! All rooms below are pure. `entry` says what a decision is, `stream` is how draws are made, `dice`
//! answers decisions during a run, `order` turns the realised order of tasks into decisions, `decided` is
//! all that a run decided, `waypoints` are digests on its way, `token` writes a tape on one line (`leb` its numbers), `text` on
//! many; `profile` is what a strategy is told of a program. The tape does not know what is decided (tasks,
//! links, faults), only by whom and in which sequence.

mod leb;
mod profile;
mod entry;
mod stream;
mod dice;
mod order;
mod decided;
mod waypoints;
mod token;
mod text;

pub use decided::Decided;
pub(crate) use decided::schedule_stream;
pub(crate) use dice::{Dice, DrawLatency};
pub use entry::{Base, Choice, Entry, Header, Kind, Moment, Tape};
pub use order::{Order, Readiness};
pub(crate) use profile::Chain;
pub use profile::Profile;
pub use stream::{Prepared, Stream};
pub(crate) use stream::{chacha, share};
pub use token::TokenError;
pub(crate) use waypoints::Course;
pub use waypoints::Waypoints;
