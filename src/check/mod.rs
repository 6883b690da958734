//! Many runs of one test: sweeps over seeds, what they find, and the report.
//!
//! What a single run is lives in `simulation`, and what the environment says in `env`.

// Pure: which runs there are, what was found, and how it is said.
mod site;
mod seeds;
mod plan;
mod settings;
mod finding;
mod backtrace;
mod command;
mod block;
// Makes runs.
mod one;
mod sweep;
// What users call, and what it does beside: a file, the terminal.
mod in_flight;
mod run;
mod builder;

pub use builder::Check;
pub use finding::{Finding, Report};
pub use seeds::Seeds;
pub use site::Site;
