//! `trace.jsonl`: a recording as lines of JSON, described in `docs/trace-format.md`.
//!
//! A head, then definitions (nodes, tasks, marks, decisions), then the events, one a line. What is read
//! may come from anywhere: whatever is wrong with it is an error that names the line and says what to do.

mod event;
mod scan;

use super::Recording;
use crate::json::put_text;
use event::put_number;
use reenact_sim::{
    Choice, Entry, Kind, Moment, NodeId, NodeInfo, Place, Record, StreamId, TaskInfo, Trace as RawTrace,
};
use scan::{Scan, Slip, quoted};
use std::{
    fmt::{self, Write as _},
    io::{self, BufRead, Read as _, Write},
    sync::Arc,
};

/// The version of the format.
const VERSION: u64 = 1;
/// No line of a file is longer, in bytes.
const LONGEST: u64 = 16 << 20;
/// No text of a user's is written longer, in bytes: escaped, each may take six.
const LONGEST_TEXT: usize = 512 << 10;
/// A longer token is left out: cut, it would be none.
const LONGEST_TOKEN: usize = 6 << 20;
/// How much is gathered before it is written, in bytes.
const PIECE: usize = 64 << 10;

/// Why a file is no recording that this version can read.
///
/// ```
/// use reenact::trace::Recording;
///
/// let error = Recording::read(&b"{\"format\":\"reenact-trace\",\"version\":99}\n"[..]).unwrap_err();
/// assert_eq!(error.to_string(), "line 1: it is of version 99 of the format, and this reenact reads version 1: update it");
/// ```
#[derive(Debug)]
pub struct ReadError {
    line: u64,
    what: String,
}

impl ReadError {
    /// The line in which it was found, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for ReadError {}

impl Recording {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let raw = self.trace.raw();
        let mut out = self.head();
        for NodeInfo { name } in &raw.nodes {
            out.push_str("{\"node\":");
            put_cut(&mut out, name);
            out.push_str("}\n");
        }
        for info in &raw.tasks {
            put_task(&mut out, info);
        }
        for (name, value) in &raw.marks {
            out.push_str("{\"mark\":");
            put_cut(&mut out, name);
            out.push_str(",\"value\":");
            put_cut(&mut out, value);
            out.push_str("}\n");
        }
        for choice in &self.decisions {
            put_decision(&mut out, choice);
        }
        for line in &raw.events {
            event::put(&mut out, line);
            out.push('\n');
            if out.len() >= PIECE {
                to.write_all(out.as_bytes())?;
                out.clear();
            }
        }
        to.write_all(out.as_bytes())?;
        to.flush()
    }

    fn head(&self) -> String {
        let raw = self.trace.raw();
        let mut out = format!("{{\"format\":\"reenact-trace\",\"version\":{VERSION},\"reenact\":");
        put_cut(&mut out, &self.version);
        out.push_str(",\"test\":");
        put_cut(&mut out, &self.test);
        let _ = write!(
            out,
            ",\"seed\":\"{:016x}\",\"digest\":\"{:016x}\",\"config\":\"{:016x}\",\"token\":",
            self.seed, self.digest, self.config
        );
        put_text(&mut out, if self.token.len() > LONGEST_TOKEN { "" } else { &self.token });
        out.push_str(",\"failure\":");
        match &self.failure {
            Some(failure) => put_cut(&mut out, failure),
            None => out.push_str("null"),
        }
        let _ = match raw.mode {
            Record::All => write!(out, ",\"record\":\"all\""),
            Record::Digest => write!(out, ",\"record\":\"digest\""),
            Record::Tail(n) => write!(out, ",\"record\":\"tail\",\"tail\":{n}"),
        };
        let _ = writeln!(
            out,
            ",\"first\":{},\"nodes\":{},\"tasks\":{},\"marks\":{},\"decisions\":{},\"events\":{}}}",
            raw.first,
            raw.nodes.len(),
            raw.tasks.len(),
            raw.marks.len(),
            self.decisions.len(),
            raw.events.len()
        );
        out
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If it is none, is of a later version, is cut off, or says what cannot be; if it cannot be read.
    pub fn read(from: impl BufRead) -> Result<Recording, ReadError> {
        let mut lines = Lines { from, number: 0, line: Vec::new() };
        let mut recording = Recording::default();
        let head = lines.next("the head", |text| head(text, &mut recording))?;
        let mut raw = RawTrace { mode: head.record, first: head.first, ..RawTrace::default() };
        for _ in 0..head.nodes {
            raw.nodes.push(lines.next("a node", node)?);
        }
        for _ in 0..head.tasks {
            raw.tasks.push(lines.next("a task", task)?);
        }
        for _ in 0..head.marks {
            raw.marks.push(lines.next("a mark", mark)?);
        }
        for _ in 0..head.decisions {
            recording.decisions.push(lines.next("a decision", decision)?);
        }
        for _ in 0..head.events {
            raw.events.push(lines.next("an event", event::read)?);
        }
        lines.end()?;
        recording.trace = raw.into();
        Ok(recording)
    }
}

/// A text, so much of it as fits a line.
fn put_cut(out: &mut String, text: &str) {
    if text.len() <= LONGEST_TEXT {
        return put_text(out, text);
    }
    let end = (0..=LONGEST_TEXT).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    put_text(out, &format!("{}… ({} bytes in all)", &text[..end], text.len()));
}

fn put_task(out: &mut String, info: &TaskInfo) {
    let TaskInfo { node, name, ordinal, path, spawned } = info;
    out.push_str("{\"task\":");
    match name {
        Some(name) => put_cut(out, name),
        None => out.push_str("null"),
    }
    let _ = write!(out, ",\"node\":{},\"ordinal\":{ordinal},\"path\":\"{path:016x}\",\"file\":", node.0);
    put_cut(out, &spawned.file);
    let _ = writeln!(out, ",\"line\":{},\"column\":{}}}", spawned.line, spawned.column);
}

fn put_decision(out: &mut String, choice: &Choice) {
    let Choice { stream, seq, entry, moment } = choice;
    let _ = write!(out, "{{\"decision\":{},\"stream\":\"{:016x}\",\"seq\":{seq}", entry.kind as u8, stream.0);
    for (key, value) in [("of", entry.n), ("value", entry.value), ("step", moment.step)] {
        let _ = write!(out, ",\"{key}\":{value}");
    }
    out.push_str(",\"event\":");
    put_number(out, moment.event.into());
    let _ = writeln!(out, ",\"by\":{}}}", moment.task);
}

/// What the head says of the lines that follow.
#[derive(Default)]
struct Head {
    record: Record,
    first: u32,
    nodes: u32,
    tasks: u32,
    marks: u32,
    decisions: u32,
    events: u32,
}

fn head(text: &str, recording: &mut Recording) -> Result<Head, Slip> {
    let (mut format, mut version, mut record, mut tail) = (String::new(), None, String::new(), None);
    let mut head = Head::default();
    let mut scan = Scan::new(text);
    let read = scan.object(|key, scan| {
        match key {
            "format" => format = scan.text()?.into_owned(),
            "version" => {
                let number = scan.number()?;
                version = Some(number);
                // What a later version says of the rest is not known here.
                known_version(number)?;
            }
            "reenact" => recording.version = scan.text()?.into_owned(),
            "test" => recording.test = scan.text()?.into_owned(),
            "seed" => recording.seed = hexadecimal(scan)?,
            "digest" => recording.digest = hexadecimal(scan)?,
            "config" => recording.config = hexadecimal(scan)?,
            "token" => recording.token = scan.text()?.into_owned(),
            "failure" if scan.null() => {}
            "failure" => recording.failure = Some(scan.text()?.into_owned()),
            "record" => record = scan.text()?.into_owned(),
            "tail" => tail = Some(scan.number()?),
            "first" => head.first = scan.small()?,
            "nodes" => head.nodes = scan.small()?,
            "tasks" => head.tasks = scan.small()?,
            "marks" => head.marks = scan.small()?,
            "decisions" => head.decisions = scan.small()?,
            "events" => head.events = scan.small()?,
            _ => scan.skip()?,
        }
        Ok(())
    });
    if format != "reenact-trace" {
        return Err(
            "this is no trace of reenact: such a file begins with {\"format\":\"reenact-trace\"".to_owned()
        );
    }
    read?;
    scan.end()?;
    known_version(version.ok_or("the version of the format is missing")?)?;
    head.record = match (record.as_str(), tail) {
        ("all", _) => Record::All,
        ("digest", _) => Record::Digest,
        ("tail", Some(n)) => Record::Tail(usize::try_from(n).map_err(|error| error.to_string())?),
        _ => return Err(format!("{} is no way to record", quoted(&record))),
    };
    if head.first.checked_add(head.events).is_none() {
        return Err("its events have numbers of more than 32 bits".to_owned());
    }
    Ok(head)
}

fn known_version(version: u64) -> Result<(), Slip> {
    if version == VERSION {
        return Ok(());
    }
    Err(format!(
        "it is of version {version} of the format, and this reenact reads version {VERSION}: update it"
    ))
}

fn hexadecimal(scan: &mut Scan<'_>) -> Result<u64, Slip> {
    let text = scan.text()?;
    let is_hex = text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u64::from_str_radix(&text, 16).ok().filter(|_| is_hex);
    number.ok_or_else(|| format!("{} is no hexadecimal number of 64 bits", quoted(&text)))
}

fn node(text: &str) -> Result<NodeInfo, Slip> {
    let mut name: Option<Arc<str>> = None;
    fields(text, |key, scan| match key {
        "node" => scan.text().map(|text| name = Some(text.into())),
        _ => scan.skip(),
    })?;
    Ok(NodeInfo { name: name.ok_or("it has no field `node`")? })
}

fn task(text: &str) -> Result<TaskInfo, Slip> {
    let (mut is_one, mut name, mut node, mut ordinal, mut path) = (false, None, None, None, 0);
    let (mut file, mut line, mut column) = (String::new(), 0, 0);
    fields(text, |key, scan| {
        match key {
            "task" => {
                is_one = true;
                name = if scan.null() { None } else { Some(Arc::from(&*scan.text()?)) };
            }
            "node" => node = Some(scan.small()?),
            "ordinal" => ordinal = Some(scan.small()?),
            "path" => path = hexadecimal(scan)?,
            "file" => file = scan.text()?.into_owned(),
            "line" => line = scan.small()?,
            "column" => column = scan.small()?,
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    match (is_one, node, ordinal) {
        (true, Some(node), Some(ordinal)) => {
            let spawned = Place { file: file.into(), line, column };
            Ok(TaskInfo { node: NodeId(node), name, ordinal, path, spawned })
        }
        _ => Err("it needs the fields `task`, `node` and `ordinal`".to_owned()),
    }
}

fn mark(text: &str) -> Result<(Arc<str>, String), Slip> {
    let (mut name, mut value) = (None, String::new());
    fields(text, |key, scan| {
        match key {
            "mark" => name = Some(Arc::from(&*scan.text()?)),
            "value" => value = scan.text()?.into_owned(),
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    Ok((name.ok_or("it has no field `mark`")?, value))
}

fn decision(text: &str) -> Result<Choice, Slip> {
    let (mut kind, mut stream, mut seq) = (None, 0, 0);
    let (mut n, mut value, mut moment) = (0, 0, Moment::default());
    fields(text, |key, scan| {
        match key {
            "decision" => kind = Some(scan.small()?),
            "stream" => stream = hexadecimal(scan)?,
            "seq" => seq = scan.small()?,
            "of" => n = scan.number()?,
            "value" => value = scan.number()?,
            "step" => moment.step = scan.number()?,
            "event" => moment.event = scan.small()?,
            "by" => moment.task = scan.small()?,
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    let code = kind.ok_or("it has no field `decision`")?;
    let kind = u8::try_from(code).ok().and_then(Kind::from_code);
    let kind = kind.ok_or_else(|| format!("{code} is no kind of decision that this version knows"))?;
    Ok(Choice { stream: StreamId(stream), seq, entry: Entry { kind, n, value }, moment })
}

fn fields<'a>(text: &'a str, field: impl FnMut(&str, &mut Scan<'a>) -> Result<(), Slip>) -> Result<(), Slip> {
    let mut scan = Scan::new(text);
    scan.object(field)?;
    scan.end()
}

/// The lines of a file, counted.
struct Lines<R> {
    from: R,
    number: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line, which is to be read as `what`.
    fn next<T>(&mut self, what: &str, read: impl FnOnce(&str) -> Result<T, Slip>) -> Result<T, ReadError> {
        self.number += 1;
        if !self.fill()? {
            return Err(self
                .wrong(format!("the file ends where {what} is expected: it was cut off, so make it again")));
        }
        if self.line.pop() != Some(b'\n') {
            let long = "the line is longer than any of a trace";
            let cut = "the file ends in the middle of this line: it was cut off, so make it again";
            let why = if self.line.len() as u64 >= LONGEST - 1 { long } else { cut };
            return Err(self.wrong(why.to_owned()));
        }
        let text =
            str::from_utf8(&self.line).map_err(|error| self.wrong(format!("it is no UTF-8: {error}")))?;
        read(text).map_err(|slip| self.wrong(if self.number == 1 { slip } else { format!("{what}: {slip}") }))
    }

    /// That there are no more lines.
    fn end(&mut self) -> Result<(), ReadError> {
        self.number += 1;
        match self.fill()? {
            true => Err(self.wrong("there are more lines than the head has promised".to_owned())),
            false => Ok(()),
        }
    }

    /// Whether there is another line.
    fn fill(&mut self) -> Result<bool, ReadError> {
        self.line.clear();
        let read = self.from.by_ref().take(LONGEST).read_until(b'\n', &mut self.line);
        read.map(|bytes| bytes > 0).map_err(|error| self.wrong(format!("it cannot be read: {error}")))
    }

    fn wrong(&self, what: String) -> ReadError {
        ReadError { line: self.number, what }
    }
}
