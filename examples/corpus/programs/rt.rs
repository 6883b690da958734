//! What the programs of `among_tasks` run on: here, this crate.

pub(crate) use reenact::{spawn, yield_now};
