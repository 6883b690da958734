//! What the values of `REENACT_*` variables mean.
//!
//! Pure: names and values come in, and reading a file is passed in. A name that is not known and a
//! value that cannot be read are errors that say what is accepted, since a misspelt variable would
//! otherwise look like a test that passed.

use super::budget::{Shard, duration, shard};
use crate::os::Os;
use reenact_sim::Tape;
use std::time::Duration;

/// What the names begin with.
pub(super) const PREFIX: &str = "REENACT_";

/// What each variable accepts.
const KNOWN: [(&str, &str); 13] = [
    ("REENACT_SEED", "a seed (`7`, `0xff`), a list (`1,5-10`), or `fresh`"),
    ("REENACT_SEEDS", "a count of seeds, at least 1"),
    (
        "REENACT_REPLAY",
        "a token (`r1:…`), or `@` and the name of a file that holds one; `2:` before it means the second check of a function",
    ),
    ("REENACT_FOR", "how long to go on, at least (`500ms`, `30s`, `5m`, `2h`)"),
    ("REENACT_SHARD", "a share of the seeds: `2/4` is the second of four"),
    ("REENACT_JOBS", "a number of threads, at least 1"),
    ("REENACT_DETERMINISM", "a number n: one run in n is run twice and compared; 0 for none"),
    ("REENACT_OS", "`off`, `allow`, `warn` or `fail`"),
    ("REENACT_REGRESSIONS", "`run`, `only`, `skip` or `update`"),
    ("REENACT_SHRINK", "`off`, or a number of runs, at least 1"),
    ("REENACT_TRACE", "a file for the trace of the one run that is made"),
    ("REENACT_REPORT", "a file, to which results are appended"),
    ("REENACT_ARTIFACTS", "a directory, which is made if it is not there"),
];

/// Seeds from the environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum SeedChoice {
    /// All from the first to the last of each pair.
    Spans(Vec<(u64, u64)>),
    /// As many as the test runs, never seen before.
    Fresh,
}

/// What is done with the cases that were recorded beside the test.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum RegressionMode {
    /// They are run before all else.
    #[default]
    Run,
    /// They are run, and nothing else.
    Only,
    /// They are not run, and none is added.
    Skip,
    /// They are run before all else. Those that fail otherwise than recorded are recorded anew, those
    /// that pass are removed.
    Update,
}

/// The one run that is to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Given {
    /// Which check of its thread makes it, from 1, where that was said.
    pub(crate) turn: Option<u32>,
    pub(crate) tape: Tape,
}

/// What the environment demands, which goes before what code says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Variables {
    pub(crate) seed: Option<SeedChoice>,
    pub(crate) seeds: Option<u64>,
    pub(crate) replay: Option<Given>,
    /// How much real time a sweep takes, if it does not fail.
    pub(crate) time: Option<Duration>,
    pub(crate) shard: Option<Shard>,
    pub(crate) jobs: Option<usize>,
    pub(crate) determinism: Option<u64>,
    pub(crate) os: Option<Os>,
    pub(crate) regressions: RegressionMode,
    /// How many runs making a failure smaller may take; 0: it is not tried.
    pub(crate) shrink: Option<u64>,
    /// Where the trace of a single run goes.
    pub(crate) trace: Option<String>,
    /// Where results go, for programs.
    pub(crate) report: Option<String>,
    /// Where failures leave their files.
    pub(crate) artifacts: Option<String>,
}

impl Variables {
    /// Takes one variable in.
    ///
    /// # Errors
    ///
    /// In words: the variable, its value, and what it accepts or which one was meant.
    pub(super) fn take(
        &mut self,
        name: &str,
        value: &str,
        read_file: impl Fn(&str) -> Result<String, String>,
    ) -> Result<(), String> {
        let Some((_, accepts)) = KNOWN.iter().find(|(known, _)| *known == name) else {
            return Err(unknown(name));
        };
        let wrong = |why: String| {
            let why = if why.is_empty() { why } else { format!(": {why}") };
            format!("{name}={value} cannot be read{why}; it accepts {accepts}")
        };
        let text = value.trim();
        match name {
            "REENACT_SEED" => self.seed = Some(seed_choice(text).map_err(wrong)?),
            "REENACT_SEEDS" => self.seeds = Some(count(text).map_err(wrong)?),
            "REENACT_JOBS" => {
                let jobs = usize::try_from(count(text).map_err(wrong)?);
                self.jobs = Some(jobs.map_err(|error| wrong(error.to_string()))?);
            }
            "REENACT_FOR" => self.time = Some(duration(text).map_err(wrong)?),
            "REENACT_SHARD" => self.shard = Some(shard(text).map_err(wrong)?),
            "REENACT_DETERMINISM" => self.determinism = Some(number(text).map_err(wrong)?),
            "REENACT_OS" => self.os = Some(os(text).map_err(wrong)?),
            "REENACT_REGRESSIONS" => self.regressions = regressions(text).map_err(wrong)?,
            "REENACT_SHRINK" if text.eq_ignore_ascii_case("off") => self.shrink = Some(0),
            "REENACT_SHRINK" => self.shrink = Some(count(text).map_err(wrong)?),
            "REENACT_TRACE" | "REENACT_REPORT" if text.is_empty() => {
                return Err(wrong("it is empty".to_owned()));
            }
            "REENACT_TRACE" => self.trace = Some(value.to_owned()),
            "REENACT_REPORT" => self.report = Some(value.to_owned()),
            // The name of a directory may begin or end with a blank.
            "REENACT_ARTIFACTS" if text.is_empty() => return Err(wrong("it is empty".to_owned())),
            "REENACT_ARTIFACTS" => self.artifacts = Some(value.to_owned()),
            _ => {
                let (turn, text) = turn(text);
                let token = match text.strip_prefix('@') {
                    Some(path) => read_file(path).map_err(|error| wrong(format!("{path}: {error}")))?,
                    None => text.to_owned(),
                };
                let tape = Tape::parse(&token).map_err(|error| wrong(error.to_string()))?;
                self.replay = Some(Given { turn, tape });
            }
        }
        Ok(())
    }

    /// Whether the variables go together.
    pub(super) fn check(&self) -> Result<(), String> {
        let both = |a: &str, b: &str, why: &str| {
            Err(format!("{PREFIX}{a} and {PREFIX}{b} are both set, but {why}: unset one of them"))
        };
        let only = self.regressions == RegressionMode::Only;
        if self.replay.is_some() && (only || self.regressions == RegressionMode::Update) {
            return both("REPLAY", "REGRESSIONS", "a token is one run, which needs no recorded case");
        }
        if only && (self.seed.is_some() || self.seeds.is_some()) {
            let seeds = if self.seed.is_some() { "SEED" } else { "SEEDS" };
            return both(seeds, "REGRESSIONS", "`only` runs the recorded cases and no seeds");
        }
        let is_one = match &self.seed {
            Some(SeedChoice::Spans(spans)) => {
                spans.iter().all(|(first, last)| first == last) && spans.len() == 1
            }
            _ => false,
        };
        if self.trace.is_some() && self.replay.is_none() && !is_one {
            return Err(format!(
                "{PREFIX}TRACE is set, but a trace is of one run: set {PREFIX}REPLAY, or {PREFIX}SEED to one seed"
            ));
        }
        match (&self.seed, self.seeds, &self.replay) {
            (Some(_), _, Some(_)) => both("SEED", "REPLAY", "a token brings its own seed"),
            (None, Some(_), Some(_)) => both("SEEDS", "REPLAY", "a token is one run"),
            (Some(SeedChoice::Spans(_)), Some(_), None) => {
                both("SEED", "SEEDS", "the first names the seeds that the second would count")
            }
            _ => Ok(()),
        }
    }
}

/// `2:` before a token: it is for the second check of its thread.
fn turn(text: &str) -> (Option<u32>, &str) {
    let parts = text.split_once(':').and_then(|(turn, rest)| Some((turn.parse().ok()?, rest)));
    parts.map_or((None, text), |(turn, rest)| (Some(turn), rest))
}

fn unknown(name: &str) -> String {
    let names = KNOWN.iter().map(|(known, _)| *known);
    let distance = |known: &'static str| (edits(name, known), known);
    let nearest =
        names.clone().map(distance).min_by_key(|(edits, known)| (*edits, known.len().abs_diff(name.len())));
    match nearest {
        Some((distance, known)) if distance <= (known.len() - PREFIX.len()).div_ceil(2) => {
            format!("{name} is set, which reenact does not know: did you mean {known}?")
        }
        _ => {
            let names: Vec<_> = names.collect();
            format!("{name} is set, which reenact does not know; it knows {}", names.join(", "))
        }
    }
}

/// Decimal, or hexadecimal after `0x`; underscores are left out.
fn number(text: &str) -> Result<u64, String> {
    let digits = text.replace('_', "");
    let (digits, radix) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => (hex, 16),
        None => (digits.as_str(), 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(format!("`{text}` is no number"));
    }
    u64::from_str_radix(digits, radix).map_err(|_| format!("`{text}` does not fit 64 bits"))
}

fn count(text: &str) -> Result<u64, String> {
    match number(text)? {
        0 => Err("0 is too few".to_owned()),
        count => Ok(count),
    }
}

fn os(text: &str) -> Result<Os, String> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "off" => Os::Off,
        "allow" => Os::Allow,
        "warn" => Os::Warn,
        "fail" => Os::Fail,
        _ => return Err(format!("`{text}` is none of its words")),
    })
}

fn regressions(text: &str) -> Result<RegressionMode, String> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "run" => RegressionMode::Run,
        "only" => RegressionMode::Only,
        "skip" => RegressionMode::Skip,
        "update" => RegressionMode::Update,
        _ => return Err(format!("`{text}` is none of its words")),
    })
}

fn seed_choice(text: &str) -> Result<SeedChoice, String> {
    if text.eq_ignore_ascii_case("fresh") {
        return Ok(SeedChoice::Fresh);
    }
    let span = |part: &str| {
        let part = part.trim();
        // What begins with one is a number below zero, which `number` refuses.
        let (first, last) =
            part.split_once('-').filter(|(first, _)| !first.is_empty()).unwrap_or((part, part));
        let (first, last) = (number(first.trim())?, number(last.trim())?);
        if first <= last { Ok((first, last)) } else { Err(format!("`{part}` runs backwards")) }
    };
    Ok(SeedChoice::Spans(text.split(',').map(span).collect::<Result<_, _>>()?))
}

/// How many letters must be put in, taken out or changed to make `b` of `a`.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{Given, Os, RegressionMode, SeedChoice, Variables, edits};
    use reenact_sim::{Strategy, Tape};

    fn read(set: &[(&str, &str)]) -> Result<Variables, String> {
        let mut variables = Variables::default();
        for (name, value) in set {
            variables.take(name, value, |path| match path {
                "tape.txt" => Ok(format!("{}\n", Tape::seed(5, Strategy::Fifo).token())),
                _ => Err("no such file".to_owned()),
            })?;
        }
        variables.check()?;
        Ok(variables)
    }

    fn seed(text: &str) -> Result<SeedChoice, String> {
        read(&[("REENACT_SEED", text)]).map(|variables| variables.seed.expect("it was set"))
    }

    #[test]
    fn seeds_are_decimal_hexadecimal_lists_and_ranges() {
        let spans = |spans: &[(u64, u64)]| Ok(SeedChoice::Spans(spans.to_vec()));
        assert_eq!(seed("7"), spans(&[(7, 7)]));
        assert_eq!(seed(" 0xFF "), spans(&[(255, 255)]));
        assert_eq!(seed("0x5eed_1f2e_9a10_0042"), spans(&[(0x5eed_1f2e_9a10_0042, 0x5eed_1f2e_9a10_0042)]));
        assert_eq!(seed("1,5-10, 0x10-0x1f"), spans(&[(1, 1), (5, 10), (16, 31)]));
        assert_eq!(seed("18446744073709551615"), spans(&[(u64::MAX, u64::MAX)]));
        assert_eq!(seed("fresh"), Ok(SeedChoice::Fresh));
    }

    #[test]
    fn what_is_no_seed_is_refused_with_the_reason() {
        for (text, why) in [
            ("", "`` is no number"),
            ("seven", "`seven` is no number"),
            ("0x", "is no number"),
            ("-1", "`-1` is no number"),
            ("1,,2", "`` is no number"),
            ("10-5", "`10-5` runs backwards"),
            ("18446744073709551616", "does not fit 64 bits"),
            ("ff", "`ff` is no number"),
        ] {
            let error = seed(text).expect_err(text);
            assert!(error.starts_with(&format!("REENACT_SEED={text} cannot be read: ")), "{error}");
            assert!(error.contains(why), "{error}");
            assert!(error.contains("it accepts a seed (`7`, `0xff`), a list"), "{error}");
        }
    }

    #[test]
    fn counts_are_at_least_one_and_determinism_may_be_off() {
        let all = [("REENACT_SEEDS", "1000"), ("REENACT_JOBS", "2"), ("REENACT_DETERMINISM", "0")];
        let variables = read(&all).expect("all right");
        assert_eq!((variables.seeds, variables.jobs, variables.determinism), (Some(1000), Some(2), Some(0)));
        assert!(read(&[("REENACT_SEEDS", "0")]).expect_err("zero").contains("0 is too few"));
        assert!(read(&[("REENACT_JOBS", "0")]).expect_err("zero").contains("0 is too few"));
        assert!(read(&[("REENACT_JOBS", "many")]).expect_err("a word").contains("`many` is no number"));
    }

    #[test]
    fn regressions_are_run_unless_a_word_says_otherwise() {
        let mode = |text| read(&[("REENACT_REGRESSIONS", text)]).map(|variables| variables.regressions);
        assert_eq!(read(&[]).expect("nothing").regressions, RegressionMode::Run);
        assert_eq!(mode("run"), Ok(RegressionMode::Run));
        assert_eq!(mode(" Only "), Ok(RegressionMode::Only));
        assert_eq!(mode("skip"), Ok(RegressionMode::Skip));
        assert_eq!(mode("update"), Ok(RegressionMode::Update));
        for (text, words) in [("", "``"), ("off", "`off`"), ("run,update", "`run,update`")] {
            assert_eq!(
                mode(text),
                Err(format!(
                    "REENACT_REGRESSIONS={text} cannot be read: {words} is none of its words; \
                     it accepts `run`, `only`, `skip` or `update`"
                ))
            );
        }
    }

    #[test]
    fn what_becomes_of_calls_is_one_of_four_words() {
        let os = |text| read(&[("REENACT_OS", text)]).map(|variables| variables.os);
        assert_eq!(read(&[]).expect("nothing").os, None);
        assert_eq!((os("off"), os("Allow")), (Ok(Some(Os::Off)), Ok(Some(Os::Allow))));
        assert_eq!((os("warn"), os("FAIL")), (Ok(Some(Os::Warn)), Ok(Some(Os::Fail))));
        let error = os("no").expect_err("no such word");
        assert!(
            error.ends_with("`no` is none of its words; it accepts `off`, `allow`, `warn` or `fail`"),
            "{error}"
        );
    }

    #[test]
    fn shrinking_takes_some_runs_or_is_off() {
        let shrink = |text| read(&[("REENACT_SHRINK", text)]).map(|variables| variables.shrink);
        assert_eq!(read(&[]).expect("nothing").shrink, None);
        assert_eq!(shrink("off"), Ok(Some(0)));
        assert_eq!(shrink("OFF"), Ok(Some(0)));
        assert_eq!(shrink("1"), Ok(Some(1)));
        assert_eq!(shrink("10_000"), Ok(Some(10_000)));
        for (text, why) in [("0", "0 is too few"), ("", "`` is no number"), ("on", "`on` is no number")] {
            let error = shrink(text).expect_err(text);
            assert_eq!(
                error,
                format!(
                    "REENACT_SHRINK={text} cannot be read: {why}; it accepts `off`, or a number of runs, at least 1"
                )
            );
        }
    }

    #[test]
    fn artifacts_go_into_any_directory_that_has_a_name() {
        let artifacts = |text| read(&[("REENACT_ARTIFACTS", text)]).map(|variables| variables.artifacts);
        assert_eq!(read(&[]).expect("nothing").artifacts, None);
        assert_eq!(artifacts("target/failures"), Ok(Some("target/failures".to_owned())));
        assert_eq!(artifacts("/tmp/a b "), Ok(Some("/tmp/a b ".to_owned())));
        for empty in ["", "  "] {
            let error = artifacts(empty).expect_err("no name");
            assert!(error.contains("it is empty; it accepts a directory"), "{error}");
        }
    }

    #[test]
    fn a_tape_comes_as_a_token_or_in_a_file() {
        let tape = Tape::seed(5, Strategy::Fifo);
        let token = tape.token();
        let given = |turn| Some(Given { turn, tape: tape.clone() });
        assert_eq!(read(&[("REENACT_REPLAY", &token)]).expect("a token").replay, given(None));
        assert_eq!(
            read(&[("REENACT_REPLAY", &format!("2:{token}"))]).expect("a token").replay,
            given(Some(2))
        );
        assert_eq!(read(&[("REENACT_REPLAY", "@tape.txt")]).expect("a file").replay, given(None));
        assert_eq!(read(&[("REENACT_REPLAY", "12:@tape.txt")]).expect("a file").replay, given(Some(12)));
        let error = read(&[("REENACT_REPLAY", "@none.txt")]).expect_err("no file");
        assert!(error.contains("none.txt: no such file"), "{error}");
        let error = read(&[("REENACT_REPLAY", "r9:0000000000000001:AA")]).expect_err("another version");
        assert!(error.contains("this token has format `r9`"), "{error}");
    }

    #[test]
    fn a_misspelt_variable_is_answered_with_the_right_one() {
        for (wrong, right) in [
            ("REENACT_SEDES", "REENACT_SEEDS"),
            ("REENACT_SEE", "REENACT_SEED"),
            ("REENACT_REPLY", "REENACT_REPLAY"),
            ("REENACT_JOB", "REENACT_JOBS"),
            ("REENACT_DETERMINISTIC", "REENACT_DETERMINISM"),
        ] {
            let error = read(&[(wrong, "1")]).expect_err(wrong);
            assert_eq!(error, format!("{wrong} is set, which reenact does not know: did you mean {right}?"));
        }
        let error = read(&[("REENACT_FLAVOUR", "1")]).expect_err("unknown");
        assert!(error.ends_with(
            "it knows REENACT_SEED, REENACT_SEEDS, REENACT_REPLAY, REENACT_FOR, REENACT_SHARD, REENACT_JOBS, \
             REENACT_DETERMINISM, REENACT_OS, REENACT_REGRESSIONS, REENACT_SHRINK, REENACT_TRACE, \
             REENACT_REPORT, REENACT_ARTIFACTS"
        ));
    }

    #[test]
    fn variables_that_contradict_each_other_are_refused() {
        let token = Tape::seed(5, Strategy::Fifo).token();
        for set in [
            [("REENACT_SEED", "1"), ("REENACT_REPLAY", token.as_str())],
            [("REENACT_SEEDS", "1"), ("REENACT_REPLAY", token.as_str())],
            [("REENACT_SEED", "1"), ("REENACT_SEEDS", "1")],
            [("REENACT_SEED", "1"), ("REENACT_REGRESSIONS", "only")],
            [("REENACT_SEEDS", "1"), ("REENACT_REGRESSIONS", "only")],
            [("REENACT_REPLAY", token.as_str()), ("REENACT_REGRESSIONS", "only")],
            [("REENACT_REPLAY", token.as_str()), ("REENACT_REGRESSIONS", "update")],
        ] {
            assert!(read(&set).expect_err("both").contains("are both set"));
        }
        assert!(read(&[("REENACT_SEED", "fresh"), ("REENACT_SEEDS", "3")]).is_ok());
        assert!(read(&[("REENACT_SEED", "1"), ("REENACT_REGRESSIONS", "update")]).is_ok());
        assert!(read(&[("REENACT_REPLAY", token.as_str()), ("REENACT_REGRESSIONS", "skip")]).is_ok());
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", "abc"), 0);
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}
