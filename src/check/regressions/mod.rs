//! Failures that were recorded beside their test, to be run before all else from then on.
//!
//! A case is a line of a text file that people commit, merge and edit, so nothing in it is taken for
//! granted and nothing is lost. When cases are run, and what is said of them, is the sweep's affair.

// Pure: what the file says.
mod format;
// What is done with the file itself.
mod lock;
mod file;

pub(crate) use file::Regressions;
pub(crate) use format::{Case, Saved};
