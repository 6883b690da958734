//! The law of the tape: a run spelled out as decisions, or repeated from its seed, is the same run.
//!
//! The order of tasks is recorded as moves (how many later wakes overtook a wake) and nowhere else,
//! so this is where it shows whether that is the whole truth: for thousands of small programs that
//! do everything tasks and nodes can do to each other.

#[path = "order/broken.rs"]
mod broken;
#[path = "order/interpreter.rs"]
mod interpreter;
#[path = "order/law.rs"]
mod law;
#[path = "order/program.rs"]
mod program;
#[path = "order/reduce.rs"]
mod reduce;
#[path = "order/wide.rs"]
mod wide;
