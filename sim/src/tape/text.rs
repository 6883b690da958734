//! A tape as text for people: a line for each decision, in words.
//!
//! Pure. What a decision is called comes from outside, since the tape knows streams only; a name is for
//! the reader and is skipped when the text is read back. What counts is the key at the end of the line
//! and the words before it. A [`token`](Tape::token) is the same on one line, and checks itself.
//!
//! ```text
//! reenact tape r1
//! seed      0x5eed1f2e9a100042
//! base      zero
//! strategy  random
//! test      91c2e0a7d3b4f586
//! digest    a95268f5456438fa
//! steps     61
//! waypoints 4 91ab 07f0 5c1d 22e8 b3a9 4410 9d5e 0c71 e2f6 6a03 1b88 d7c4 f09e 3582 8c6d
//!
//! client-1/#2 wake 3  overtaken by 3  9f86d081884c7d65#2
//! server>client-0 datagram 4  lost  2c26b46b68ffc68f#3
//! ```

use super::{
    entry::{Base, Entry, Header, Kind, Tape},
    leb::Input,
    profile::Profile,
    token::{TokenError, VERSION},
    waypoints::Waypoints,
};
use crate::{id::StreamId, strategy::Strategy};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{fmt::Write as _, sync::Arc};

/// How a text begins.
pub(super) const TITLE: &str = "reenact tape ";

impl Tape {
    /// The tape as text for people, with decisions by their keys only; see
    /// [`text_with`](Tape::text_with).
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::{Strategy, Tape};
    ///
    /// let tape = Tape::seed(42, Strategy::Fifo);
    /// assert!(tape.text().contains("strategy  fifo\n"));
    /// assert_eq!(Tape::parse(&tape.text()), Ok(tape));
    /// ```
    pub fn text(&self) -> String {
        self.text_with(|_, _, _| String::new())
    }

    /// The tape as text for people, a line for each decision: what `name` calls it, what was decided,
    /// and its key. [`parse`](Tape::parse) reads it back. After an edit, take the lines of the digest
    /// and of the waypoints out: the run will come to others.
    pub fn text_with(&self, mut name: impl FnMut(StreamId, u32, Entry) -> String) -> String {
        let Header { seed, base, strategy, test, config, digest, steps } = self.header;
        let base = if base == Base::Zero { "zero" } else { "seed" };
        let mut text = format!("{TITLE}r{VERSION}\n");
        let _ = writeln!(text, "seed      {seed:#018x}\nbase      {base}\nstrategy  {strategy}");
        for (label, word) in [("test", test), ("config", config), ("digest", digest)] {
            if word != 0 {
                let _ = writeln!(text, "{label:<9} {word:016x}");
            }
        }
        if steps != 0 {
            let _ = writeln!(text, "steps     {steps}");
        }
        if !self.waypoints.marks().is_empty() {
            let _ = write!(text, "waypoints {}", 1u64 << self.waypoints.shift());
            for mark in self.waypoints.marks() {
                let _ = write!(text, " {mark:04x}");
            }
            text.push('\n');
        }
        if let Some(profile) = &self.profile {
            let mut bytes = Vec::new();
            profile.put(&mut bytes);
            let _ = writeln!(text, "profile   {}", URL_SAFE_NO_PAD.encode(bytes));
        }
        for (i, (stream, seq, entry)) in self.entries().enumerate() {
            let name = name(stream, seq, entry);
            // Two blanks part the columns.
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            let name = if name.is_empty() { "?".to_owned() } else { name };
            let gap = if i == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{gap}{name}  {}  {stream:?}#{seq}", words(entry));
        }
        text
    }

    /// Reads a [`text`](Tape::text) back.
    pub(super) fn parse_text(text: &str) -> Result<Tape, TokenError> {
        let mut lines = text.lines().enumerate();
        let version =
            lines.next().and_then(|(_, title)| title.strip_prefix(TITLE)).unwrap_or_default().trim();
        if version != format!("r{VERSION}") {
            return Err(TokenError::Version(version.to_owned()));
        }
        let mut tape = Tape { header: Header::default(), ..Tape::default() };
        for (number, line) in lines {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let unclear = || TokenError::Line { line: number + 1, text: line.chars().take(80).collect() };
            let read = read_header(&mut tape, line).or_else(|| {
                let (place, entry) = read_decision(line)?;
                tape.entries.insert(place, entry);
                Some(())
            });
            read.ok_or_else(unclear)?;
        }
        Ok(tape)
    }
}

/// Takes a line of the header in, if it is one.
fn read_header(tape: &mut Tape, line: &str) -> Option<()> {
    let header = &mut tape.header;
    let (label, value) = line.split_once(char::is_whitespace)?;
    let value = value.trim();
    let hex = |value: &str| u64::from_str_radix(value.strip_prefix("0x").unwrap_or(value), 16).ok();
    match label {
        "seed" => header.seed = hex(value)?,
        "base" => {
            header.base = match value {
                "zero" => Base::Zero,
                "seed" => Base::Seed,
                _ => return None,
            }
        }
        "strategy" => header.strategy = read_strategy(value)?,
        "test" => header.test = hex(value)?,
        "config" => header.config = hex(value)?,
        "digest" => header.digest = hex(value)?,
        "steps" => header.steps = value.parse().ok()?,
        "waypoints" => tape.waypoints = read_waypoints(value)?,
        "profile" => {
            let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
            let mut input = Input(&bytes);
            tape.profile = Some(Arc::new(Profile::read(&mut input).ok()?));
            return input.0.is_empty().then_some(());
        }
        _ => return None,
    }
    Some(())
}

/// Every how many steps, and the mark at each.
fn read_waypoints(text: &str) -> Option<Waypoints> {
    let mut words = text.split_whitespace();
    let every: u64 = words.next()?.parse().ok().filter(|every: &u64| every.is_power_of_two())?;
    let mark = |word: &str| (word.len() == 4).then(|| u16::from_str_radix(word, 16).ok())?;
    let marks = words.map(mark).collect::<Option<Vec<_>>>()?;
    Waypoints::new(every.trailing_zeros() as u8, &marks)
}

fn read_strategy(value: &str) -> Option<Strategy> {
    let (name, number) = value.split_once(' ').unwrap_or((value, ""));
    Some(match (name, number.trim()) {
        ("fifo", "") => Strategy::Fifo,
        ("random", "") => Strategy::Random,
        ("delay", budget) => Strategy::Delay { budget: budget.parse().ok()? },
        ("pct", depth) => Strategy::Pct { depth: depth.parse().ok()? },
        ("pos", "") => Strategy::Pos,
        ("surw", "") => Strategy::Surw,
        ("portfolio", "") => Strategy::Portfolio,
        ("grouped", "") => Strategy::Grouped,
        _ => return None,
    })
}

/// A decision from its line.
fn read_decision(line: &str) -> Option<((StreamId, u32), Entry)> {
    let (rest, key) = line.rsplit_once("  ")?;
    let (stream, seq) = key.trim().split_once('#')?;
    let stream = (stream.len() == 16).then(|| u64::from_str_radix(stream, 16).ok())??;
    let what = rest.trim_end().rsplit_once("  ").map_or(rest, |(_, what)| what);
    Some(((StreamId(stream), seq.parse().ok()?), read_words(what.trim())?))
}

/// The words of each kind: those before its numbers, and for one that happens or not, those for it.
const WORDS: [(Kind, &str, Option<[&str; 2]>); 21] = [
    (Kind::Schedule, "overtaken by", None),
    (Kind::Latency, "late by", None),
    (Kind::Loss, "loss", Some(["not lost", "lost"])),
    (Kind::Duplicate, "duplicate", Some(["once", "twice"])),
    (Kind::Select, "first branch", None),
    (Kind::User, "draws", None),
    (Kind::Keep, "keep", Some(["left out", "kept"])),
    (Kind::Swarm, "swarm", None),
    (Kind::Crash, "crash", None),
    (Kind::Kill, "kill", None),
    (Kind::Pause, "pause", None),
    (Kind::Partition, "partition", None),
    (Kind::Clock, "clock", None),
    (Kind::Close, "close", None),
    (Kind::Buggify, "buggify", None),
    (Kind::Lasts, "lasts", None),
    (Kind::Cancel, "cancel", Some(["goes on", "cancelled"])),
    (Kind::Late, "timer late, ms", None),
    (Kind::Corrupt, "corrupted at bit", Some(["not corrupted", "corrupted"])),
    (Kind::Fragment, "short by", Some(["whole", "in part"])),
    (Kind::Fail, "failure", Some(["succeeds", "fails"])),
];

/// What was decided: `late by 7 of 10`, `overtaken by 3`, `lost`.
fn words(entry: Entry) -> String {
    let Entry { kind, n, value } = entry;
    let known = WORDS.iter().find(|(known, ..)| *known == kind);
    let (_, words, either) = known.unwrap_or(&(Kind::User, "draws", None));
    match (either, n) {
        (Some(either), 2) if value < 2 => either[value as usize].to_owned(),
        (_, 0) => format!("{words} {value}"),
        _ => format!("{words} {value} of {n}"),
    }
}

fn read_words(text: &str) -> Option<Entry> {
    WORDS.iter().find_map(|&(kind, words, either)| {
        if let Some(value) = either.and_then(|either| either.iter().position(|&word| word == text)) {
            return Some(Entry { kind, n: 2, value: value as u64 });
        }
        let numbers = text.strip_prefix(words)?.strip_prefix(' ')?;
        let (value, n) = match numbers.split_once(" of ") {
            Some((value, n)) => (value, n.parse().ok()?),
            None => (numbers, 0),
        };
        Some(Entry { kind, n, value: value.parse().ok()? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::token::tests::tapes;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_text_reads_back_as_its_tape(tape in tapes(), name in "[^\\r\\n]{0,20}") {
            let text = tape.text_with(|_, _, _| name.clone());
            prop_assert_eq!(Tape::parse(&text), Ok(tape), "{}", text);
        }

        #[test]
        fn any_text_after_the_title_parses_or_says_which_line(rest in any::<String>()) {
            if let Err(error) = Tape::parse(&format!("{TITLE}r1\n{rest}")) {
                prop_assert!(error.to_string().contains("line"), "{}", error);
            }
        }
    }

    #[test]
    fn no_name_hides_a_decision() {
        let entry = Entry { kind: Kind::Schedule, n: 0, value: 3 };
        let tape = Tape::new(Header::default(), [(StreamId(7), 1, entry)]);
        for name in
            ["//", "// no", "seed 5", "base zero", "strategy fifo", "steps 1", "reenact tape r1", "a  b", " "]
        {
            assert_eq!(Tape::parse(&tape.text_with(|_, _, _| name.to_owned())).as_ref(), Ok(&tape), "{name}");
        }
    }

    #[test]
    fn decisions_are_said_in_words() {
        let said = |kind, n, value| words(Entry { kind, n, value });
        assert_eq!(said(Kind::Schedule, 0, 3), "overtaken by 3");
        assert_eq!(said(Kind::Latency, 9_000, 70), "late by 70 of 9000");
        assert_eq!(said(Kind::Loss, 2, 1), "lost");
        assert_eq!(said(Kind::Keep, 2, 0), "left out");
        assert_eq!(said(Kind::User, 0, 7), "draws 7");
        assert_eq!(said(Kind::Loss, 7, 3), "loss 3 of 7");
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let said = |text: &str| Tape::parse(text).expect_err("refused").to_string();
        assert!(said("reenact tape r9\n").contains("format `r9`"));
        let error = said("reenact tape r1\nseed 1\n\nclient wake 3  overtaken by lots  00#1\n");
        assert!(error.contains("line 4") && error.contains("overtaken by lots"), "{error}");
    }
}
