//! What one run tells the strategies of others: how long it was, who was spawned by whom and polled how
//! often, and who touched what, when.
//!
//! Pure data. It stands in a tape beside the header, because a strategy must be a function of what is on
//! the tape; a run whose order is spelled out needs none. It holds the lengths of one run, so to others it
//! is a guess: strategies may rely on it for their chances, never for what is possible.

use super::leb::{Input, put};
use std::collections::{BTreeMap, BTreeSet};

/// How many tasks it tells of; of the others it gives the mean.
const CHAINS: usize = 512;
/// How many objects it tells of, those that were touched most.
const OBJECTS: usize = 32;
/// How many touches it tells of.
const TOUCHES: usize = 2_048;

/// A task, as a chain of polls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Chain {
    /// The path of the task that spawned it; 0 if none did.
    pub(crate) parent: u64,
    /// How often it was polled.
    pub(crate) polls: u32,
}

/// When an object was touched: in the how-many-eth polls of which tasks.
pub(crate) type Touches = BTreeSet<(u64, u32)>;

/// What a strategy is told of a program: the lengths of one run of it, mostly the one on the empty tape.
///
/// A sweep takes it from its run `zero`; a single run of a strategy that has use for it goes without, and
/// then guesses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Profile {
    /// How many picks were among several.
    pub(crate) picks: u64,
    /// How many polls there were.
    pub(crate) polls: u64,
    /// How many latencies were drawn.
    pub(crate) messages: u64,
    /// The tasks by path.
    pub(crate) chains: BTreeMap<u64, Chain>,
    /// What at least two tasks touched.
    pub(crate) objects: BTreeMap<u64, Touches>,
}

impl Profile {
    /// Leaves out what is of no use, and what is too much for a tape.
    pub(crate) fn tidy(&mut self) {
        while self.chains.len() > CHAINS {
            self.chains.pop_last();
        }
        let kept: BTreeSet<u64> = self.chains.keys().copied().collect();
        for chain in self.chains.values_mut().filter(|chain| !kept.contains(&chain.parent)) {
            // As it is when read back.
            chain.parent = 0;
        }
        let shared = |touches: &Touches| {
            let tasks: BTreeSet<u64> = touches.iter().map(|&(path, _)| path).collect();
            tasks.len() > 1
        };
        self.objects.retain(|_, touches| shared(touches));
        let mut most: Vec<(usize, u64)> =
            self.objects.iter().map(|(&object, touches)| (touches.len(), object)).collect();
        most.sort_by_key(|&(touches, object)| (std::cmp::Reverse(touches), object));
        let mut room = TOUCHES;
        let mut kept = BTreeSet::new();
        for (touches, object) in most.into_iter().take(OBJECTS) {
            if touches <= room {
                room -= touches;
                kept.insert(object);
            }
        }
        self.objects.retain(|object, _| kept.contains(object));
    }

    /// Appends it to a token.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        for number in [self.picks, self.polls, self.messages, self.chains.len() as u64] {
            put(out, number);
        }
        // Parents are mostly among the tasks, so their numbers do.
        let places: BTreeMap<u64, u64> = self.chains.keys().copied().zip(1..).collect();
        for (path, chain) in &self.chains {
            out.extend(path.to_le_bytes());
            put(out, places.get(&chain.parent).copied().unwrap_or(0));
            put(out, u64::from(chain.polls));
        }
        put(out, self.objects.len() as u64);
        for (object, touches) in &self.objects {
            out.extend(object.to_le_bytes());
            put(out, touches.len() as u64);
            for &(path, poll) in touches {
                let place = places.get(&path).copied().unwrap_or(0);
                put(out, place);
                if place == 0 {
                    out.extend(path.to_le_bytes());
                }
                put(out, u64::from(poll));
            }
        }
    }

    /// Reads what [`put`](Self::put) wrote.
    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, &'static str> {
        let [picks, polls, messages] = [input.number()?, input.number()?, input.number()?];
        let mut rows = Vec::new();
        for _ in 0..input.number()? {
            rows.push((input.word()?, input.number()?, input.short()?));
        }
        let path_at = |place: u64| match usize::try_from(place) {
            Ok(0) => Ok(0),
            Ok(place) => rows.get(place - 1).map(|row| row.0).ok_or("a task that is not there"),
            Err(_) => Err("a task that is not there"),
        };
        let mut chains = BTreeMap::new();
        for &(path, parent, polls) in &rows {
            chains.insert(path, Chain { parent: path_at(parent)?, polls });
        }
        let mut objects = BTreeMap::new();
        for _ in 0..input.number()? {
            let object = input.word()?;
            let mut touches = Touches::new();
            for _ in 0..input.number()? {
                let path = match input.number()? {
                    0 => input.word()?,
                    place => path_at(place)?,
                };
                touches.insert((path, input.short()?));
            }
            objects.insert(object, touches);
        }
        Ok(Profile { picks, polls, messages, chains, objects })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert_eq, prop_compose, proptest};

    prop_compose! {
        pub(in crate::tape) fn profiles()(
            picks: u64, polls: u64, messages: u64,
            chains in prop::collection::btree_map(1u64.., (any::<prop::sample::Index>(), any::<u32>()), 0..6),
            objects in prop::collection::btree_map(any::<u64>(),
                prop::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 0..6), 0..4),
        ) -> Profile {
            let paths: Vec<u64> = std::iter::once(0).chain(chains.keys().copied()).collect();
            let at = |index: &prop::sample::Index| paths[index.index(paths.len())];
            Profile {
                picks, polls, messages,
                chains: chains.iter().map(|(&path, (parent, polls))| (path, Chain { parent: at(parent), polls: *polls })).collect(),
                objects: objects.iter().map(|(&object, touches)| (object, touches.iter().map(|(path, poll)| (at(path), *poll)).collect())).collect(),
            }
        }
    }

    proptest! {
        #[test]
        fn a_profile_reads_back(profile in profiles()) {
            let mut out = Vec::new();
            profile.put(&mut out);
            let mut input = Input(&out);
            prop_assert_eq!(Profile::read(&mut input), Ok(profile));
            prop_assert_eq!(input.0.len(), 0);
        }
    }

    #[test]
    fn what_only_one_task_touched_is_left_out() {
        let mut profile = Profile::default();
        profile.objects.insert(1, [(10, 0), (10, 1)].into());
        profile.objects.insert(2, [(10, 0), (11, 0)].into());
        profile.tidy();
        assert_eq!(profile.objects.keys().copied().collect::<Vec<_>>(), [2]);
    }
}
