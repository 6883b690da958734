//! Many runs of one test: what a sweep makes, what it finds, and what it says of it.
//!
//! Bad input is in `bad_input`. What depends on the environment of the process is looked at from
//! outside: this program runs itself (`process`), and the tests of `children` fail then.

#[path = "check/attribute.rs"]
mod attribute;
#[path = "check/children.rs"]
mod children;
#[path = "check/closures.rs"]
mod closures;
#[path = "check/determinism.rs"]
mod determinism;
#[path = "check/environment.rs"]
mod environment;
#[path = "check/findings.rs"]
mod findings;
#[path = "check/killed.rs"]
mod killed;
#[path = "check/order.rs"]
mod order;
#[path = "check/planted.rs"]
mod planted;
#[path = "check/printed.rs"]
mod printed;
#[path = "check/watched.rs"]
mod watched;

#[path = "check/process.rs"]
mod process;
#[path = "check/recorded.rs"]
mod recorded;
#[path = "check/recorded_child.rs"]
mod recorded_child;
#[path = "check/replay.rs"]
mod replay;
#[path = "check/runs.rs"]
mod runs;
#[path = "check/stuck.rs"]
mod stuck;
