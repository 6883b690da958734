//! Who is told of what happens in a run.

use super::{profiler::Profiler, survey::Surveyor};

#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) profiler: Option<Profiler>,
    pub(crate) surveyor: Option<Surveyor>,
    /// Whether anybody is, the strategy included.
    pub(crate) on: bool,
}
