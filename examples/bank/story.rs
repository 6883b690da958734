//! What happened to the transfer that went wrong, told from the marks that the service left in the
//! trace. Nothing is known here of seeds or of how the bug works beyond what the marks say.

use reenact::trace::{Event, Level, Line, Message, NodeId, PacketKind, Trace, View};
use std::{collections::BTreeSet, time::Duration};

/// The life of one transfer.
pub(crate) struct Story {
    id: String,
    customer: NodeId,
    bank: NodeId,
    /// When it was asked for.
    asks: Vec<Duration>,
    /// What reached the bank, in order.
    copies: Vec<Copy>,
    /// When there was an answer, and which.
    told: Option<(Duration, String)>,
}

/// One copy of a request at the bank.
struct Copy {
    /// Who served it: each connection has a task of its own.
    task: u32,
    received: Duration,
    applied: Option<Duration>,
}

impl Story {
    /// The first transfer of which the bank did something else than it said.
    pub(crate) fn of_the_wrong_one(trace: &Trace) -> Option<Story> {
        let mut known = BTreeSet::new();
        let ids = trace.lines().filter_map(|line| mark(trace, line)).map(|(_, id, _)| id);
        ids.filter(|&id| known.insert(id)).filter_map(|id| Story::of(trace, id)).find(Story::is_wrong)
    }

    fn of(trace: &Trace, id: &str) -> Option<Story> {
        let node = |name: &str| {
            let found = trace.lines().find(|line| mark(trace, line).is_some_and(|(said, of, _)| (said, of) == (name, id)));
            found.map(|line| line.node)
        };
        let (customer, bank) = (node("asks")?, node("received")?);
        let mut story = Story { id: id.to_owned(), customer, bank, asks: Vec::new(), copies: Vec::new(), told: None };
        for line in trace.lines() {
            let at = line.at.since_start();
            match mark(trace, line) {
                Some(("asks", of, _)) if of == id => story.asks.push(at),
                Some(("is told", of, answer)) if of == id => story.told = Some((at, answer.to_owned())),
                Some(("received", of, _)) if of == id => {
                    story.copies.push(Copy { task: line.task, received: at, applied: None });
                }
                Some(("applied", of, _)) if of == id => {
                    let copy = story.copies.iter_mut().rfind(|copy| copy.task == line.task);
                    copy.expect("what is applied was received").applied = Some(at);
                }
                _ => {}
            }
        }
        Some(story)
    }

    fn is_wrong(&self) -> bool {
        let due = self.told.as_ref().is_some_and(|(_, answer)| answer == "DONE");
        self.applied() != usize::from(due)
    }

    /// How often.
    fn applied(&self) -> usize {
        self.copies.iter().filter(|copy| copy.applied.is_some()).count()
    }

    /// In words.
    pub(crate) fn tell(&self) -> Vec<String> {
        let Story { id, asks, copies, .. } = self;
        let answer = self.told.as_ref().map_or("nothing", |(_, answer)| answer.as_str());
        let mut told = vec![
            format!("{id} was asked for {}, at {}", times(asks.len()), list(asks.iter())),
            format!("it reached the bank {}, at {}", times(copies.len()), list(copies.iter().map(|copy| &copy.received))),
            format!(
                "it was applied {}, at {}; its customer was told {answer}",
                times(self.applied()),
                list(copies.iter().filter_map(|copy| copy.applied.as_ref()))
            ),
        ];
        told.push(match self.overlap() {
            Some(gap) => format!("a copy came {gap:.1?} before an earlier one was applied: its id was not remembered yet"),
            None => "no copy came while another was being applied: look for the reason in the trace".to_owned(),
        });
        told
    }

    /// How long before a copy was applied another one came that was applied as well.
    fn overlap(&self) -> Option<Duration> {
        let mut applied = self.copies.iter().filter_map(|copy| Some((copy.received, copy.applied?)));
        let (_, first) = applied.next()?;
        let (second, _) = applied.next()?;
        first.checked_sub(second)
    }

    /// What went between the customer and the bank, from the first time the transfer was asked for
    /// until all was done. Of the packets, those that carry words, and those that were lost.
    pub(crate) fn scene(&self, trace: &Trace) -> Scene {
        let mut raw = trace.raw().clone();
        let connections: BTreeSet<u32> = trace.lines().filter_map(|line| self.connection(line)).collect();
        raw.events.retain(|line| self.contains(trace, line, &connections));
        let events = raw.events.len();
        let text = Trace::from(raw).text(View::timeline().level(Level::User).times(true));
        Scene { events, text }
    }

    fn contains(&self, trace: &Trace, line: &Line, connections: &BTreeSet<u32>) -> bool {
        let applied = self.copies.iter().filter_map(|copy| copy.applied);
        let end = applied.chain(self.told.iter().map(|(at, _)| *at)).max();
        let at = line.at.since_start();
        if self.asks.first().is_none_or(|&begin| at < begin) || end.is_none_or(|end| at > end) {
            return false;
        }
        match line.event {
            Event::Mark(_) => mark(trace, line).is_some_and(|(_, id, _)| id == self.id),
            Event::Cut(a, b) | Event::Mend(a, b) => self.is_between(a, b),
            Event::Connect(connection, _) | Event::Connected(connection) | Event::Accept(connection) => {
                connections.contains(&connection)
            }
            Event::Send(message) | Event::Deliver(message) if message.kind != PacketKind::Data => false,
            _ => message(line).is_some_and(|message| self.is_between(message.from, message.to)),
        }
    }

    /// The connection of a packet between the two.
    fn connection(&self, line: &Line) -> Option<u32> {
        message(line).filter(|message| self.is_between(message.from, message.to)).map(|message| message.connection)
    }

    fn is_between(&self, a: NodeId, b: NodeId) -> bool {
        (a, b) == (self.customer, self.bank) || (b, a) == (self.customer, self.bank)
    }
}

/// A part of a trace.
pub(crate) struct Scene {
    pub(crate) events: usize,
    pub(crate) text: String,
}

/// A mark: its name, the transfer it is about, what else it says.
fn mark<'a>(trace: &'a Trace, line: &Line) -> Option<(&'a str, &'a str, &'a str)> {
    let Event::Mark(index) = line.event else { return None };
    let (name, value) = trace.raw().marks.get(index as usize)?;
    let (id, rest) = value.split_once(' ').unwrap_or((value, ""));
    Some((name, id, rest))
}

/// The packet that a line is about.
fn message(line: &Line) -> Option<Message> {
    match line.event {
        Event::Send(message) | Event::Deliver(message) => Some(message),
        Event::Lost(message, _) | Event::Retransmit(message, _) => Some(message),
        _ => None,
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

fn list<'a>(moments: impl Iterator<Item = &'a Duration>) -> String {
    let moments: Vec<String> = moments.map(|moment| format!("{:.4}s", moment.as_secs_f64())).collect();
    moments.join(" and ")
}
