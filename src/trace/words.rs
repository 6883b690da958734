//! One event in words.
//!
//! Pure, and the one place where events get their words: a verb first, then what it was done to.
//! Who did it, where and when are columns of their own, put beside the words elsewhere.

use super::{ids::Ids, names::Names, printable::printable};
use reenact_clock::Instant;
use reenact_sim::{Event, Line, LossReason, Message, NodeId, PacketKind, Transport};
use std::io::ErrorKind;

/// What a line says happened; never empty, always printable, without blanks at its ends.
pub(super) fn words(line: &Line, names: &Names<'_>, ids: &mut Ids) -> String {
    let here = line.node;
    match line.event {
        Event::Spawn(task) => format!("spawn {}", names.task(task, here)),
        Event::Wake(task) => format!("wake {}", names.task(task, here)),
        Event::Poll => "poll".to_owned(),
        Event::Finish => "finish".to_owned(),
        Event::Cancel => "cancel".to_owned(),
        Event::Panic => "panic".to_owned(),
        Event::TimerSet(due) => format!("timer set {}", span(line.at, due)),
        Event::TimerFire(due) if due < line.at => format!("timer fired {} late", between(due, line.at)),
        Event::TimerFire(_) => "timer fired".to_owned(),
        Event::CallbackSet(due) => format!("callback set {}", span(line.at, due)),
        Event::Callback => "callback".to_owned(),
        Event::Start(0) => "start".to_owned(),
        Event::Start(life) => format!("start (life {})", u64::from(life) + 1),
        Event::Stop => "stop".to_owned(),
        Event::Kill => "kill".to_owned(),
        Event::Crash => "crash".to_owned(),
        Event::Pause => "pause".to_owned(),
        Event::Resume => "resume".to_owned(),
        Event::DataLost => "data lost".to_owned(),
        Event::Clock(ahead, ppm) => clock(ahead, ppm),
        Event::Cut(one, other) => format!("cut {} <-> {}", names.node(one), names.node(other)),
        Event::Mend(one, other) => format!("mend {} <-> {}", names.node(one), names.node(other)),
        Event::CutOneWay(from, to) => format!("cut {} -> {}", names.node(from), names.node(to)),
        Event::Slow(from, to) => format!("slow {} -> {}", names.node(from), names.node(to)),
        Event::Jam(from, to) => format!("jam {} -> {}", names.node(from), names.node(to)),
        Event::MendOneWay(from, to) => format!("mend {} -> {}", names.node(from), names.node(to)),
        Event::Mark(index) => mark(names, index),
        Event::Log(index) => log(names, index),
        Event::Touch(key) => format!("touch #{:08x}", key as u32),
        Event::Abandon => "abandon".to_owned(),
        Event::End => "end".to_owned(),
        Event::Bind(..) | Event::Connect(..) | Event::Connected(_) | Event::Accept(_) | Event::Broken(..) => {
            socket(line, names, ids)
        }
        Event::Send(_) | Event::Deliver(_) | Event::Lost(..) | Event::Retransmit(..) | Event::Held(_) => {
            packet(line, names, ids)
        }
        // An event that is newer than these words.
        other => printable(&format!("{other:?}")),
    }
}

/// What such events are called, one word each: for filters.
pub(super) fn kind(event: &Event) -> String {
    let name = match event {
        Event::Deliver(_) => "recv",
        Event::Retransmit(..) => "resend",
        Event::TimerSet(_) => "timer-set",
        Event::TimerFire(_) => "timer-fired",
        Event::CallbackSet(_) => "callback-set",
        Event::CutOneWay(..) => "cut-one-way",
        Event::MendOneWay(..) => "mend-one-way",
        // The others are called what they are in code.
        other => {
            let debug = format!("{other:?}");
            return debug.split(['(', ' ']).next().unwrap_or_default().to_lowercase();
        }
    };
    name.to_owned()
}

/// The packet that an event is about.
pub(super) fn message_of(event: &Event) -> Option<&Message> {
    match event {
        Event::Send(message)
        | Event::Deliver(message)
        | Event::Lost(message, _)
        | Event::Retransmit(message, _)
        | Event::Held(message) => Some(message),
        _ => None,
    }
}

/// How a clock is wrong.
fn clock(ahead: i64, ppm: i32) -> String {
    let apart = Instant::from_nanos(ahead.unsigned_abs());
    let ahead = match ahead {
        0 => "clock right".to_owned(),
        1.. => format!("clock {apart} ahead"),
        _ => format!("clock {apart} behind"),
    };
    if ppm == 0 { ahead } else { format!("{ahead}, {ppm:+} ppm") }
}

fn mark(names: &Names<'_>, index: u32) -> String {
    match names.trace().marks.get(index as usize) {
        Some((name, value)) if value.is_empty() => format!("mark {}", printable(name)),
        Some((name, value)) => format!("mark {} = {}", printable(name), printable(value)),
        None => format!("mark ?{index}"),
    }
}

fn log(names: &Names<'_>, index: u32) -> String {
    match names.trace().marks.get(index as usize) {
        Some((name, text)) => format!("log {}: {}", printable(name), printable(text)),
        None => format!("log ?{index}"),
    }
}

fn socket(line: &Line, names: &Names<'_>, ids: &mut Ids) -> String {
    let mut with_peer = |verb: &str, connection: u32, preposition: &str| {
        let peer = names.peer(connection, line.node);
        let peer = peer.map_or_else(String::new, |peer| format!(" {preposition} {peer}"));
        format!("{verb} {}{peer}", ids.connection(connection, names.ends(connection, line.node)))
    };
    match line.event {
        Event::Bind(Transport::Udp, address) => format!("bind udp {address}"),
        Event::Bind(Transport::Tcp, address) => format!("bind tcp {address}"),
        Event::Connect(connection, address) => {
            let address = names.address(address, names.peer(connection, line.node).as_deref());
            format!("{} at {address}", with_peer("connect", connection, "to"))
        }
        Event::Connected(connection) => with_peer("connected", connection, "to"),
        Event::Accept(connection) => with_peer("accept", connection, "from"),
        Event::Broken(connection, why) => {
            format!("{} ({})", with_peer("broken", connection, "with"), breakage(why))
        }
        _ => String::new(),
    }
}

fn packet(line: &Line, names: &Names<'_>, ids: &mut Ids) -> String {
    match line.event {
        Event::Send(message) => {
            let (what, way) = (describe(&message, names, ids), outward(&message, line.node, names));
            format!("send {what}{} {way}", hash(&message))
        }
        Event::Deliver(message) => {
            let (what, way) = (describe(&message, names, ids), inward(&message, line.node, names));
            format!("recv {what}{} {way}", hash(&message))
        }
        Event::Lost(message, why) => {
            let (what, way) = (describe(&message, names, ids), outward(&message, line.node, names));
            format!("lost {what} {way} ({})", loss(why))
        }
        Event::Held(message) => {
            let (what, way) = (describe(&message, names, ids), outward(&message, line.node, names));
            format!("held {what} {way}")
        }
        Event::Retransmit(message, again) => {
            let (what, way) = (describe(&message, names, ids), outward(&message, line.node, names));
            if again <= line.at {
                format!("resend {what} {way}")
            } else {
                format!("lost {what} {way} (resend {})", span(line.at, again))
            }
        }
        _ => String::new(),
    }
}

/// A packet: number, kind, connection where it is not clear, length where there are bytes.
pub(super) fn describe(message: &Message, names: &Names<'_>, ids: &mut Ids) -> String {
    let mut text = format!("{} {}", ids.message(message), kind_in_words(message.kind));
    if names.is_ambiguous(message) {
        text += &format!(" {}", ids.connection(message.connection, (message.from, message.to)));
    }
    if message.len > 0 || has_payload(message) {
        text += &format!(" {} B", message.len);
    }
    text
}

/// Four digits to tell payloads apart by.
pub(super) fn hash(message: &Message) -> String {
    if message.len == 0 || !has_payload(message) {
        return String::new();
    }
    format!(" #{:04x}", message.hash & 0xffff)
}

fn has_payload(message: &Message) -> bool {
    matches!(message.kind, PacketKind::Datagram | PacketKind::Data)
}

fn outward(message: &Message, here: NodeId, names: &Names<'_>) -> String {
    if message.from == here {
        format!("-> {}", names.node(message.to))
    } else if message.to == here {
        format!("<- {}", names.node(message.from))
    } else {
        elsewhere(message, names)
    }
}

fn inward(message: &Message, here: NodeId, names: &Names<'_>) -> String {
    if message.to == here { format!("<- {}", names.node(message.from)) } else { elsewhere(message, names) }
}

fn elsewhere(message: &Message, names: &Names<'_>) -> String {
    format!("{} -> {}", names.node(message.from), names.node(message.to))
}

pub(super) fn kind_in_words(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Datagram => "datagram",
        PacketKind::Syn => "syn",
        PacketKind::SynAck => "syn-ack",
        PacketKind::Ack => "ack",
        PacketKind::Data => "data",
        PacketKind::Fin => "fin",
        PacketKind::Rst => "rst",
        PacketKind::Window => "window",
        PacketKind::Unreachable => "unreachable",
    }
}

pub(super) fn loss(why: LossReason) -> &'static str {
    match why {
        LossReason::Link => "link",
        LossReason::Partition => "partition",
        LossReason::Down => "node down",
        LossReason::NoSocket => "no socket",
        LossReason::Full => "inbox full",
        LossReason::Backlog => "backlog full",
        LossReason::Corrupt => "corrupted",
        LossReason::Queue => "queue full",
        LossReason::Rule => "rule",
    }
}

/// Why a connection broke; the words of the standard library may change, so these are our own.
fn breakage(why: ErrorKind) -> String {
    let words = match why {
        ErrorKind::ConnectionRefused => "refused",
        ErrorKind::ConnectionReset => "reset",
        ErrorKind::ConnectionAborted => "aborted",
        ErrorKind::BrokenPipe => "broken pipe",
        ErrorKind::TimedOut => "timed out",
        ErrorKind::HostUnreachable => "host unreachable",
        ErrorKind::NetworkUnreachable => "network unreachable",
        other => return format!("{other:?}"),
    };
    words.to_owned()
}

/// How long until something is due.
fn span(now: Instant, due: Instant) -> String {
    if due == Instant::MAX { "never".to_owned() } else { format!("+{}", between(now, due)) }
}

/// A span, written like a time.
fn between(from: Instant, to: Instant) -> Instant {
    Instant::ZERO + to.duration_since(from)
}
