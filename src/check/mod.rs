//! Many runs of one test: sweeps over seeds, what they find, and the report.
//!
//! `site`, `seeds`, `plan`, `finding`, `block` and `command` are pure, as is `backtrace`; `one` and `sweep` make runs;
//! `in_flight` keeps a file; `run` is the way from the environment to the report on the terminal.
//! What a single run is lives in `simulation`, and what the environment says in `env`.

mod site;
mod seeds;
mod plan;
mod finding;
mod backtrace;
mod one;
mod sweep;
mod command;
mod block;
mod in_flight;
mod builder;
mod run;

pub use builder::Check;
pub use finding::{Finding, Report};
pub use seeds::Seeds;
pub use site::Site;
