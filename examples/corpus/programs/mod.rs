//! Small programs with a planted bug each, and what is known of them.
//!
//! Every program comes twice, with its mistake and without; both pass when every decision is the
//! simplest one, and the one without passes always. How well a way of exploring finds the mistakes,
//! and how small a failing run can be made, is measured with them. Nothing here explores or measures.

// What several programs need.
mod datagrams;
mod crash_point;

mod rt;

// The programs of nodes and messages, a file each.
mod ack_before_write;
mod cache_invalidate;
mod dedup_after_effect;
mod job_twice;
mod lease_from_grant;
mod lost_update;
mod pool_stale_reply;
mod raft_forget_vote;
mod reconnect_old_state;
mod select_partial_read;
mod stale_timer;
mod two_phase_commit;
// Those of tasks alone.
mod among_tasks;
// And those that a fault plan breaks.
mod under_faults;

pub(crate) use among_tasks::Version;
use among_tasks::{RACES, Race};
use futures::future::{BoxFuture, LocalBoxFuture};
use reenact::Sim;

/// A program with a planted bug.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// One sentence: the mistake.
    pub(crate) about: &'static str,
    /// The sizes it is run at; the first is the default.
    pub(crate) sizes: &'static [usize],
    /// The least number of decisions (entries of a tape that are not zero) that show the bug at the
    /// default size, worked out by hand.
    pub(crate) minimum: usize,
    /// What these decisions are.
    pub(crate) minimum_in_words: &'static str,
    /// Whether a uniformly random walk finds the bug within 10,000 runs at the default size.
    pub(crate) random_finds_it: bool,
    /// Whether tasks are of very different lengths, so that a uniform walk does not get there.
    lopsided: bool,
    body: Body,
}

/// One run. It panics, or comes to no end, where the bug shows.
#[derive(Clone, Copy)]
enum Body {
    World(fn(Sim, Version, usize) -> LocalBoxFuture<'static, ()>),
    /// With a fault plan.
    UnderFaults(fn(Sim, Version, usize) -> LocalBoxFuture<'static, ()>),
    Tasks(fn(Version, usize) -> BoxFuture<'static, ()>),
}

impl Program {
    /// The size at which it is run unless one is asked for.
    pub(crate) fn default_size(&self) -> usize {
        self.sizes[0]
    }

    /// Whether it is of nodes and messages, with a fault plan or without, of tasks alone, or of tasks of very
    /// different lengths.
    pub(crate) fn kind(&self) -> &'static str {
        match self.body {
            Body::World(_) => "nodes",
            Body::UnderFaults(_) => "faults",
            Body::Tasks(_) if self.lopsided => "lopsided",
            Body::Tasks(_) => "tasks",
        }
    }

    /// One run.
    pub(crate) fn run(&self, sim: Sim, version: Version, size: usize) -> LocalBoxFuture<'static, ()> {
        match self.body {
            Body::World(body) | Body::UnderFaults(body) => body(sim, version, size),
            Body::Tasks(body) => body(version, size),
        }
    }

    const fn of(race: &Race) -> Self {
        let &Race { name, about, sizes, minimum, minimum_in_words, random_finds_it, lopsided, body } = race;
        let body = Body::Tasks(body);
        Program { name, about, sizes, minimum, minimum_in_words, random_finds_it, lopsided, body }
    }
}

/// Those of nodes and messages.
const WORLDS: [Program; 12] = [
    lost_update::PROGRAM,
    select_partial_read::PROGRAM,
    cache_invalidate::PROGRAM,
    pool_stale_reply::PROGRAM,
    stale_timer::PROGRAM,
    reconnect_old_state::PROGRAM,
    lease_from_grant::PROGRAM,
    job_twice::PROGRAM,
    ack_before_write::PROGRAM,
    dedup_after_effect::PROGRAM,
    two_phase_commit::PROGRAM,
    raft_forget_vote::PROGRAM,
];

const COUNT: usize = RACES.len() + WORLDS.len() + under_faults::PROGRAMS.len();

/// All of them: tasks alone, nodes and messages, some with crashes, and those with a fault plan.
static ALL: [Program; COUNT] = {
    let (races, worlds) = (RACES.len(), RACES.len() + WORLDS.len());
    let mut all = [const { Program::of(&RACES[0]) }; COUNT];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < races {
            Program::of(&RACES[i])
        } else if i < worlds {
            WORLDS[i - races]
        } else {
            under_faults::PROGRAMS[i - worlds]
        };
        i += 1;
    }
    all
};

/// All of them.
pub(crate) fn all() -> &'static [Program] {
    &ALL
}
