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
mod file_name;
mod block;
// Makes runs.
mod one;
mod sweep;
// What users call, and what it does beside: a file, the terminal.
mod whole;
mod in_flight;
#[cfg_attr(not(test), expect(dead_code, reason = "the report is to leave files"))]
mod artifacts;
#[cfg_attr(not(test), expect(dead_code, reason = "the sweep is to run what is recorded"))]
mod regressions;
mod run;
mod builder;

#[cfg(test)]
mod scratch;

pub use builder::Check;
pub use finding::{Finding, Report};
pub use seeds::Seeds;
pub use site::Site;
