//! How whoever acts asks the tape, and what of the answer enters the digest.
//!
//! Seam, inside the one borrow of the machine. What answers is in `tape/dice.rs`, what users' code draws in
//! `draw/`; nothing here knows what is decided.

use crate::{
    core::Core,
    hash,
    id::StreamId,
    tape::{Decided, Kind, Moment, Prepared, Stream},
};

impl Core {
    /// Asks the tape: one of `0..n`, where 0 is the simplest. Asks nothing when `n` is 0 or 1.
    #[inline]
    pub fn choose(&mut self, stream: &mut Stream, kind: Kind, n: u64) -> u64 {
        if self.actor.inert { 0 } else { self.decide(stream, kind, n) }
    }

    /// Prepares a stream from which much is asked.
    #[inline]
    pub fn prepare(&self, stream: StreamId) -> Prepared {
        self.dice.prepare(stream)
    }

    /// As [`choose`](Self::choose), of a stream that was prepared.
    #[inline]
    pub fn choose_prepared(&mut self, stream: Stream, prepared: Prepared, kind: Kind, n: u64) -> u64 {
        if self.actor.inert { 0 } else { self.decide_prepared(stream, prepared, kind, n) }
    }

    /// Asks the tape whether something of the probability `num` in `den` happens; the simplest is
    /// that it does not.
    #[inline]
    pub fn happens(&mut self, stream: &mut Stream, kind: Kind, num: u64, den: u64) -> bool {
        !self.actor.inert && self.decide_whether(stream, kind, num, den)
    }

    /// Asks the tape whether something rare happens, and how: 0 is that it does not, which the seed
    /// says but in `num` of `den` cases, and each of `1..n` is as likely as the others. A tape is asked
    /// also where the seed says always no.
    pub fn rarely(&mut self, stream: &mut Stream, kind: Kind, n: u64, num: u64, den: u64) -> u64 {
        if self.actor.inert || self.ending {
            return 0;
        }
        self.date_decisions();
        let choice = self.dice.rarely(stream, kind, n, num, den);
        self.recorder.fold(choice);
        choice
    }

    /// As [`happens`](Self::happens), whoever asks; the answer enters the digest.
    #[inline]
    pub(crate) fn decide_whether(&mut self, stream: &mut Stream, kind: Kind, num: u64, den: u64) -> bool {
        self.date_decisions();
        let happens = self.dice.happens(stream, kind, num, den);
        self.recorder.fold(u64::from(happens));
        happens
    }

    /// Tells the dice when what they are asked next is decided.
    #[inline]
    fn date_decisions(&mut self) {
        if self.dice.is_recording() {
            let moment = self.moment();
            self.dice.at(moment);
        }
    }

    fn moment(&self) -> Moment {
        Moment { step: self.stats.steps, event: self.recorder.last(), task: self.serial() }
    }

    /// Asks the tape, whoever asks; the answer enters the digest. Moves the stream on, unless there is
    /// nothing to decide.
    #[inline]
    pub(crate) fn decide(&mut self, stream: &mut Stream, kind: Kind, n: u64) -> u64 {
        if n <= 1 {
            return 0;
        }
        let choice = self.decide_prepared(*stream, self.dice.prepare(stream.id), kind, n);
        stream.seq = stream.seq.wrapping_add(1);
        choice
    }

    /// As [`decide`](Self::decide), at a place of a stream that was prepared.
    // Each packet and each draw comes here, and a call of it costs as much as what it does.
    #[inline(always)]
    pub(crate) fn decide_prepared(&mut self, stream: Stream, prepared: Prepared, kind: Kind, n: u64) -> u64 {
        if n <= 1 {
            return 0;
        }
        let choice = if self.dice.is_special() {
            self.decide_specially(stream, kind, n)
        } else {
            self.dice.draw_prepared(prepared, stream.seq, n)
        };
        self.recorder.fold(choice);
        choice
    }

    #[cold]
    #[inline(never)]
    fn decide_specially(&mut self, mut stream: Stream, kind: Kind, n: u64) -> u64 {
        self.date_decisions();
        self.dice.choose(&mut stream, kind, n)
    }

    /// Asks the tape for any 64 bits; they enter the digest.
    pub(crate) fn decide_bits(&mut self, stream: &mut Stream, kind: Kind) -> u64 {
        self.date_decisions();
        let bits = self.dice.bits(stream, kind);
        self.recorder.fold(bits);
        bits
    }

    /// Asks the tape which of `0..most` are in a list of at least `least`; they enter the digest.
    pub(crate) fn decide_list(&mut self, stream: StreamId, least: u32, most: u32) -> Vec<u32> {
        self.date_decisions();
        let kept = self.dice.subset(stream, least, most);
        if least < most {
            self.recorder.fold(kept.iter().fold(kept.len() as u64, |hash, &i| hash::combine(hash, i.into())));
        }
        kept
    }

    /// The decisions of this run as they were taken, and its order; only known when they were
    /// recorded.
    pub(crate) fn take_decided(&mut self) -> Option<Decided> {
        let order = self.order.take()?;
        Some(Decided { choices: self.dice.take_log(), order })
    }
}
