//! One decision of a run in words: who decided, and what came of it.
//!
//! Pure. A decision names a stream by a hash; the trace of the same run tells whose stream that is, by
//! the event that was written down last when the decision was taken: a packet's sending, a task's wake.
//! Which decisions mattered is not known here.

use super::{
    level::Level,
    names::Names,
    printable::printable,
    words::{kind_in_words, words},
};
use crate::{faults, trace::ids::Ids};
use reenact_clock::Instant;
use reenact_sim::{Choice, Entry, Event, Kind, Line, Message, NodeId, Trace};
use std::time::Duration;

/// A decision in words, in two parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Told {
    /// Whose decision it was: `client-1/#2 wake 3`, `server>client-0 datagram 4`.
    pub(crate) who: String,
    /// What was decided, and what that led to: `runs after client-0/main, which became ready later`.
    pub(crate) what: String,
}

/// Tells the decisions of the run that a trace is of.
pub(crate) struct Teller<'a> {
    trace: &'a Trace,
    names: Names<'a>,
}

impl<'a> Teller<'a> {
    pub(crate) fn of(trace: &'a Trace) -> Self {
        Teller { trace, names: Names::of(trace) }
    }
}

impl Teller<'_> {
    pub(crate) fn told(&self, choice: &Choice) -> Told {
        let Choice { seq, entry, moment, .. } = *choice;
        let Entry { kind, n, value } = entry;
        let packet = self.packet(moment.event);
        let actor = || self.actor(moment.task);
        if let Some((who, what)) = faults::told(choice, self.trace) {
            return Told { who, what };
        }
        match (kind, packet) {
            (Kind::Schedule, _) => self.schedule(choice),
            (Kind::Latency, Some((message, line))) => self.latency(moment.event, message, line),
            (_, Some((message, _))) if kind == Kind::Loss => {
                Told { who: self.flow(&message), what: "is lost".to_owned() }
            }
            (_, Some((message, _))) if kind == Kind::Duplicate => {
                Told { who: self.flow(&message), what: "arrives twice".to_owned() }
            }
            (Kind::Corrupt, Some((message, _))) if n == 2 => {
                Told { who: self.flow(&message), what: "is corrupted".to_owned() }
            }
            (Kind::Corrupt, Some((message, _))) => {
                Told { who: self.flow(&message), what: format!("has bit {value} changed") }
            }
            (Kind::Corrupt, None) => Told { who: "a packet".to_owned(), what: "is corrupted".to_owned() },
            (Kind::Latency, None) => {
                Told { who: "a packet".to_owned(), what: format!("is late by {}", lateness(value)) }
            }
            (Kind::Loss | Kind::Duplicate, None) => {
                let what = if kind == Kind::Loss { "is lost" } else { "arrives twice" };
                Told { who: "a packet".to_owned(), what: what.to_owned() }
            }
            (Kind::Select, _) => Told {
                who: format!("{} select {}", actor(), seq + 1),
                what: format!("looks at branch {} of {n} first", value + 1),
            },
            (Kind::Buggify, _) => {
                Told { who: format!("{} buggify {}", actor(), seq + 1), what: "misbehaves".to_owned() }
            }
            (Kind::Cancel, _) => Told {
                who: format!("{} cancellable poll {}", actor(), seq + 1),
                what: "is cancelled".to_owned(),
            },
            (Kind::Late, _) => Told {
                who: format!("{} timer {}", actor(), seq + 1),
                what: format!("fires late by {value} ms"),
            },
            (Kind::Keep, _) => Told { who: format!("{} list", actor()), what: format!("has element {seq}") },
            (Kind::User, _) if n == 2 => {
                Told { who: format!("{} draw {}", actor(), seq + 1), what: "says yes".to_owned() }
            }
            (Kind::User, _) if n == 0 => {
                Told { who: format!("{} draw {}", actor(), seq + 1), what: format!("gives bits {value:#x}") }
            }
            _ => Told {
                who: format!("{} draw {}", actor(), seq + 1),
                what: format!("gives {value} of 0..{n}"),
            },
        }
    }

    /// A task was ready, and others that became ready later ran before it.
    fn schedule(&self, choice: &Choice) -> Told {
        let (moment, value) = (choice.moment, choice.entry.value);
        let who = format!("{} wake {}", self.actor(moment.task), choice.seq + 1);
        let after =
            (moment.event.wrapping_add(1)..).map_while(|number| Some((number, self.trace.get(number)?)));
        let mut last = None;
        let mut ran = false;
        for (_, line) in after.filter(|(_, line)| line.event == Event::Poll) {
            if line.task == moment.task {
                ran = true;
                break;
            }
            // What became ready before was no overtaking.
            if line.cause != Line::NO_CAUSE && line.cause > moment.event {
                last = Some(line.task);
            }
        }
        let others = if value == 1 { "1 task".to_owned() } else { format!("{value} tasks") };
        let what = match (ran, last) {
            (true, Some(task)) => format!("runs only after {} ({others} overtake it)", self.actor(task)),
            (true, None) => format!("runs late ({others} overtake it)"),
            (false, _) => format!("never runs ({others} overtake it)"),
        };
        Told { who, what }
    }

    /// A packet arrived late: after what, on its host.
    fn latency(&self, sent: u32, message: Message, line: &Line) -> Told {
        let who = self.flow(&message);
        let arrival = (sent.wrapping_add(1)..)
            .map_while(|number| Some((number, self.trace.get(number)?)))
            .find(|(_, line)| self.is_end_of(line, &message));
        let Some((number, end)) = arrival else {
            return Told { who, what: "does not arrive before the end".to_owned() };
        };
        let took = Instant::ZERO + end.at.duration_since(line.at);
        let before = self.before(sent, number, message.to);
        let after = before.map_or_else(String::new, |words| format!(", after: {words}"));
        Told { who, what: format!("takes {took}{after}") }
    }

    /// What happened last on a node between two events, that somebody would call an event.
    fn before(&self, from: u32, to: u32, node: NodeId) -> Option<String> {
        let mut between = (from + 1..to).rev().filter_map(|number| self.trace.get(number));
        let line = between.find(|line| line.node == node && Level::of(&line.event) <= Level::Task)?;
        Some(match line.event {
            Event::Deliver(message) => format!("{} came", self.flow(&message)),
            Event::Send(message) => format!("{} was sent", self.flow(&message)),
            _ => {
                let actor = self.names.actor(line);
                let space = if actor.is_empty() { "" } else { " " };
                format!("{actor}{space}{}", words(line, &self.names, &mut Ids::default()))
            }
        })
    }

    fn is_end_of(&self, line: &Line, message: &Message) -> bool {
        match line.event {
            Event::Deliver(other) | Event::Lost(other, _) => {
                (other.from, other.ordinal) == (message.from, message.ordinal)
            }
            _ => false,
        }
    }

    /// The packet that an event is about, when it is its sending.
    fn packet(&self, event: u32) -> Option<(Message, &Line)> {
        let line = self.trace.get(event)?;
        match line.event {
            Event::Send(message) | Event::Retransmit(message, _) => Some((message, line)),
            _ => None,
        }
    }

    /// A packet by what stays the same when others come and go: its ends and its number.
    fn flow(&self, message: &Message) -> String {
        let (from, to) = (self.names.node(message.from), self.names.node(message.to));
        format!("{from}>{to} {} {}", kind_in_words(message.kind), message.ordinal + 1)
    }

    fn actor(&self, task: u32) -> String {
        match self.trace.task(task) {
            Some(info) => {
                let node = printable(self.trace.node_name(info.node));
                format!("{node}/{}", self.names.task(task, info.node))
            }
            None => "a callback".to_owned(),
        }
    }
}

fn lateness(nanos: u64) -> Instant {
    Instant::ZERO + Duration::from_nanos(nanos)
}
