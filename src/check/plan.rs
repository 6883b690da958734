//! The runs of a sweep, by index.
//!
//! Pure. A sweep begins with two runs of its own: `zero`, on the empty tape (does it work at all?),
//! and `fifo`, where latencies are drawn and tasks take turns in the order in which they were woken.
//! Then come its seeds. Each run is fixed by its tape alone, so it can be repeated without the runs
//! before it.

use super::seeds::SeedSet;
use crate::env::Shard;
use reenact_sim::{Header, Strategy, Tape};

/// Why a run is in its sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// The empty tape.
    Zero,
    /// The first seed, in first-in-first-out order.
    Fifo,
    /// A seed, and its place among the seeds.
    Seed(u64),
    /// An order of tasks with so many delays.
    Delays(u64),
    /// A case that was recorded beside the test, by its line.
    Recorded(usize),
    /// A tape that the user gave.
    Given,
}

/// One run of a sweep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Planned {
    pub(crate) index: u64,
    pub(crate) role: Role,
    pub(crate) tape: Tape,
}

impl Planned {
    /// Whether its strategy has use for what the run `zero` tells of the program.
    pub(crate) fn wants_profile(&self) -> bool {
        matches!(self.role, Role::Seed(_)) && self.tape.header.strategy.wants_profile()
    }
}

/// The runs of a sweep.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The name of the test, from which seeds are derived.
    pub(crate) name: String,
    /// What is the same in all runs: the hash of the name, the strategy, the configuration.
    pub(crate) header: Header,
    /// The seeds.
    pub(crate) seeds: SeedSet,
    /// How many runs of its own the sweep begins with: 2, or 0 when seeds were asked for one by one.
    pub(crate) own: u64,
    /// The share of the seeds that is run. Its own runs belong to every share.
    pub(crate) shard: Shard,
}

impl Plan {
    /// How many runs there are.
    pub(crate) fn len(&self) -> u64 {
        self.shard.share(self.seeds.len()).saturating_add(self.own)
    }

    /// The run at an index below [`len`](Self::len).
    pub(crate) fn get(&self, index: u64) -> Planned {
        let (role, mut tape) = match index.checked_sub(self.own) {
            None if index == 0 => return self.zero(),
            None => (Role::Fifo, Tape::seed(self.seed(0), Strategy::Fifo)),
            Some(place) => {
                let place = self.shard.place(place);
                let seed = self.seed(place);
                (Role::Seed(place), Tape::seed(seed, self.header.strategy.of_seed(seed)))
            }
        };
        (tape.header.test, tape.header.config) = (self.header.test, self.header.config);
        Planned { index, role, tape }
    }

    /// The run on the empty tape.
    pub(crate) fn zero(&self) -> Planned {
        let mut tape = Tape::zero();
        (tape.header.test, tape.header.config) = (self.header.test, self.header.config);
        Planned { index: 0, role: Role::Zero, tape }
    }

    fn seed(&self, place: u64) -> u64 {
        self.seeds.get(&self.name, place)
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Role};
    use crate::{check::seeds::SeedSet, env::Shard};
    use reenact_sim::{Base, Header, Strategy};

    fn plan(own: u64) -> Plan {
        let header = Header { test: 11, config: 12, strategy: Strategy::Random, ..Header::default() };
        Plan { name: "t".into(), header, seeds: SeedSet::List(vec![30, 31]), own, shard: Shard::WHOLE }
    }

    #[test]
    fn zero_and_fifo_come_before_the_seeds() {
        let plan = plan(2);
        assert_eq!(plan.len(), 4);
        let runs: Vec<_> = (0..4).map(|index| plan.get(index)).collect();
        let roles: Vec<_> = runs.iter().map(|run| run.role).collect();
        assert_eq!(roles, [Role::Zero, Role::Fifo, Role::Seed(0), Role::Seed(1)]);
        let headers: Vec<_> = runs.iter().map(|run| run.tape.header).collect();
        assert_eq!(headers.map_seeds(), [0, 30, 30, 31]);
        assert_eq!((headers[0].base, headers[1].base), (Base::Zero, Base::Seed));
        assert_eq!((headers[1].strategy, headers[2].strategy), (Strategy::Fifo, Strategy::Random));
        assert!(headers.iter().all(|header| (header.test, header.config) == (11, 12)));
    }

    #[test]
    fn seeds_asked_for_one_by_one_are_all_there_is() {
        let plan = plan(0);
        assert_eq!(plan.len(), 2);
        assert_eq!(plan.get(0).role, Role::Seed(0));
        assert_eq!(plan.get(1).tape.header.seed, 31);
    }

    trait MapSeeds {
        fn map_seeds(&self) -> Vec<u64>;
    }
    impl MapSeeds for Vec<Header> {
        fn map_seeds(&self) -> Vec<u64> {
            self.iter().map(|header| header.seed).collect()
        }
    }
}
