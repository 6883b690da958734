//! An event as a line of a file, and back.
//!
//! Pure, and the one place that knows the fields of each kind. They are described in
//! `docs/trace-format.md`.

use super::scan::{Scan, Slip, quoted};
use crate::json::put_text;
use reenact_clock::Instant;
use reenact_sim::{Event, Line, LossReason, Message, NodeId, PacketKind, Transport};
use std::{borrow::Cow, fmt::Write as _, io::ErrorKind, net::SocketAddr};

const PACKETS: [(PacketKind, &str); 9] = [
    (PacketKind::Datagram, "datagram"),
    (PacketKind::Syn, "syn"),
    (PacketKind::SynAck, "syn-ack"),
    (PacketKind::Ack, "ack"),
    (PacketKind::Data, "data"),
    (PacketKind::Fin, "fin"),
    (PacketKind::Rst, "rst"),
    (PacketKind::Window, "window"),
    (PacketKind::Unreachable, "unreachable"),
];

const LOSSES: [(LossReason, &str); 9] = [
    (LossReason::Link, "link"),
    (LossReason::Partition, "partition"),
    (LossReason::Down, "down"),
    (LossReason::NoSocket, "no-socket"),
    (LossReason::Full, "full"),
    (LossReason::Backlog, "backlog"),
    (LossReason::Corrupt, "corrupt"),
    (LossReason::Queue, "queue"),
    (LossReason::Rule, "rule"),
];

/// Why connections break. What is not here is written as `other`.
const BREAKAGES: [(ErrorKind, &str); 12] = [
    (ErrorKind::ConnectionRefused, "refused"),
    (ErrorKind::ConnectionReset, "reset"),
    (ErrorKind::ConnectionAborted, "aborted"),
    (ErrorKind::BrokenPipe, "broken-pipe"),
    (ErrorKind::TimedOut, "timed-out"),
    (ErrorKind::HostUnreachable, "host-unreachable"),
    (ErrorKind::NetworkUnreachable, "network-unreachable"),
    (ErrorKind::NetworkDown, "network-down"),
    (ErrorKind::NotConnected, "not-connected"),
    (ErrorKind::UnexpectedEof, "unexpected-eof"),
    (ErrorKind::Interrupted, "interrupted"),
    (ErrorKind::Other, "other"),
];

const TRANSPORTS: [(Transport, &str); 2] = [(Transport::Udp, "udp"), (Transport::Tcp, "tcp")];

fn word<T: PartialEq>(words: &[(T, &'static str)], value: &T) -> &'static str {
    words.iter().find(|(known, _)| known == value).map_or("other", |(_, word)| word)
}

fn meant<T: Copy>(words: &[(T, &str)], word: &str, what: &str) -> Result<T, Slip> {
    let found = words.iter().find(|(_, known)| *known == word);
    found.map(|(value, _)| *value).ok_or_else(|| format!("{} is no {what}", quoted(word)))
}

/// Appends a line without its end.
pub(super) fn put(out: &mut String, line: &Line) {
    out.push_str("{\"t\":");
    put_number(out, line.at.as_nanos());
    field(out, "n", line.node.0);
    if line.task != Line::NO_TASK {
        field(out, "by", line.task);
    }
    if line.cause != Line::NO_CAUSE {
        field(out, "cause", line.cause);
    }
    out.push_str(",\"k\":\"");
    put_event(out, &line.event);
    out.push('}');
}

/// The word for the event, and its fields.
fn put_event(out: &mut String, event: &Event) {
    let mut plain = |word: &str| {
        out.push_str(word);
        out.push('"');
    };
    match *event {
        Event::Poll => plain("poll"),
        Event::Abandon => plain("abandon"),
        Event::Finish => plain("finish"),
        Event::Cancel => plain("cancel"),
        Event::Panic => plain("panic"),
        Event::Callback => plain("callback"),
        Event::Stop => plain("stop"),
        Event::Kill => plain("kill"),
        Event::Crash => plain("crash"),
        Event::Pause => plain("pause"),
        Event::Resume => plain("resume"),
        Event::DataLost => plain("data-lost"),
        Event::End => plain("end"),
        Event::Spawn(task) => with(out, "spawn", "task", task),
        Event::Wake(task) => with(out, "wake", "task", task),
        Event::TimerSet(due) => with(out, "timer-set", "due", due.as_nanos()),
        Event::TimerFire(due) => with(out, "timer-fired", "due", due.as_nanos()),
        Event::CallbackSet(due) => with(out, "callback-set", "due", due.as_nanos()),
        Event::Start(life) => with(out, "start", "life", life),
        Event::Connected(connection) => with(out, "connected", "conn", connection),
        Event::Accept(connection) => with(out, "accept", "conn", connection),
        Event::Touch(key) => with(out, "touch", "key", key),
        Event::Mark(index) => with(out, "mark", "mark", index),
        Event::Log(index) => with(out, "log", "mark", index),
        Event::Bind(transport, address) => {
            let _ = write!(out, "bind\",\"over\":\"{}\"", word(&TRANSPORTS, &transport));
            put_address(out, address);
        }
        Event::Connect(connection, address) => {
            with(out, "connect", "conn", connection);
            put_address(out, address);
        }
        Event::Broken(connection, why) => {
            let _ = write!(out, "broken\",\"conn\":{connection},\"why\":\"{}\"", word(&BREAKAGES, &why));
        }
        Event::Clock(ahead, ppm) => {
            with(out, "clock", if ahead < 0 { "behind" } else { "ahead" }, ahead.unsigned_abs());
            field(out, if ppm < 0 { "slow" } else { "fast" }, ppm.unsigned_abs());
        }
        Event::Cut(one, other) => put_ends(out, "cut", one, other),
        Event::Mend(one, other) => put_ends(out, "mend", one, other),
        Event::CutOneWay(from, to) => put_ends(out, "cut-one-way", from, to),
        Event::Slow(from, to) => put_ends(out, "slow", from, to),
        Event::Jam(from, to) => put_ends(out, "jam", from, to),
        Event::MendOneWay(from, to) => put_ends(out, "mend-one-way", from, to),
        Event::Held(message) => put_message(out, "held", &message),
        Event::Send(message) => put_message(out, "send", &message),
        Event::Deliver(message) => put_message(out, "recv", &message),
        Event::Lost(message, why) => {
            put_message(out, "lost", &message);
            let _ = write!(out, ",\"why\":\"{}\"", word(&LOSSES, &why));
        }
        Event::Retransmit(message, again) => {
            put_message(out, "resend", &message);
            field(out, "due", again.as_nanos());
        }
        // An event that is newer than this file.
        other => {
            out.push_str("unknown\",\"words\":");
            put_text(out, &format!("{other:?}"));
        }
    }
}

fn put_ends(out: &mut String, word: &str, one: NodeId, other: NodeId) {
    let _ = write!(out, "{word}\",\"ends\":[{},{}]", one.0, other.0);
}

fn with(out: &mut String, word: &str, key: &str, value: impl Into<u64>) {
    out.push_str(word);
    out.push('"');
    field(out, key, value);
}

fn put_address(out: &mut String, address: SocketAddr) {
    let _ = write!(out, ",\"addr\":\"{address}\"");
    if let SocketAddr::V6(address) = address
        && address.flowinfo() != 0
    {
        // Its text does not tell it.
        field(out, "flow", address.flowinfo());
    }
}

fn put_message(out: &mut String, word: &str, message: &Message) {
    out.push_str(word);
    out.push_str("\",\"m\":[");
    for number in [message.from.0, message.to.0, message.ordinal] {
        put_number(out, number.into());
        out.push(',');
    }
    match message.connection {
        u32::MAX => out.push_str("null"),
        connection => put_number(out, connection.into()),
    }
    out.push_str(",\"");
    out.push_str(self::word(&PACKETS, &message.kind));
    out.push_str("\",");
    put_number(out, message.len.into());
    out.push(',');
    put_number(out, message.hash.into());
    out.push(']');
}

fn field(out: &mut String, key: &str, value: impl Into<u64>) {
    out.push_str(",\"");
    out.push_str(key);
    out.push_str("\":");
    put_number(out, value.into());
}

/// Decimal digits, without the machinery of formatting.
pub(super) fn put_number(out: &mut String, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// The fields of a line that its kind may need.
#[derive(Default)]
struct Fields {
    at: Option<u64>,
    node: Option<u32>,
    by: Option<u32>,
    cause: Option<u32>,
    /// `task`, `life`, `mark`: what the kind is about.
    what: Option<u32>,
    connection: Option<u32>,
    due: Option<u64>,
    key: Option<u64>,
    address: Option<SocketAddr>,
    message: Option<Message>,
    ends: Option<(u32, u32)>,
    /// Nanoseconds ahead, and millionths too fast.
    clock: (i64, i32),
}

/// Reads a line.
pub(super) fn read(text: &str) -> Result<Line, Slip> {
    let mut fields = Fields::default();
    let [mut kind, mut why, mut over] = [const { Cow::Borrowed("") }; 3];
    let mut flow = 0;
    let mut scan = Scan::new(text);
    scan.object(|key, scan| {
        match key {
            "t" => fields.at = Some(scan.number()?),
            "n" => fields.node = Some(scan.small()?),
            "by" => fields.by = Some(scan.small()?),
            "cause" => fields.cause = Some(scan.small()?),
            "k" => kind = scan.text()?,
            "task" | "life" | "mark" => fields.what = Some(scan.small()?),
            "conn" => fields.connection = Some(scan.small()?),
            "due" => fields.due = Some(scan.number()?),
            "key" => fields.key = Some(scan.number()?),
            "why" => why = scan.text()?,
            "over" => over = scan.text()?,
            "addr" => fields.address = Some(address(&scan.text()?)?),
            "flow" => flow = scan.small()?,
            "ends" => fields.ends = Some(ends(scan)?),
            "ahead" => fields.clock.0 = signed(scan.number()?, 1)?,
            "behind" => fields.clock.0 = signed(scan.number()?, -1)?,
            "fast" => fields.clock.1 = signed(scan.small()?.into(), 1)?,
            "slow" => fields.clock.1 = signed(scan.small()?.into(), -1)?,
            "m" => fields.message = Some(message(scan)?),
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    scan.end()?;
    if let Some(SocketAddr::V6(address)) = &mut fields.address {
        address.set_flowinfo(flow);
    }
    let event = fields.event(&kind, &why, &over)?;
    Ok(Line {
        at: Instant::from_nanos(fields.at.ok_or("the time `t` is missing")?),
        node: NodeId(fields.node.ok_or("the node `n` is missing")?),
        task: fields.by.unwrap_or(Line::NO_TASK),
        cause: fields.cause.unwrap_or(Line::NO_CAUSE),
        event,
    })
}

impl Fields {
    fn event(&self, kind: &str, why: &str, over: &str) -> Result<Event, Slip> {
        let missing = |field: &str| format!("`{kind}` needs the field `{field}`");
        let what = |field| self.what.ok_or_else(|| missing(field));
        let connection = || self.connection.ok_or_else(|| missing("conn"));
        let due = || self.due.map(Instant::from_nanos).ok_or_else(|| missing("due"));
        let address = || self.address.ok_or_else(|| missing("addr"));
        let message = || self.message.ok_or_else(|| missing("m"));
        let ends =
            || self.ends.map(|(one, other)| (NodeId(one), NodeId(other))).ok_or_else(|| missing("ends"));
        Ok(match kind {
            "poll" => Event::Poll,
            "abandon" => Event::Abandon,
            "finish" => Event::Finish,
            "cancel" => Event::Cancel,
            "panic" => Event::Panic,
            "callback" => Event::Callback,
            "stop" => Event::Stop,
            "kill" => Event::Kill,
            "crash" => Event::Crash,
            "pause" => Event::Pause,
            "resume" => Event::Resume,
            "data-lost" => Event::DataLost,
            "clock" => Event::Clock(self.clock.0, self.clock.1),
            "end" => Event::End,
            "spawn" => Event::Spawn(what("task")?),
            "wake" => Event::Wake(what("task")?),
            "timer-set" => Event::TimerSet(due()?),
            "timer-fired" => Event::TimerFire(due()?),
            "callback-set" => Event::CallbackSet(due()?),
            "start" => Event::Start(what("life")?),
            "bind" => Event::Bind(meant(&TRANSPORTS, over, "transport")?, address()?),
            "connect" => Event::Connect(connection()?, address()?),
            "connected" => Event::Connected(connection()?),
            "accept" => Event::Accept(connection()?),
            "broken" => Event::Broken(connection()?, meant(&BREAKAGES, why, "reason to break")?),
            "cut" => ends().map(|(one, other)| Event::Cut(one, other))?,
            "mend" => ends().map(|(one, other)| Event::Mend(one, other))?,
            "cut-one-way" => ends().map(|(from, to)| Event::CutOneWay(from, to))?,
            "slow" => ends().map(|(from, to)| Event::Slow(from, to))?,
            "jam" => ends().map(|(from, to)| Event::Jam(from, to))?,
            "mend-one-way" => ends().map(|(from, to)| Event::MendOneWay(from, to))?,
            "held" => Event::Held(message()?),
            "mark" => Event::Mark(what("mark")?),
            "log" => Event::Log(what("mark")?),
            "touch" => Event::Touch(self.key.ok_or_else(|| missing("key"))?),
            "send" => Event::Send(message()?),
            "recv" => Event::Deliver(message()?),
            "lost" => Event::Lost(message()?, meant(&LOSSES, why, "reason to be lost")?),
            "resend" => Event::Retransmit(message()?, due()?),
            "" => return Err("the kind `k` is missing".to_owned()),
            other => return Err(format!("{} is no kind of event that this version knows", quoted(other))),
        })
    }
}

/// A number with a sign, which is in the name of its field.
fn signed<T: TryFrom<i128>>(number: u64, sign: i128) -> Result<T, Slip> {
    T::try_from(i128::from(number) * sign).map_err(|_| format!("{number} is too large"))
}

fn address(text: &str) -> Result<SocketAddr, Slip> {
    text.parse().map_err(|_| format!("{} is no address", quoted(text)))
}

fn ends(scan: &mut Scan<'_>) -> Result<(u32, u32), Slip> {
    let mut ends = [None; 2];
    scan.list(|place, scan| match ends.get_mut(place) {
        Some(end) => scan.small().map(|node| *end = Some(node)),
        None => Err("more than two ends".to_owned()),
    })?;
    match ends {
        [Some(one), Some(other)] => Ok((one, other)),
        _ => Err("fewer than two ends".to_owned()),
    }
}

fn message(scan: &mut Scan<'_>) -> Result<Message, Slip> {
    let mut message = Message {
        from: NodeId(0),
        to: NodeId(0),
        ordinal: 0,
        connection: u32::MAX,
        kind: PacketKind::Datagram,
        len: 0,
        hash: 0,
    };
    let mut count = 0;
    scan.list(|place, scan| {
        count = place + 1;
        match place {
            0 => message.from = NodeId(scan.small()?),
            1 => message.to = NodeId(scan.small()?),
            2 => message.ordinal = scan.small()?,
            3 if scan.null() => {}
            3 => message.connection = scan.small()?,
            4 => message.kind = meant(&PACKETS, &scan.text()?, "kind of packet")?,
            5 => message.len = scan.small()?,
            6 => message.hash = scan.small()?,
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    if count < 7 { Err(format!("a packet has 7 fields, not {count}")) } else { Ok(message) }
}
