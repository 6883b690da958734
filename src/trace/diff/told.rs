//! A comparison in words, for people and for programs.
//!
//! Pure. What there is to say is found in the files beside.

use super::{
    Diff, Origin, Verdict,
    align::Alignment,
    origin::{Place, Spread},
    side::Side,
};
use crate::{
    json::Json,
    trace::{cone::cause, ids::Ids, level::Level, names::Names, words::words},
};
use std::fmt;

/// How many steps before an origin are told.
const BEFORE: usize = 3;
/// How many events in each other's place are told of each side.
const HERE: usize = 2;
/// How many of its effects.
const AFTER: usize = 3;

/// One event on the way from what is the same to what differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// In which recording it happened: 0 or 1; `None` for both.
    pub side: Option<usize>,
    /// Its number there; in the left one, if it happened in both.
    pub number: u32,
    /// When, where, who, what.
    pub words: String,
}

/// What led to an origin, it, and some of what it led to.
pub(super) fn chain(
    sides: [&Side<'_>; 2],
    alignment: &Alignment,
    spread: &Spread,
    place: &Place,
) -> Vec<Step> {
    let gap = &alignment.gaps[place.gap as usize];
    let names = sides.map(|side| Names::stable(side.raw));
    let step = |side: usize, both: bool, index: u32| Step {
        side: (!both).then_some(side),
        number: sides[side].raw.first + index,
        words: in_words(&names[side], sides[side], index),
    };
    let mut chain = Vec::new();
    let side = usize::from(gap.events[0].is_empty());
    let mut next = gap.events[side].first().and_then(|&first| reason(sides[side], first));
    while let Some(index) = next
        && chain.len() < BEFORE
    {
        chain.push(step(side, alignment.is_matched(side, index), index));
        next = reason(sides[side], index);
    }
    chain.reverse();
    for (side, events) in gap.events.iter().enumerate() {
        chain.extend(events.iter().take(HERE).map(|&index| step(side, false, index)));
    }
    chain.extend(
        effects(sides, alignment, spread, place).into_iter().map(|(side, index)| step(side, false, index)),
    );
    chain
}

/// The first effects in another chain than the origin's own, and the last.
fn effects(
    sides: [&Side<'_>; 2],
    alignment: &Alignment,
    spread: &Spread,
    place: &Place,
) -> Vec<(usize, u32)> {
    let mut effects: Vec<(usize, u32)> = Vec::new();
    for (side, of) in spread.of.iter().enumerate() {
        let is_effect = |index: &u32| {
            let gap = alignment.gap_of[side][*index as usize];
            of[*index as usize] == place.gap && gap.is_some_and(|gap| gap != place.gap)
        };
        effects.extend((0..of.len() as u32).filter(is_effect).map(|index| (side, index)));
    }
    effects.sort_by_key(|&(side, index)| (sides[side].raw.events[index as usize].at, index, side));
    if effects.len() > AFTER {
        effects.drain(AFTER - 1..effects.len() - 1);
    }
    effects
}

/// What led to an event directly, passing over polls and wakes.
fn reason(side: &Side<'_>, index: u32) -> Option<u32> {
    let direct = |index: u32| cause(side.raw, index).or_else(|| side.dependencies.before(index));
    let mut next = direct(index);
    while let Some(index) = next
        && Level::of(&side.raw.events[index as usize].event) == Level::Sched
    {
        next = direct(index);
    }
    next
}

fn in_words(names: &Names<'_>, side: &Side<'_>, index: u32) -> String {
    let line = &side.raw.events[index as usize];
    let actor = Some(names.actor(line)).filter(|actor| !actor.is_empty());
    let actor = actor.map_or_else(String::new, |actor| format!("/{actor}"));
    // A message is told by its ends and its payload; a number of its own would mean nothing here.
    let words = words(line, names, &mut Ids::default());
    format!("t={} {}{actor} {words}", line.at, names.node(line.node))
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Same => "the same run, event by event",
            Verdict::Reordered => "the same behaviour: only times and the order of independent events differ",
            Verdict::Different => "different behaviour",
        })
    }
}

/// For a terminal: `-` is the first recording, `+` the second.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, [left, right]) in &self.heads {
            writeln!(f, "{what}  {left} | {right}")?;
        }
        write!(f, "{}", self.verdict)?;
        if let Some(parting) = &self.parting {
            write!(f, "\n\nthey part at event {}, t={}", parting.number, parting.at)?;
            for (sign, event) in ["-", "+"].iter().zip(&parting.events) {
                write!(f, "\n  {sign}  {}", event.as_deref().unwrap_or("(it had ended)"))?;
            }
            if let Some(choice) = &parting.choice {
                write!(f, "\n  decided otherwise: {}", choice.who)?;
                for (sign, what) in ["-", "+"].iter().zip(&choice.what) {
                    write!(f, "\n  {sign}  {}", what.as_deref().unwrap_or("the simplest"))?;
                }
            }
        }
        for (place, origin) in self.origins.iter().enumerate() {
            let all = self.all_origins;
            let differ = if origin.effects == 1 { "event differs" } else { "events differ" };
            write!(f, "\n\norigin {} of {all}: {} {differ} because of it", place + 1, origin.effects)?;
            for Step { side, words, .. } in &origin.chain {
                write!(f, "\n  {}  {words}", [" ", "-", "+"][side.map_or(0, |side| side + 1)])?;
            }
        }
        if self.given_up > 0 {
            write!(
                f,
                "\n\n{} events were not compared: the recordings have too little in common there",
                self.given_up
            )?;
        }
        Ok(())
    }
}

impl Diff {
    /// The comparison for programs, as JSON: described in `docs/diff-json.md`.
    pub fn json(&self) -> String {
        let both = |texts: [Option<&str>; 2]| Json::list(&texts, |text| Json::from(*text));
        let heads = Json::list(&self.heads, |(what, [left, right])| {
            Json::Object(vec![
                ("what", (*what).into()),
                ("left", left.as_str().into()),
                ("right", right.as_str().into()),
            ])
        });
        let parting = self.parting.as_ref().map_or(Json::Null, |parting| {
            let choice = parting.choice().map_or(Json::Null, |choice| {
                Json::Object(vec![("who", choice.who().into()), ("what", both(choice.what()))])
            });
            Json::Object(vec![
                ("event", u64::from(parting.number).into()),
                ("at_ns", parting.at.as_nanos().into()),
                ("events", both(parting.events())),
                ("choice", choice),
            ])
        });
        let verdict = match self.verdict {
            Verdict::Same => "same",
            Verdict::Reordered => "reordered",
            Verdict::Different => "different",
        };
        Json::Object(vec![
            ("format", "reenact-diff".into()),
            ("version", 1.into()),
            ("verdict", verdict.into()),
            ("heads", heads),
            ("parting", parting),
            ("origins", Json::list(&self.origins, origin)),
            ("all_origins", (self.all_origins as u64).into()),
            ("unmatched", Json::list(&self.unmatched, |&count| count.into())),
            ("not_compared", self.given_up.into()),
        ])
        .pretty()
    }
}

fn origin(origin: &Origin) -> Json {
    let step = |step: &Step| {
        Json::Object(vec![
            ("side", step.side.map(|side| ["left", "right"][side]).into()),
            ("event", u64::from(step.number).into()),
            ("words", step.words.as_str().into()),
        ])
    };
    Json::Object(vec![
        ("events", Json::list(&origin.events, |number| number.map(u64::from).into())),
        ("effects", origin.effects.into()),
        ("chain", Json::list(&origin.chain, step)),
    ])
}
