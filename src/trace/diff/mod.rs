//! Two recordings compared: where they part, what comes of what, and whether they differ at all but in the
//! order of independent events.
//!
//! Pure. A difference of two texts shows the first reordered line and everything after it. Here events are
//! compared by what they are and who did them, chain by chain; what has no counterpart is an origin, or an
//! effect of one.

mod align;
mod origin;
mod side;
mod told;

use super::{Recording, Teller};
use align::{Alignment, align};
use origin::{Place, Spread, origins};
use reenact_clock::Instant;
use reenact_sim::{Choice, StreamId};
use side::Side;
use std::collections::BTreeMap;
pub use told::Step;

/// How many origins are told.
const MOST: usize = 3;

/// What two recordings come to, compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// Every event is the same, at the same time.
    Same,
    /// The same happened, at other times or in another order of independent events.
    Reordered,
    /// Something happened in one of them that did not in the other.
    Different,
}

/// Two recordings compared, the first one on the left.
///
/// ```
/// use reenact::{Simulation, clock, trace::{Diff, Verdict, mark}};
/// use std::time::Duration;
///
/// let run = |seed, word| Simulation::new(seed).run(move |sim| async move {
///     let a = sim.node("a").spawn(async move { mark("says", word) });
///     let b = sim.node("b").spawn(clock::sleep(Duration::from_millis(seed)));
///     let _ = (a.await, b.await);
/// }).recording();
/// assert_eq!(Diff::of(&run(1, "yes"), &run(1, "yes")).verdict(), Verdict::Same);
/// assert_eq!(Diff::of(&run(1, "yes"), &run(2, "yes")).verdict(), Verdict::Reordered);
/// let diff = Diff::of(&run(1, "yes"), &run(2, "no"));
/// assert_eq!(diff.verdict(), Verdict::Different);
/// assert!(diff.to_string().contains("+  t=0.000s a/main.1 mark says = no"), "{diff}");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diff {
    /// What the recordings are of, where that differs: what it is, and both values.
    heads: Vec<(&'static str, [String; 2])>,
    verdict: Verdict,
    parting: Option<Parting>,
    origins: Vec<Origin>,
    /// How many origins there are.
    all_origins: usize,
    /// How many events of each side have no counterpart.
    unmatched: [u64; 2],
    given_up: u64,
}

/// The first event that differs, in whatever it differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parting {
    number: u32,
    at: Instant,
    events: [Option<String>; 2],
    choice: Option<OtherChoice>,
}

/// A decision that was taken otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherChoice {
    who: String,
    what: [Option<String>; 2],
}

/// A place at which the recordings differ by themselves: everything that leads there is the same in both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    events: [Option<u32>; 2],
    effects: u64,
    chain: Vec<Step>,
}

impl Diff {
    /// Compares two recordings.
    pub fn of(left: &Recording, right: &Recording) -> Diff {
        let (one, other) = (Side::of(left), Side::of(right));
        let sides = [&one, &other];
        let alignment = align(sides);
        let parting = parting(sides);
        let verdict = match (&parting, alignment.gaps.is_empty() && alignment.given_up == 0) {
            (None, _) => Verdict::Same,
            (Some(_), true) => Verdict::Reordered,
            (Some(_), false) => Verdict::Different,
        };
        let (places, spread) = origins(sides, &alignment);
        let told = places.iter().take(MOST).map(|place| origin(sides, &alignment, &spread, place));
        let count = |side: usize| alignment.gaps.iter().map(|gap| gap.events[side].len() as u64).sum();
        Diff {
            heads: heads(left, right),
            verdict,
            parting,
            origins: told.collect(),
            all_origins: places.len(),
            unmatched: [count(0), count(1)],
            given_up: alignment.given_up,
        }
    }

    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The first event that differs; `None` if all are the same.
    pub fn parting(&self) -> Option<&Parting> {
        self.parting.as_ref()
    }

    /// Where the recordings differ by themselves: the earliest first, three at most.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// How many events of each have no counterpart in the other.
    pub fn unmatched(&self) -> [u64; 2] {
        self.unmatched
    }
}

impl Parting {
    /// Its number, in both.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Both events in words; `None` for one that had ended.
    pub fn events(&self) -> [Option<&str>; 2] {
        self.events.each_ref().map(Option::as_deref)
    }

    /// The first decision that was taken otherwise, as far as decisions were recorded.
    pub fn choice(&self) -> Option<&OtherChoice> {
        self.choice.as_ref()
    }
}

impl OtherChoice {
    /// Whose decision it is.
    pub fn who(&self) -> &str {
        &self.who
    }

    /// What was decided in each; `None` is the simplest answer.
    pub fn what(&self) -> [Option<&str>; 2] {
        self.what.each_ref().map(Option::as_deref)
    }
}

impl Origin {
    /// The number of the event without a counterpart in each; `None` where there is none in its place.
    pub fn events(&self) -> [Option<u32>; 2] {
        self.events
    }

    /// How many events have no counterpart because of it, itself included.
    pub fn effects(&self) -> u64 {
        self.effects
    }

    /// What led to it, it, and what it led to: ten steps at most.
    pub fn chain(&self) -> &[Step] {
        &self.chain
    }
}

fn heads(left: &Recording, right: &Recording) -> Vec<(&'static str, [String; 2])> {
    let hex = |number: u64| format!("0x{number:016x}");
    let both = [left, right];
    let all = [
        ("test", both.map(|one| super::printable::printable(&one.test))),
        ("version", both.map(|one| super::printable::printable(&one.version))),
        ("configuration", both.map(|one| hex(one.config))),
        ("seed", both.map(|one| hex(one.seed))),
    ];
    all.into_iter().filter(|(_, [one, other])| one != other).collect()
}

/// The first event that is another, or at another time.
fn parting(sides: [&Side<'_>; 2]) -> Option<Parting> {
    let [left, right] = sides.map(|side| side.raw);
    let end = |trace: &reenact_sim::Trace| u64::from(trace.first) + trace.events.len() as u64;
    let differs = |&number: &u64| {
        let is = |side: &Side<'_>| {
            let index = number.checked_sub(u64::from(side.raw.first))? as usize;
            Some((side.raw.events.get(index)?.at, side.keys[index]))
        };
        is(sides[0]) != is(sides[1])
    };
    let start = u64::from(left.first.max(right.first));
    let number = (start..end(left).max(end(right))).find(differs)? as u32;
    let words = |side: &Side<'_>| {
        let words = side.recording.trace().in_words(number)?;
        let spawned = side.raw.get(number).and_then(|line| side.raw.task(line.task));
        let place = spawned.map(|info| format!("  (task spawned at {})", info.spawned));
        Some(words + &place.unwrap_or_default())
    };
    let at = [left, right].iter().filter_map(|trace| trace.get(number)).map(|line| line.at).min();
    Some(Parting {
        number,
        at: at.unwrap_or(Instant::ZERO),
        events: sides.map(words),
        choice: other_choice(sides),
    })
}

/// The first decision that was taken otherwise.
fn other_choice(sides: [&Side<'_>; 2]) -> Option<OtherChoice> {
    type Answers = BTreeMap<(StreamId, u32), u64>;
    let answers: [Answers; 2] = sides.map(|side| {
        let all = side.recording.decisions.iter();
        all.map(|choice| ((choice.stream, choice.seq), choice.entry.value)).collect()
    });
    let differs = |choice: &&Choice| {
        let place = (choice.stream, choice.seq);
        answers[0].get(&place) != answers[1].get(&place)
    };
    let first = |side: &Side<'_>| side.recording.decisions.iter().find(differs).copied();
    let when = |choice: &Choice| (choice.moment.step, choice.moment.event);
    let firsts = sides.map(first);
    let choice = firsts.into_iter().flatten().min_by_key(when)?;
    let place = (choice.stream, choice.seq);
    let told = |side: &Side<'_>| {
        let own = side.recording.decisions.iter().find(|other| (other.stream, other.seq) == place)?;
        Some(Teller::of(side.raw).told(own))
    };
    let told = sides.map(told);
    let who = told.iter().flatten().map(|told| told.who.clone()).next()?;
    Some(OtherChoice { who, what: told.map(|told| told.map(|told| told.what)) })
}

fn origin(sides: [&Side<'_>; 2], alignment: &Alignment, spread: &Spread, place: &Place) -> Origin {
    let gap = &alignment.gaps[place.gap as usize];
    let number = |side: usize| gap.events[side].first().map(|&index| sides[side].raw.first + index);
    Origin {
        events: [number(0), number(1)],
        effects: place.effects,
        chain: told::chain(sides, alignment, spread, place),
    }
}
