//! The search for a smaller run that fails in the same way.
//!
//! Pure: candidates go out, runs come back. A candidate is a list of decisions over the empty tape; if
//! its run fails in the same way, what that run *realised* is adopted, if it is smaller. So a decision
//! that nobody asked for is gone at once, and a delay that was too long has its true length.
//!
//! The passes go from coarse to fine and again until none of them helps: whole kinds, whole streams,
//! single decisions (adaptive deletion, as in Hypothesis: MacIver and Donaldson, ECOOP 2020), one long
//! delay in the place of several short ones, lower values.

use super::{
    size::{Size, Weight},
    trials::{Trial, Trials},
};
use reenact_sim::{Choice, Entry, Kind, StreamId};
use std::collections::BTreeMap;

/// How far a task is put back at the most: longer than any queue of ready tasks.
const LONGEST_DELAY: u64 = 1 << 20;
/// In a run of no more steps than this, every single delay is tried in the place of several.
const FEW_STEPS: u64 = 500;
/// And in one of no more than this, shorter ones too.
const FEWER_STEPS: u64 = 200;
/// Into how many parts the values that a latency may have are told apart.
const LATENCY_GRAIN: u64 = 256;

/// The kinds, in the order in which they are done without.
const KINDS: [Kind; 7] =
    [Kind::Duplicate, Kind::Loss, Kind::Select, Kind::Schedule, Kind::Latency, Kind::Keep, Kind::User];

/// The smallest run found so far.
pub(super) struct Search<'a, T> {
    trials: &'a mut T,
    /// What it decided, as it was decided.
    best: Vec<Choice>,
    size: Size,
}

/// Makes a failing run smaller, and returns its decisions.
pub(super) fn search(trials: &mut impl Trials, decisions: Vec<Choice>, steps: u64) -> Vec<Choice> {
    let size = Size::of(&decisions, steps);
    let mut search = Search { trials, best: decisions, size };
    loop {
        let before = search.size;
        search.without_kinds();
        search.without_streams();
        search.without_each();
        search.longer();
        search.lower();
        if search.size == before && !search.one_delay() {
            return search.best;
        }
    }
}

impl<T: Trials> Search<'_, T> {
    /// Tries a candidate; says whether it was adopted.
    fn adopt(&mut self, candidate: &[Choice]) -> bool {
        self.trials.run(candidate).is_some_and(|trial| self.judge(&trial))
    }

    fn judge(&mut self, trial: &Trial) -> bool {
        if !trial.same {
            return false;
        }
        let realised = trial.decided.realised();
        let size = Size::of(&realised, trial.steps);
        let smaller = size < self.size;
        if smaller {
            (self.best, self.size) = (realised, size);
        }
        smaller
    }

    fn adopt_only(&mut self, keep: impl Fn(&Choice) -> bool) -> bool {
        let candidate: Vec<Choice> = self.best.iter().filter(|choice| keep(choice)).copied().collect();
        candidate.len() < self.best.len() && self.adopt(&candidate)
    }

    /// Nothing at all, then each kind alone, then all but one kind.
    fn without_kinds(&mut self) {
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
    fn without_streams(&mut self) {
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
    fn without_each(&mut self) {
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

    /// A bug that needs one long delay is found as several short ones, and no deletion can lengthen
    /// any: raises one and does without the others, all of them or one at a time.
    fn longer(&mut self) {
        if self.size.orders() < 2 {
            return;
        }
        let is_order = |choice: &Choice| Weight::of(choice.entry.kind) == Weight::Order;
        for raised in self.best.clone().into_iter().filter(is_order) {
            let longest = longest(raised);
            let with = |keep: &dyn Fn(&Choice) -> bool, best: &[Choice]| -> Vec<Choice> {
                let others = best.iter().filter(|choice| !is_same(choice, &raised) && keep(choice)).copied();
                others.chain([longest]).collect()
            };
            let alone = with(&|choice| !is_order(choice), &self.best);
            if self.adopt(&alone) {
                return self.longer();
            }
            for other in self.best.clone().into_iter().filter(is_order) {
                if !is_same(&other, &raised) && self.best.iter().any(|choice| is_same(choice, &raised)) {
                    let candidate = with(&|choice| !is_same(choice, &other), &self.best);
                    self.adopt(&candidate);
                }
            }
        }
    }

    /// The last resort in a small run: whatever was decided of the order, one single delay instead,
    /// of any task at any time or of any packet. Says whether one was found.
    fn one_delay(&mut self) -> bool {
        if self.size.orders() < 2 {
            return false;
        }
        let is_order = |choice: &&Choice| Weight::of(choice.entry.kind) == Weight::Order;
        let rest: Vec<Choice> = self.best.iter().filter(|choice| !is_order(choice)).copied().collect();
        let Some(trial) = self.trials.look(&rest) else { return false };
        if self.judge(&trial) {
            return true;
        }
        if trial.steps > FEW_STEPS {
            return false;
        }
        let mut delays = delays(&trial);
        if trial.steps > FEWER_STEPS {
            delays.truncate(1);
        }
        delays.into_iter().flatten().any(|delay| {
            let mut candidate = rest.clone();
            candidate.push(delay);
            self.adopt(&candidate)
        })
    }

    /// Each value as low as it goes.
    fn lower(&mut self) {
        for choice in self.best.clone() {
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

/// All single delays that a run could have had, as they come up in it: first the longest ones, then
/// shorter ones, since what is too late may miss the bug too.
fn delays(trial: &Trial) -> Vec<Vec<Choice>> {
    let decided = &trial.decided;
    let events = 0..u32::try_from(decided.order.events().len()).unwrap_or(u32::MAX);
    let tasks: Vec<Choice> = events.map(|event| decided.of_schedule(event, LONGEST_DELAY)).collect();
    let is_late = |choice: &&Choice| choice.entry.kind == Kind::Latency;
    let packets: Vec<Choice> = decided.choices.iter().filter(is_late).copied().collect();
    let with = |task: u64, packet: &dyn Fn(u64) -> u64| {
        let mut delays: Vec<Choice> = tasks
            .iter()
            .map(|&choice| valued(choice, task))
            .chain(packets.iter().map(|&choice| valued(choice, packet(choice.entry.n))))
            .collect();
        delays.sort_by_key(|delay| delay.moment.step);
        delays
    };
    vec![
        with(LONGEST_DELAY, &|n| n - 1),
        with(2, &|n| n / 2),
        with(1, &|n| n / 4),
        with(3, &|n| n / 4 * 3),
        with(4, &|n| n / 8),
    ]
}

fn valued(mut choice: Choice, value: u64) -> Choice {
    choice.entry.value = value;
    choice
}

/// The same decision with the value that delays most.
fn longest(mut choice: Choice) -> Choice {
    choice.entry.value = match choice.entry {
        Entry { kind: Kind::Schedule, .. } => LONGEST_DELAY,
        Entry { n: 0, .. } => u64::MAX,
        Entry { n, .. } => n - 1,
    };
    choice
}

/// Whether it is the same decision, whatever was answered.
fn is_same(one: &Choice, other: &Choice) -> bool {
    (one.stream, one.seq) == (other.stream, other.seq)
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
