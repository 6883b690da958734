//! Equal seeds are equal runs: in any process, on any thread, whatever ran before, however much is
//! written down. And what is added to a program moves nothing elsewhere.

mod common;

#[path = "../examples/laws/five_nodes.rs"]
mod five_nodes;
// The programs of the law of the tape do everything there is to do.
#[path = "order/interpreter.rs"]
mod interpreter;
#[path = "order/program.rs"]
mod program;

#[path = "determinism/added.rs"]
mod added;
#[path = "determinism/again.rs"]
mod again;
#[path = "determinism/five.rs"]
mod five;
#[path = "determinism/process.rs"]
mod process;
#[path = "determinism/recorded.rs"]
mod recorded;
