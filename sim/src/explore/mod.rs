//! The strategies that look for rare orders, each an algorithm of its paper.
//!
//! All rooms are pure: they are told who becomes ready, who is spawned and what is touched, and say who runs
//! next. `profiler` gathers from one run what the others are told before theirs, `survey` what is said of a
//! run afterwards. First in, first out and the random walk, which need none of this, are in `ready`.

mod chooser;
mod grouped;
mod latencies;
mod weights;
mod pct;
mod pos;
mod profiler;
mod surw;
mod survey;
mod watch;

pub(crate) use chooser::{Chooser, Woken, chooser};
pub(crate) use latencies::latencies;
pub(crate) use profiler::Profiler;
pub use survey::Survey;
pub(crate) use survey::Surveyor;
pub(crate) use watch::Watch;
