//! Many runs of one test: sweeps over seeds, what they find, and the report.
//!
//! What a single run is lives in `simulation`, and what the environment says in `env`.

// Pure: which runs there are, and words.
mod site;
mod seeds;
mod plan;
mod numbers;
mod fingerprint;
mod backtrace;
mod rollup;
mod failed;
mod suspects;
mod divergence;
mod command;
mod file_name;
// Makes runs.
mod one;
mod shrink;
mod finding;
mod progress;
mod report;
mod settings;
mod sweep;
mod delay;
// What users call, and what it does beside: files, the terminal.
mod block;
mod whole;
mod in_flight;
mod artifacts;
mod regressions;
mod recorded;
mod report_json;
mod result;
mod reported;
mod aftermath;
mod run;
mod builder;

#[cfg(test)]
mod scratch;

pub use builder::Check;
pub use finding::Finding;
pub use progress::Progress;
pub use report::{Certificate, Report};
pub use rollup::{Assertion, Fault};
pub use seeds::Seeds;
pub use shrink::{Explanation, Need, Neighbour, Reason, Shrink};
pub use site::Site;
