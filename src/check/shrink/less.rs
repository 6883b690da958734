//! Passes that take away: decisions are done without, and values lowered.
//!
//! Pure.

use super::{
    search::{Search, is_same},
    size::Weight,
    trials::Trials,
};
use reenact_sim::{Choice, Entry, Kind, StreamId};
use std::collections::BTreeMap;

/// Into how many parts the values that a latency may have are told apart.
const LATENCY_GRAIN: u64 = 256;

/// The kinds, in the order in which they are done without.
const KINDS: [Kind; 21] = [
    Kind::Swarm,
    Kind::Lasts,
    Kind::Buggify,
    Kind::Clock,
    Kind::Close,
    Kind::Partition,
    Kind::Pause,
    Kind::Kill,
    Kind::Crash,
    Kind::Cancel,
    Kind::Late,
    Kind::Corrupt,
    Kind::Duplicate,
    Kind::Fail,
    Kind::Loss,
    Kind::Fragment,
    Kind::Select,
    Kind::Schedule,
    Kind::Latency,
    Kind::Keep,
    Kind::User,
];

impl<T: Trials> Search<'_, T> {
    /// Nothing at all, then each kind alone, then all but one kind.
    pub(super) fn without_kinds(&mut self) {
        if self.adopt_only(|_| false) {
            return;
        }
        for weight in [Weight::Order, Weight::Data, Weight::Fault] {
            self.adopt_only(|choice| Weight::of(choice.entry.kind) == weight);
        }
        for kind in KINDS {
            self.adopt_only(|choice| choice.entry.kind != kind);
        }
    }

    /// Whole streams, the largest first: a client, a connection, a list.
    pub(super) fn without_streams(&mut self) {
        let mut streams: BTreeMap<StreamId, usize> = BTreeMap::new();
        for choice in &self.best {
            *streams.entry(choice.stream).or_default() += 1;
        }
        let mut streams: Vec<(StreamId, usize)> = streams.into_iter().filter(|&(_, n)| n > 1).collect();
        streams.sort_by_key(|&(stream, n)| (n, stream));
        let streams: Vec<StreamId> = streams.into_iter().map(|(stream, _)| stream).collect();
        gallop(self, streams.len(), |search, from, to| {
            let gone = &streams[from..to];
            search.adopt_only(|choice| !gone.contains(&choice.stream)).then_some(from)
        });
    }

    /// Single decisions, the newest first, as many at a time as go.
    pub(super) fn without_each(&mut self) {
        gallop(self, self.best.len(), |search, from, to| {
            if search.trials.is_spent() {
                return Some(0);
            }
            let to = to.min(search.best.len());
            let mut candidate = search.best.clone();
            candidate.drain(from.min(to)..to);
            // What was decided later may have changed with it: it has been looked at.
            (candidate.len() < search.best.len() && search.adopt(&candidate))
                .then(|| from.min(search.best.len()))
        });
    }

    /// The values of these decisions, each as low as it goes.
    pub(super) fn lower(&mut self, which: impl Fn(&Choice) -> bool) {
        for choice in self.only(which) {
            let Entry { kind, n, value } = choice.entry;
            let grain = if kind == Kind::Latency { n / LATENCY_GRAIN } else { 0 };
            // It is known that 0 does not do, and that `value` does.
            let (mut fails_not, mut fails) = (0, value);
            let mut first = true;
            while fails - fails_not > 1 + grain {
                let middle = if first { fails_not + 1 + grain } else { fails_not + (fails - fails_not) / 2 };
                first = false;
                match self.with_value(&choice, middle) {
                    None => break,
                    Some(true) => fails = middle,
                    Some(false) => fails_not = middle,
                }
            }
        }
    }

    /// Tries another value for a decision; `None` if the decision is gone.
    fn with_value(&mut self, choice: &Choice, value: u64) -> Option<bool> {
        let mut candidate = self.best.clone();
        candidate.iter_mut().find(|other| is_same(other, choice))?.entry.value = value;
        Some(self.adopt(&candidate))
    }
}

/// Goes from the end of `len` things to the beginning and tries to do without those from one place up
/// to another: twice as many after each success, half as many after each failure. `without` returns
/// the place to go on from, if it succeeded.
fn gallop<S>(state: &mut S, len: usize, mut without: impl FnMut(&mut S, usize, usize) -> Option<usize>) {
    let (mut end, mut many) = (len, (len / 4).max(1));
    while end > 0 {
        many = many.min(end);
        match without(state, end - many, end) {
            Some(place) => {
                end = place;
                many *= 2;
            }
            None if many > 1 => many /= 2,
            None => {
                end -= 1;
            }
        }
    }
}
