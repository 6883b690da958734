//! The programs of nodes that need nothing which madsim lacks: those that speak over UDP, some with crashes.
//!
//! Not here are programs of TCP streams that are shared, those with a fault plan, and two whose fixed twins fail
//! under madsim or whose mistake does not show there: `stale_timer` (an answer may take longer there than a timer)
//! and `ack_before_write` (a node outlives its main).

use super::{Sim, table::Subject};
use futures::future::LocalBoxFuture;

#[path = "../../../examples/corpus/programs/crash_point.rs"]
mod crash_point;
#[path = "../../../examples/corpus/programs/datagrams.rs"]
mod datagrams;

#[path = "../../../examples/corpus/programs/cache_invalidate.rs"]
mod cache_invalidate;
#[path = "../../../examples/corpus/programs/dedup_after_effect.rs"]
mod dedup_after_effect;
#[path = "../../../examples/corpus/programs/job_twice.rs"]
mod job_twice;
#[path = "../../../examples/corpus/programs/lease_from_grant.rs"]
mod lease_from_grant;
#[path = "../../../examples/corpus/programs/lost_update.rs"]
mod lost_update;
#[path = "../../../examples/corpus/programs/raft_forget_vote.rs"]
mod raft_forget_vote;
#[path = "../../../examples/corpus/programs/reconnect_old_state.rs"]
mod reconnect_old_state;
#[path = "../../../examples/corpus/programs/two_phase_commit.rs"]
mod two_phase_commit;

pub(crate) use crate::among_tasks::Version;

type Run = fn(Sim, Version, usize) -> LocalBoxFuture<'static, ()>;

/// As the corpus has it.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    World(Run),
}

/// As the corpus has it.
#[allow(dead_code)]
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) sizes: &'static [usize],
    pub(crate) minimum: usize,
    pub(crate) minimum_in_words: &'static str,
    pub(crate) random_finds_it: bool,
    lopsided: bool,
    body: Body,
}

const PROGRAMS: [Program; 8] = [
    lost_update::PROGRAM,
    cache_invalidate::PROGRAM,
    reconnect_old_state::PROGRAM,
    lease_from_grant::PROGRAM,
    job_twice::PROGRAM,
    dedup_after_effect::PROGRAM,
    two_phase_commit::PROGRAM,
    raft_forget_vote::PROGRAM,
];

pub(crate) fn subjects() -> Vec<Subject<(Run, usize)>> {
    let sized = |program: &'static Program| {
        let Body::World(run) = program.body;
        let subject = move |&size| Subject { name: program.name, kind: "nodes", size, run: (run, size) };
        program.sizes.iter().map(subject)
    };
    PROGRAMS.iter().flat_map(sized).collect()
}
