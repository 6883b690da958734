//! What a strategy is told and asked, whichever it is.

use super::{grouped::Grouped, pct::Pct, pos::Pos, surw::Surw};
use crate::{
    id::TaskId,
    strategy::Strategy,
    tape::{Header, Profile},
};

/// A task became ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Woken {
    pub(crate) task: TaskId,
    /// Its stable identity.
    pub(crate) path: u64,
    pub(crate) node: u32,
    /// How often it had become ready before.
    pub(crate) readiness: u32,
    /// The stable identity of what woke it; 0 if it woke itself, or was spawned.
    pub(crate) cause: u64,
}

/// Picks among ready tasks.
pub(crate) trait Chooser {
    /// A task was spawned by another, or by nobody; it is told to be ready thereafter.
    fn spawned(&mut self, _parent: Option<TaskId>, _child: TaskId, _path: u64) {}
    fn woken(&mut self, woken: Woken);
    /// Whoever runs next. It is asked again when that poll is over.
    fn pick(&mut self) -> Option<TaskId>;
    /// The poll that is going on touched this.
    fn touched(&mut self, _object: u64) {}
    /// A ready task will not run.
    fn remove(&mut self, task: TaskId);
    /// A task has ended; it is not ready.
    fn ended(&mut self, _task: TaskId) {}
    /// How many are ready.
    fn len(&self) -> usize;
}

/// The strategy of a run, if it is one of these.
pub(crate) fn chooser(
    header: &Header,
    profile: Option<&Profile>,
    max_steps: u64,
) -> Option<Box<dyn Chooser>> {
    Some(match header.strategy.of_seed(header.seed) {
        Strategy::Pct { depth } => Box::new(Pct::new(header.seed, depth, profile, max_steps)),
        Strategy::Grouped => Box::new(Grouped::new(header.seed)),
        Strategy::Pos => Box::new(Pos::new(header.seed, profile)),
        Strategy::Surw => Box::new(Surw::new(header.seed, profile)),
        Strategy::Fifo | Strategy::Random | Strategy::Delay { .. } | Strategy::Portfolio => return None,
    })
}
