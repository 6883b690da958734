//! What a file of recorded cases says, and how it is changed without losing a byte of the rest.
//!
//! Pure: bytes in, bytes out. A line is `<test> <token> <digest> # <what it said>`. Only lines that
//! begin with the name of the test at hand are read; all others, whatever they hold, are carried
//! along as they are. Where the file lies and who else writes it is the affair of `file`.

use reenact_sim::Tape;
use std::{collections::BTreeMap, ops::Range};

/// How long the remark of a line may be, in characters.
const MESSAGE: usize = 100;
/// How many lines of one kind are named in a note.
const NAMED: usize = 5;
/// What git writes into a file where two branches changed it: seven times one of these.
const MARKERS: [u8; 4] = [b'<', b'=', b'>', b'|'];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A failure that was recorded beside its test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Case {
    /// Its line in the file, from 1; 0 before it is there.
    pub(crate) line: usize,
    /// The tape that repeats the run. The name on its line counts, not the test in its header:
    /// whoever renames a test renames it in the file too.
    pub(crate) tape: Tape,
    /// The digest of the run when it was recorded.
    pub(crate) digest: u64,
    /// What the failure said: the first line of it.
    pub(crate) message: String,
}

/// What a file has for one test.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Loaded {
    /// The cases, each run once, in the order of their lines.
    pub(crate) cases: Vec<Case>,
    /// What is to be said of the file, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// What became of a case that was to be saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Saved {
    /// It has a new line.
    Added,
    /// Its line was there.
    Already,
    /// Its line was there with another digest, and has the new one now.
    Updated,
}

/// A changed file.
pub(super) struct Edit<T> {
    pub(super) what: T,
    /// The new content, if it is another one.
    pub(super) bytes: Option<Vec<u8>>,
}

/// What one line says to a test.
enum Said {
    /// Nothing: a blank, a remark, or a line of another test.
    Nothing,
    Marker,
    Case(Box<Entry>),
    /// It is of this test, but cannot be read.
    Wrong(String),
}

/// A case, and where its words stand in the line.
struct Entry {
    tape: Tape,
    digest: u64,
    message: String,
    token_at: Range<usize>,
    digest_at: Range<usize>,
}

/// Reads the cases of a test. `shown` is what the file is called in notes.
pub(super) fn load(bytes: &[u8], name: &str, shown: &str) -> Loaded {
    let name = word(name);
    let mut cases: Vec<Case> = Vec::new();
    let mut lines_of: BTreeMap<String, usize> = BTreeMap::new();
    let (mut markers, mut repeated, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for (line, text) in (1..).zip(bytes.split_inclusive(|&byte| byte == b'\n')) {
        match said(text, &name) {
            Said::Nothing => {}
            Said::Marker => markers.push(line),
            Said::Wrong(why) => wrong.push((line, why)),
            Said::Case(entry) => {
                let first = *lines_of.entry(run_of(&entry.tape)).or_insert(line);
                if first == line {
                    let Entry { tape, digest, message, .. } = *entry;
                    cases.push(Case { line, tape, digest, message });
                } else {
                    repeated.push(line);
                }
            }
        }
    }
    let mut notes = Vec::new();
    if !markers.is_empty() {
        notes.push(format!(
            "{shown} has conflict markers of git ({}): they are skipped and the cases of both sides are run; delete these lines",
            lines(&markers)
        ));
    }
    let more = wrong.len().saturating_sub(NAMED);
    notes.extend(wrong.iter().take(NAMED).map(|(line, why)| {
        format!("{shown}:{line} cannot be read, so this case of {name} is not run: {why}")
    }));
    if more > 0 {
        notes.push(format!("{shown}: {more} more lines of {name} cannot be read and are not run"));
    }
    if !repeated.is_empty() {
        notes.push(format!(
            "{shown} repeats earlier cases of {name} ({}): each is run once; delete these lines",
            lines(&repeated)
        ));
    }
    if let Err(error) = str::from_utf8(bytes) {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        notes.push(format!(
            "{shown}:{line} is not UTF-8: its bytes are kept and what can be read is run; save the file as UTF-8"
        ));
    }
    Loaded { cases, notes }
}

/// Adds a case, unless its run is there. With `update`, the token and the digest of a run that is
/// there become the new ones, and its remark stays. A new file begins with `head`.
pub(super) fn with(bytes: &[u8], name: &str, case: &Case, update: bool, head: &str) -> Edit<Saved> {
    let run = run_of(&case.tape);
    let (named, token, digest) = (word(name), case.tape.token(), hex(case.digest));
    let mut out = Vec::with_capacity(bytes.len() + 512);
    let mut what = None;
    for text in bytes.split_inclusive(|&byte| byte == b'\n') {
        match said(text, &named) {
            Said::Case(entry) if run_of(&entry.tape) == run => {
                let Entry { token_at, digest_at, .. } = *entry;
                let mut new = text.to_vec();
                new.splice(digest_at, digest.bytes());
                new.splice(token_at, token.bytes());
                let changes = update && new != text;
                out.extend(if changes { &new } else { text });
                what = Some(if changes || what == Some(Saved::Updated) {
                    Saved::Updated
                } else {
                    Saved::Already
                });
            }
            _ => out.extend(text),
        }
    }
    let Some(what) = what else {
        append(&mut out, &line(name, case), head);
        return Edit { what: Saved::Added, bytes: Some(out) };
    };
    Edit { what, bytes: (what == Saved::Updated).then_some(out) }
}

/// Takes cases out, and says how many lines that were.
pub(super) fn without(bytes: &[u8], name: &str, tapes: &[Tape]) -> Edit<usize> {
    let (named, runs) = (word(name), tapes.iter().map(run_of).collect::<Vec<_>>());
    let mut out = Vec::with_capacity(bytes.len());
    let mut what = 0;
    for text in bytes.split_inclusive(|&byte| byte == b'\n') {
        match said(text, &named) {
            Said::Case(entry) if runs.contains(&run_of(&entry.tape)) => what += 1,
            _ => out.extend(text),
        }
    }
    Edit { what, bytes: (what > 0).then_some(out) }
}

/// The line of a case, without its end.
pub(super) fn line(name: &str, case: &Case) -> String {
    let (name, token, digest) = (word(name), case.tape.token(), hex(case.digest));
    match remark(&case.message) {
        remark if remark.is_empty() => format!("{name} {token} {digest}"),
        remark => format!("{name} {token} {digest} # {remark}"),
    }
}

/// Appends a line, with the line ends that the file has.
fn append(out: &mut Vec<u8>, line: &str, head: &str) {
    let first_end = out.iter().position(|&byte| byte == b'\n');
    let end: &[u8] = if first_end.is_some_and(|at| out[..at].ends_with(b"\r")) { b"\r\n" } else { b"\n" };
    if out.is_empty() {
        out.extend(head.as_bytes());
    } else if !out.ends_with(b"\n") {
        out.extend(end);
    }
    out.extend(line.as_bytes());
    out.extend(end);
}

fn said(text: &[u8], name: &str) -> Said {
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let first = next_word(text, start);
    if text[first.clone()] == *name.as_bytes() {
        return entry(text, first.end).map_or_else(Said::Wrong, |entry| Said::Case(Box::new(entry)));
    }
    if first.start == 0 && is_marker(&text[first]) { Said::Marker } else { Said::Nothing }
}

/// What stands in a line behind the name of the test.
fn entry(text: &[u8], from: usize) -> Result<Entry, String> {
    let token_at = next_word(text, from);
    let token = String::from_utf8_lossy(&text[token_at.clone()]);
    if token.is_empty() || token.starts_with('#') {
        return Err("no token stands behind the name of the test".to_owned());
    }
    let tape = Tape::parse(&token).map_err(|error| error.to_string())?;
    let digest_at = next_word(text, token_at.end);
    let digits = String::from_utf8_lossy(&text[digest_at.clone()]);
    if digits.is_empty() || digits.starts_with('#') {
        return Err("no digest stands behind its token (16 hexadecimal digits)".to_owned());
    }
    let is_digest = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digest = u64::from_str_radix(&digits, 16).ok().filter(|_| is_digest);
    let Some(digest) = digest else {
        return Err(format!("its digest `{}` is not 16 hexadecimal digits", remark(&digits)));
    };
    let rest = String::from_utf8_lossy(&text[digest_at.end..]);
    let message = match rest.trim().strip_prefix('#') {
        // People may have written it: it is shown, so it becomes printable.
        Some(message) => remark(message),
        None if rest.trim().is_empty() => String::new(),
        None => return Err("behind its digest stands something that does not begin with `#`".to_owned()),
    };
    Ok(Entry { tape, digest, message, token_at, digest_at })
}

fn next_word(text: &[u8], from: usize) -> Range<usize> {
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let start = text[from..].iter().position(|byte| !blank(byte)).map_or(text.len(), |at| from + at);
    let end = text[start..].iter().position(blank).map_or(text.len(), |at| start + at);
    start..end
}

fn is_marker(word: &[u8]) -> bool {
    word.len() == 7 && MARKERS.contains(&word[0]) && word.iter().all(|&byte| byte == word[0])
}

/// A name as one word that is neither a remark nor a marker. The names that the test attribute
/// gives are such words.
fn word(name: &str) -> String {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '#' || c == '\u{feff}';
    let word = name.replace(odd, "_");
    if word.is_empty() || is_marker(word.as_bytes()) { format!("_{word}") } else { word }
}

/// The first line that says something, printable and not too long.
fn remark(message: &str) -> String {
    let said = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut text = String::new();
    for c in said.chars() {
        match c {
            // Harmless, and frequent in messages of assertions.
            '"' | '\'' | '\\' => text.push(c),
            _ => text.extend(c.escape_debug()),
        }
    }
    if text.chars().count() > MESSAGE {
        text = text.chars().take(MESSAGE - 1).chain(['…']).collect();
    }
    text.trim().to_owned()
}

/// What is equal for tapes that lead to the same run: all that decides something. Digest and steps
/// only tell of the run that a tape was taken from, and the test is known by the name on the line.
fn run_of(tape: &Tape) -> String {
    let mut tape = tape.clone();
    tape.header.test = 0;
    tape.forget_run();
    tape.token()
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

/// Lines of a file in words.
fn lines(lines: &[usize]) -> String {
    let named: Vec<String> = lines.iter().take(NAMED).map(usize::to_string).collect();
    match lines.len() {
        1 => format!("line {}", named[0]),
        n if n > NAMED => format!("lines {} and {} more", named.join(", "), n - NAMED),
        n => format!("lines {} and {}", named[..n - 1].join(", "), named[n - 1]),
    }
}

#[cfg(test)]
mod tests;
