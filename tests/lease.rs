//! The example `lease`: only a fault brings its bug to light, and that fault is named.
//!
//! The modules are the example's own files.

#[path = "../examples/lease/message.rs"]
mod message;
#[path = "../examples/lease/member.rs"]
mod member;
#[path = "../examples/lease/storage.rs"]
mod storage;
#[path = "../examples/lease/scenario.rs"]
mod scenario;

#[path = "lease/sweeps.rs"]
mod sweeps;
