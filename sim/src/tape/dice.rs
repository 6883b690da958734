//! Answers decisions during a run: from the tape's entries, else from the seed, else zero.
//!
//! Pure: it is asked, it answers, and it remembers what it answered when told to. It does not know
//! the order of tasks (see `order`), which is replayed by the ready queue. How
//! a draw is made is in `stream`.

use super::{
    entry::{Base, Choice, Entry, Kind, Moment, Tape},
    stream::{Prepared, Stream, chacha, draw_keyed},
};
use crate::{hash, id::StreamId};
use rand::Rng;
use std::collections::{BTreeMap, BTreeSet};

/// Draws a latency for a stream, at its place, one of `0..n`, where a strategy does instead of the seed.
pub(crate) type DrawLatency = Box<dyn FnMut(StreamId, u32, u64) -> u64>;

/// What answers the decisions of one run.
#[derive(Default)]
pub(crate) struct Dice {
    master: u64,
    decisions: u64,
    /// Set when the short way (just draw) is not the whole truth.
    special: bool,
    base: Base,
    strict: bool,
    entries: BTreeMap<(StreamId, u32), (Entry, bool)>,
    log: Option<Vec<Choice>>,
    /// What is going on, for the log.
    moment: Moment,
    diverged: Option<String>,
    latencies: Option<DrawLatency>,
}

impl Dice {
    /// `strict` complains when the decisions asked differ from the tape's.
    pub(crate) fn new(tape: &Tape, strict: bool, record: bool) -> Self {
        let entries: BTreeMap<_, _> = tape
            .entries
            .iter()
            .filter(|(_, entry)| entry.kind != Kind::Schedule)
            .map(|(&key, &entry)| (key, (entry, false)))
            .collect();
        let base = tape.header.base;
        Dice {
            master: chacha(tape.header.seed, 0).next_u64(),
            decisions: 0,
            special: base == Base::Zero || !entries.is_empty() || record,
            base,
            strict,
            entries,
            log: record.then(Vec::new),
            moment: Moment::default(),
            diverged: None,
            latencies: None,
        }
    }

    /// From now on this draws latencies, where the tape has no others.
    pub(crate) fn draw_latencies_by(&mut self, draw: DrawLatency) {
        if self.base == Base::Seed {
            self.latencies = Some(draw);
            self.special = true;
        }
    }

    /// Whether the moment of a decision matters: then it is told by [`at`](Self::at) beforehand.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        self.log.is_some()
    }

    /// Whether [`choose`](Self::choose) may do more than [`draw_prepared`](Self::draw_prepared).
    #[inline]
    pub(crate) fn is_special(&self) -> bool {
        self.special
    }

    /// Prepares a stream.
    #[inline]
    pub(crate) fn prepare(&self, stream: StreamId) -> Prepared {
        Prepared(self.key(stream))
    }

    /// One of `0..n`, at least two, as the seed says.
    #[inline]
    pub(crate) fn draw_prepared(&mut self, Prepared(key): Prepared, seq: u32, n: u64) -> u64 {
        self.decisions += 1;
        draw_keyed(key, seq, n)
    }

    /// Says when the next decisions are taken.
    pub(crate) fn at(&mut self, moment: Moment) {
        self.moment = moment;
    }

    /// One of `0..n`; `n` of 0 or 1 leaves nothing to decide and asks nothing.
    pub(crate) fn choose(&mut self, stream: &mut Stream, kind: Kind, n: u64) -> u64 {
        if n <= 1 {
            return 0;
        }
        let seq = self.advance(stream);
        if self.special {
            self.consult(stream.id, seq, kind, n, |dice| dice.draw(stream.id, seq, n))
        } else {
            self.draw(stream.id, seq, n)
        }
    }

    /// Whether something of the probability `num` in `den` happens. What is certain or impossible
    /// asks nothing. It is one decision among two, so on a tape it is 1 or nothing.
    #[inline]
    pub(crate) fn happens(&mut self, stream: &mut Stream, kind: Kind, num: u64, den: u64) -> bool {
        if num == 0 || num >= den {
            return num != 0;
        }
        let seq = self.advance(stream);
        let draw = |dice: &Dice| u64::from(dice.draw(stream.id, seq, den) < num);
        let value = if self.special { self.consult(stream.id, seq, kind, 2, draw) } else { draw(self) };
        value == 1
    }

    /// 0, but in `num` of `den` cases one of `1..n`. Also asked where `num` is 0: a tape may know more.
    pub(crate) fn rarely(&mut self, stream: &mut Stream, kind: Kind, n: u64, num: u64, den: u64) -> u64 {
        let seq = self.advance(stream);
        let draw = |dice: &Dice| {
            if num == 0 || n < 2 {
                return 0;
            }
            let drawn = dice.draw(stream.id, seq, den.saturating_mul(n - 1));
            if drawn / (n - 1) < num { 1 + drawn % (n - 1) } else { 0 }
        };
        if self.special { self.consult_rarely(stream.id, seq, kind, n, draw) } else { draw(self) }
    }

    /// Any 64 bits.
    pub(crate) fn bits(&mut self, stream: &mut Stream, kind: Kind) -> u64 {
        let seq = self.advance(stream);
        if self.special {
            self.consult(stream.id, seq, kind, 0, |dice| dice.draw(stream.id, seq, 0))
        } else {
            self.draw(stream.id, seq, 0)
        }
    }

    /// Which of the candidates `0..most` are in a list of at least `least` elements, in order.
    ///
    /// The seed draws how many there are, uniformly, and takes the first so many; a tape says it of
    /// each candidate, at the place of its number, so that one that goes leaves the others as they
    /// were. Where a tape names too few, the first that are missing fill up.
    pub(crate) fn subset(&mut self, stream: StreamId, least: u32, most: u32) -> Vec<u32> {
        if least >= most {
            return (0..least).collect();
        }
        self.decisions += 1;
        let drawn = match self.base {
            Base::Zero => 0,
            // A place that no candidate has.
            Base::Seed => least + self.draw(stream, u32::MAX, u64::from(most - least) + 1) as u32,
        };
        if !self.special {
            return (0..drawn).collect();
        }
        let mut kept: BTreeSet<u32> = (0..drawn).collect();
        for (&(_, place), (entry, read)) in self.entries.range_mut((stream, 0)..=(stream, most - 1)) {
            *read = true;
            if self.strict && (entry.kind, entry.n) != (Kind::Keep, 2) {
                self.diverged.get_or_insert_with(|| otherwise(*entry, Kind::Keep, 2));
            }
            match entry.value {
                0 => kept.remove(&place),
                _ => kept.insert(place),
            };
        }
        let mut missing = (0..most).filter(|place| !kept.contains(place));
        let fill: Vec<u32> = missing.by_ref().take((least as usize).saturating_sub(kept.len())).collect();
        if self.log.is_some() {
            for &place in &kept {
                self.note(stream, place, Entry { kind: Kind::Keep, n: 2, value: 1 });
            }
        }
        kept.extend(fill);
        kept.into_iter().collect()
    }

    #[inline]
    fn advance(&mut self, stream: &mut Stream) -> u32 {
        let seq = stream.seq;
        stream.seq = seq.wrapping_add(1);
        self.decisions += 1;
        seq
    }

    /// The key of a stream, from which its draws are made.
    #[inline]
    pub(crate) fn key(&self, stream: StreamId) -> u64 {
        hash::mix(self.master ^ stream.0)
    }

    #[inline]
    fn draw(&self, stream: StreamId, seq: u32, n: u64) -> u64 {
        draw_keyed(self.key(stream), seq, n)
    }

    #[cold]
    #[inline(never)]
    fn consult(
        &mut self,
        stream: StreamId,
        seq: u32,
        kind: Kind,
        n: u64,
        draw: impl FnOnce(&Dice) -> u64,
    ) -> u64 {
        let value = self.answer(stream, seq, kind, n, draw);
        self.note(stream, seq, Entry { kind, n, value });
        value
    }

    /// As [`consult`](Self::consult), and only what is not the simplest is noted: it is asked so often.
    #[cold]
    #[inline(never)]
    fn consult_rarely(
        &mut self,
        stream: StreamId,
        seq: u32,
        kind: Kind,
        n: u64,
        draw: impl FnOnce(&Dice) -> u64,
    ) -> u64 {
        let value = self.answer(stream, seq, kind, n, draw);
        if value != 0 {
            self.note(stream, seq, Entry { kind, n, value });
        }
        value
    }

    fn answer(
        &mut self,
        stream: StreamId,
        seq: u32,
        kind: Kind,
        n: u64,
        draw: impl FnOnce(&Dice) -> u64,
    ) -> u64 {
        match self.entries.get_mut(&(stream, seq)) {
            Some((entry, read)) => {
                *read = true;
                if self.strict && (entry.kind, entry.n) != (kind, n) {
                    self.diverged.get_or_insert_with(|| otherwise(*entry, kind, n));
                }
                // Out of range after an edit of the program: the simplest answer.
                if n != 0 && entry.value >= n { 0 } else { entry.value }
            }
            None if self.base == Base::Zero => 0,
            None => match &mut self.latencies {
                Some(draw) if kind == Kind::Latency => draw(stream, seq, n),
                _ => draw(self),
            },
        }
    }

    fn note(&mut self, stream: StreamId, seq: u32, entry: Entry) {
        let moment = self.moment;
        if let Some(log) = &mut self.log {
            log.push(Choice { stream, seq, entry, moment });
        }
    }

    pub(crate) fn decisions(&self) -> u64 {
        self.decisions
    }

    /// How this run left its tape.
    #[inline]
    pub(crate) fn divergence(&self) -> Option<&str> {
        self.diverged.as_deref()
    }

    /// How many entries of the tape no decision ever read.
    pub(crate) fn unread(&self) -> usize {
        self.entries.values().filter(|(_, read)| !read).count()
    }

    /// How many decisions were recorded.
    pub(crate) fn logged(&self) -> usize {
        self.log.as_ref().map_or(0, Vec::len)
    }

    /// The decisions as they were taken, if they were recorded; nothing is left of them here.
    pub(crate) fn take_log(&mut self) -> Vec<Choice> {
        self.log.take().unwrap_or_default()
    }
}

/// How a decision differs from the one on the tape.
#[cold]
fn otherwise(entry: Entry, kind: Kind, n: u64) -> String {
    let Entry { kind: known, n: of, .. } = entry;
    format!("the tape has a decision of kind {known:?} among {of} here, the run asked for {kind:?} among {n}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, owner: u64, n: u64, count: usize) -> Vec<u64> {
        let mut dice = Dice::new(&Tape::seed(seed, Default::default()), false, false);
        let mut stream = Stream::new(owner, 1);
        (0..count).map(|_| dice.choose(&mut stream, Kind::User, n)).collect()
    }

    #[test]
    fn golden_draws_are_what_they_were() {
        assert_eq!(draws(42, 7, 1000, 4), [348, 793, 892, 398]);
    }

    #[test]
    fn a_draw_of_one_stream_moves_nothing_in_another() {
        let mut dice = Dice::new(&Tape::seed(9, Default::default()), false, false);
        let (mut a, mut b) = (Stream::new(1, 1), Stream::new(2, 1));
        let mut mixed = Vec::new();
        for _ in 0..50 {
            dice.choose(&mut a, Kind::User, 10);
            mixed.push(dice.choose(&mut b, Kind::User, 1 << 40));
        }
        assert_eq!(mixed, draws(9, 2, 1 << 40, 50));
    }

    #[test]
    fn all_answers_are_equally_likely() {
        // 60,000 draws among six: each count lies within six standard deviations of 10,000.
        let mut counts = [0u32; 6];
        for value in draws(1, 1, 6, 60_000) {
            counts[value as usize] += 1;
        }
        assert!(counts.iter().all(|c| (9_450..10_550).contains(c)), "{counts:?}");
    }

    #[test]
    fn a_bound_just_above_half_the_range_is_still_fair() {
        // Without rejection the lower half would be hit twice as often.
        let n = (1 << 63) + 1;
        let low = draws(3, 3, n, 4_000).into_iter().filter(|v| *v < n / 2).count();
        assert!((1_800..2_200).contains(&low), "{low}");
    }

    #[test]
    fn base_zero_answers_zero_and_entries_answer_before_it() {
        let mut tape = Tape::zero();
        let mut stream = Stream::new(5, 5);
        let entry = Entry { kind: Kind::Latency, n: 10, value: 7 };
        tape.entries.insert((stream.id, 1), entry);
        let mut dice = Dice::new(&tape, true, true);
        let got: Vec<_> = (0..3).map(|_| dice.choose(&mut stream, Kind::Latency, 10)).collect();
        assert_eq!(got, [0, 7, 0]);
        assert_eq!(dice.divergence(), None);
        assert_eq!(dice.unread(), 0);
        let log = dice.take_log();
        assert_eq!(log.iter().map(|choice| choice.entry.value).collect::<Vec<_>>(), [0, 7, 0]);
        assert_eq!((log[1].stream, log[1].seq, log[1].entry), (stream.id, 1, entry));
    }

    #[test]
    fn another_bound_diverges_when_strict_and_is_clamped_when_not() {
        let mut tape = Tape::zero();
        let stream = Stream::new(5, 5);
        tape.entries.insert((stream.id, 0), Entry { kind: Kind::Latency, n: 10, value: 7 });
        for strict in [true, false] {
            let mut dice = Dice::new(&tape, strict, false);
            assert_eq!(dice.choose(&mut stream.clone(), Kind::Latency, 5), 0);
            assert_eq!(dice.divergence().is_some(), strict);
        }
    }

    #[test]
    fn what_may_happen_does_in_its_share_and_is_one_of_two_on_a_tape() {
        let mut dice = Dice::new(&Tape::seed(9, Default::default()), false, true);
        let mut stream = Stream::new(1, 1);
        let often = (0..10_000).filter(|_| dice.happens(&mut stream, Kind::Loss, 1, 4)).count();
        assert!((2_300..2_700).contains(&often), "{often}");
        assert!(dice.happens(&mut stream, Kind::Loss, 1, 1) && !dice.happens(&mut stream, Kind::Loss, 0, 1));
        let log = dice.take_log();
        assert_eq!(log.len(), 10_000, "what is certain is not asked");
        assert!(log.iter().all(|choice| choice.entry.n == 2));
    }

    fn list(tape: &Tape, least: u32, most: u32) -> (Vec<u32>, Vec<Choice>) {
        let mut dice = Dice::new(tape, true, true);
        let kept = dice.subset(StreamId(7), least, most);
        assert_eq!((dice.divergence(), dice.unread()), (None, 0));
        (kept, dice.take_log())
    }

    #[test]
    fn lists_of_every_length_are_equally_likely_and_begin_with_the_first() {
        let mut counts = [0; 4];
        for seed in 0..4_000 {
            let (kept, _) = list(&Tape::seed(seed, Default::default()), 2, 5);
            assert_eq!(kept, (0..kept.len() as u32).collect::<Vec<_>>());
            counts[kept.len() - 2] += 1;
        }
        assert!(counts.iter().all(|count| (880..1_120).contains(count)), "{counts:?}");
    }

    #[test]
    fn an_element_that_goes_leaves_the_others_where_they_were() {
        let mut tape = Tape::zero();
        for place in [3, 5, 8] {
            tape.entries.insert((StreamId(7), place), Entry { kind: Kind::Keep, n: 2, value: 1 });
        }
        assert_eq!(list(&tape, 0, 10).0, [3, 5, 8]);
        tape.entries.remove(&(StreamId(7), 5));
        assert_eq!(list(&tape, 0, 10).0, [3, 8]);
        assert_eq!(list(&tape, 4, 10).0, [0, 1, 3, 8], "the first that are missing fill up");
        assert_eq!(list(&Tape::zero(), 2, 10).0, [0, 1]);
    }

    #[test]
    fn a_list_is_repeated_from_what_was_recorded_of_it() {
        for seed in 0..100 {
            let (kept, log) = list(&Tape::seed(seed, Default::default()), 1, 9);
            let entries = log.iter().map(|choice| (choice.stream, choice.seq, choice.entry));
            let spelled = Tape::new(Tape::zero().header, entries);
            assert_eq!(list(&spelled, 1, 9).0, kept);
        }
    }
}
