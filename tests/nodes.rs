//! Nodes: how they begin and end, and that nothing of a dead one has any effect.

mod common;

#[path = "nodes/clocks.rs"]
mod clocks;
#[path = "nodes/dead.rs"]
mod dead;
#[path = "nodes/ends.rs"]
mod ends;
#[path = "nodes/losses.rs"]
mod losses;
#[path = "nodes/misuse.rs"]
mod misuse;
#[path = "nodes/names.rs"]
mod names;
#[path = "nodes/own_end.rs"]
mod own_end;
#[path = "nodes/pauses.rs"]
mod pauses;
#[path = "nodes/restarts.rs"]
mod restarts;
