//! A tape on one line: `r1:SEED:PAYLOAD`.
//!
//! Pure. The seed is readable (16 hex digits); the payload is base64url of the header, the
//! decisions and a CRC-32 over all of it. Numbers are LEB128, so that a token of few decisions
//! stays short. Reading never panics and never guesses: what does not parse exactly is refused
//! with the reason.

use super::{
    entry::{Base, Entry, Header, Kind, Tape},
    leb::{Input, put},
    profile::Profile,
    waypoints::Waypoints,
};
use crate::{id::StreamId, strategy::Strategy};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The bits of a token's first byte.
const BASE_IS_ZERO: u8 = 1;
const HAS_WAYPOINTS: u8 = 2;
const HAS_PROFILE: u8 = 4;

/// The format's number; older tokens than this are refused by name.
pub(super) const VERSION: u32 = 1;

/// Why a token could not be read.
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::{Tape, TokenError};
///
/// let error = Tape::parse("42").unwrap_err();
/// assert_eq!(error, TokenError::NotAToken);
/// assert!(error.to_string().contains("copy the whole replay line"));
/// ```
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenError {
    /// It does not begin like a token.
    NotAToken,
    /// It was written by another version of the format.
    Version(String),
    /// It begins like the text of a tape, but this line cannot be read.
    Line {
        /// The number of the line, from 1.
        line: usize,
        /// The line, at most 80 characters of it.
        text: String,
    },
    /// It begins like a token but is cut short, altered or has something behind its end.
    Damaged(&'static str),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::NotAToken => {
                f.write_str("this is no token: a token looks like `r1:00000000000000ff:AAEC…`; copy the whole replay line")
            }
            TokenError::Version(found) => write!(
                f,
                "this token has format `{found}`, this version of reenact reads `r{VERSION}`: replay it with the version that wrote it, or run its seed (the hexadecimal number after the first colon)"
            ),
            TokenError::Line { line, text } => write!(
                f,
                "line {line} of this tape cannot be read: `{text}`; it should be a line of its head (`seed 0x2a`) or a decision, whose name, words and key are parted by two blanks (`client wake 3  overtaken by 3  9f86d081884c7d65#2`)"
            ),
            TokenError::Damaged(what) => write!(f, "this token is damaged ({what}): copy it again, whole and on one line"),
        }
    }
}

impl std::error::Error for TokenError {}

impl From<&'static str> for TokenError {
    fn from(what: &'static str) -> Self {
        TokenError::Damaged(what)
    }
}

impl Tape {
    /// The tape on one line, for a terminal, a file or an environment variable.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::{Strategy, Tape};
    ///
    /// let token = Tape::seed(42, Strategy::Random).token();
    /// assert!(token.starts_with("r1:000000000000002a:"), "the seed is readable");
    /// ```
    pub fn token(&self) -> String {
        let Header { seed, base, strategy, test, config, digest, steps } = self.header;
        let (code, parameter) = strategy.code();
        let marks = self.waypoints.marks();
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(base == Base::Zero, BASE_IS_ZERO)
            | flag(!marks.is_empty(), HAS_WAYPOINTS)
            | flag(self.profile.is_some(), HAS_PROFILE);
        let mut out = vec![flags, code];
        put(&mut out, parameter);
        for word in [test, config, digest] {
            out.extend(word.to_le_bytes());
        }
        put(&mut out, steps);
        if !marks.is_empty() {
            out.extend([self.waypoints.shift(), marks.len() as u8]);
            out.extend(marks.iter().flat_map(|mark| mark.to_le_bytes()));
        }
        self.put_entries(&mut out);
        if let Some(profile) = &self.profile {
            profile.put(&mut out);
        }
        let sum = checksum(seed, &out);
        out.extend(sum.to_le_bytes());
        format!("r{VERSION}:{seed:016x}:{}", URL_SAFE_NO_PAD.encode(out))
    }

    /// Stream by stream, with each place as its distance from the one before.
    fn put_entries(&self, out: &mut Vec<u8>) {
        let mut streams: BTreeMap<StreamId, Vec<(u32, Entry)>> = BTreeMap::new();
        for (&(stream, seq), &entry) in &self.entries {
            streams.entry(stream).or_default().push((seq, entry));
        }
        put(out, streams.len() as u64);
        for (StreamId(stream), entries) in streams {
            out.extend(stream.to_le_bytes());
            put(out, entries.len() as u64);
            let mut before = 0;
            for (seq, Entry { kind, n, value }) in entries {
                put(out, u64::from(seq - before));
                before = seq;
                out.push(kind as u8);
                put(out, n);
                put(out, value);
            }
        }
    }

    /// Reads a [`token`](Tape::token) or a [`text`](Tape::text) back.
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::{Strategy, Tape, TokenError};
    ///
    /// let tape = Tape::seed(42, Strategy::Random);
    /// let token = tape.token();
    /// assert_eq!(Tape::parse(&token), Ok(tape));
    /// // A checksum finds what was altered.
    /// let altered = token.replace("2a", "2b");
    /// assert!(matches!(Tape::parse(&altered), Err(TokenError::Damaged(_))));
    /// ```
    ///
    /// # Errors
    ///
    /// Says whether it is no token, of another version, or damaged; of a text, which line is.
    pub fn parse(token: &str) -> Result<Tape, TokenError> {
        let token = token.trim();
        if token.starts_with(super::text::TITLE) {
            return Tape::parse_text(token);
        }
        let mut parts = token.splitn(3, ':');
        let version = parts.next().unwrap_or_default();
        let digits =
            version.strip_prefix('r').filter(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()));
        let Some(digits) = digits else { return Err(TokenError::NotAToken) };
        if digits != VERSION.to_string() {
            return Err(TokenError::Version(version.to_owned()));
        }
        let seed = parts.next().ok_or(TokenError::Damaged("no seed"))?;
        if seed.len() != 16 || !seed.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(TokenError::Damaged("the seed is not 16 hexadecimal digits"));
        }
        let seed = u64::from_str_radix(seed, 16).map_err(|_| TokenError::Damaged("the seed is no number"))?;
        let payload = parts.next().ok_or(TokenError::Damaged("nothing after the seed"))?;
        let payload = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| TokenError::Damaged("the part after the seed is not base64url"))?;
        let body = payload.len().checked_sub(4).ok_or(TokenError::Damaged("cut short"))?;
        let (body, sum) = payload.split_at(body);
        if sum != checksum(seed, body).to_le_bytes() {
            return Err(TokenError::Damaged("its checksum does not fit"));
        }
        read_body(seed, body)
    }
}

fn read_body(seed: u64, body: &[u8]) -> Result<Tape, TokenError> {
    let mut input = Input(body);
    let flags = input.byte()?;
    if flags & !(BASE_IS_ZERO | HAS_WAYPOINTS | HAS_PROFILE) != 0 {
        return Err(TokenError::Damaged("a first byte of another version"));
    }
    let base = if flags & BASE_IS_ZERO == 0 { Base::Seed } else { Base::Zero };
    let (code, parameter) = (input.byte()?, input.number()?);
    let strategy = Strategy::from_code(code, parameter).ok_or(TokenError::Damaged("unknown strategy"))?;
    let (test, config, digest) = (input.word()?, input.word()?, input.word()?);
    let steps = input.number()?;
    let waypoints =
        if flags & HAS_WAYPOINTS == 0 { Waypoints::default() } else { read_waypoints(&mut input)? };
    let entries = read_entries(&mut input)?;
    let profile = match flags & HAS_PROFILE {
        0 => None,
        _ => Some(Arc::new(Profile::read(&mut input)?)),
    };
    if !input.0.is_empty() {
        return Err(TokenError::Damaged("something stands behind its end"));
    }
    let header = Header { seed, base, strategy, test, config, digest, steps };
    Ok(Tape { header, waypoints, entries, profile })
}

fn read_waypoints(input: &mut Input<'_>) -> Result<Waypoints, TokenError> {
    let (shift, count) = (input.byte()?, input.byte()?);
    let mark = |_| Ok::<_, TokenError>(u16::from_le_bytes([input.byte()?, input.byte()?]));
    let marks = (0..count).map(mark).collect::<Result<Vec<_>, _>>()?;
    Waypoints::new(shift, &marks).ok_or(TokenError::Damaged("waypoints of no run"))
}

fn read_entries(input: &mut Input<'_>) -> Result<BTreeMap<(StreamId, u32), Entry>, TokenError> {
    let mut entries = BTreeMap::new();
    for _ in 0..input.number()? {
        let stream = StreamId(input.word()?);
        let mut seq = 0u32;
        for _ in 0..input.number()? {
            let further = u32::try_from(input.number()?).ok().and_then(|further| seq.checked_add(further));
            seq = further.ok_or(TokenError::Damaged("a place out of range"))?;
            let kind =
                Kind::from_code(input.byte()?).ok_or(TokenError::Damaged("unknown kind of decision"))?;
            let entry = Entry { kind, n: input.number()?, value: input.number()? };
            entries.insert((stream, seq), entry);
        }
    }
    Ok(entries)
}

fn checksum(seed: u64, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(body);
    hasher.finalize()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{strategy::Strategy, tape::profile::tests::profiles};
    use proptest::{
        prelude::{Just, any, prop, prop_assert, prop_assert_eq, prop_assume, prop_compose, proptest},
        prop_oneof,
        strategy::Strategy as _,
    };

    fn strategies() -> impl proptest::strategy::Strategy<Value = Strategy> {
        prop_oneof![
            Just(Strategy::Fifo),
            Just(Strategy::Random),
            any::<u64>().prop_map(|budget| Strategy::Delay { budget }),
            any::<u32>().prop_map(|depth| Strategy::Pct { depth }),
            Just(Strategy::Pos),
            Just(Strategy::Surw),
            Just(Strategy::Portfolio),
            Just(Strategy::Grouped),
        ]
    }

    prop_compose! {
        pub(in crate::tape) fn tapes()(
            seed: u64, zero: bool, shift in 0u8..32, marks in prop::collection::vec(any::<u16>(), 0..=16),
            strategy in strategies(), test: u64, config: u64, digest: u64, steps: u64,
            entries in prop::collection::btree_map((any::<u64>(), any::<u32>()), (0u8..7, any::<u64>(), any::<u64>()), 0..20),
            profile in prop::option::of(profiles()),
        ) -> Tape {
            let header = Header {
                seed, test, config, digest, steps,
                base: if zero { Base::Zero } else { Base::Seed },
                strategy,
            };
            let entry = |(kind, n, value)| Entry { kind: Kind::from_code(kind).expect("a known kind"), n, value };
            let shift = if marks.is_empty() { 0 } else { shift };
            let waypoints = Waypoints::new(shift, &marks).expect("there can be such");
            let entries = entries.into_iter().map(|((s, i), e)| ((StreamId(s), i), entry(e))).collect();
            Tape { header, waypoints, entries, profile: profile.map(Arc::new) }
        }
    }

    proptest! {
        #[test]
        fn a_token_reads_back_as_its_tape(tape in tapes()) {
            prop_assert_eq!(Tape::parse(&tape.token()), Ok(tape));
        }

        #[test]
        fn a_token_with_one_letter_changed_is_refused(tape in tapes(), at: prop::sample::Index, to in "[A-Za-z0-9_:-]") {
            let token = tape.token();
            let at = at.index(token.len());
            prop_assume!(token[at..=at] != to);
            let altered = format!("{}{to}{}", &token[..at], &token[at + 1..]);
            // Case does not matter in hexadecimal digits.
            prop_assume!(!altered.eq_ignore_ascii_case(&token) || at >= 19);
            prop_assert!(Tape::parse(&altered).is_err(), "{}", altered);
        }

        #[test]
        fn a_truncated_token_is_refused(tape in tapes(), at: prop::sample::Index) {
            let token = tape.token();
            prop_assert!(Tape::parse(&token[..at.index(token.len())]).is_err());
        }

        #[test]
        fn any_text_parses_or_says_why(text in ".{0,80}") {
            if let Err(error) = Tape::parse(&text) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        let said = |text: &str| Tape::parse(text).expect_err("refused").to_string();
        assert!(said("").contains("copy the whole replay line"));
        assert!(said("42").contains("no token"));
        assert!(said("r9:0000000000000001:AA").contains("format `r9`"));
        assert!(said("r1:1:AA").contains("16 hexadecimal digits"));
        assert!(said("r1:0000000000000001:A").contains("damaged"));
    }

    #[test]
    fn the_token_of_a_seed_is_short() {
        let token = Tape::seed(255, Strategy::Random).token();
        assert!(token.starts_with("r1:00000000000000ff:"), "{token}");
        assert!(token.len() < 80, "{} characters", token.len());
    }
}
