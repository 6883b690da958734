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
    /// The bank knew its id, and left it at that.
    remembered: bool,
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
        let marks = || {
            trace.lines().filter_map(|line| Some((line, mark(trace, line)?))).filter(|(_, mark)| mark.1 == id)
        };
        let node = |name: &str| marks().find(|(_, mark)| mark.0 == name).map(|(line, _)| line.node);
        let (customer, bank) = (node("asks")?, node("receives")?);
        let (mut asks, mut copies, mut told) = (Vec::new(), Vec::<Copy>::new(), None);
        for (line, (name, _, rest)) in marks() {
            let at = line.at.since_start();
            match name {
                "asks" => asks.push(at),
                "receives" => {
                    copies.push(Copy { task: line.task, received: at, remembered: false, applied: None });
                }
                "is told" => told = Some((at, rest.to_owned())),
                _ => {
                    // What else the bank says is about the copy it is working on.
                    let Some(copy) = copies.iter_mut().rfind(|copy| copy.task == line.task) else { continue };
                    match name {
                        "remembers" => copy.remembered = true,
                        "applies" => copy.applied = Some(at),
                        _ => {}
                    }
                }
            }
        }
        Some(Story { id: id.to_owned(), customer, bank, asks, copies, told })
    }

    fn is_wrong(&self) -> bool {
        let due = self.told.as_ref().is_some_and(|(_, answer)| answer == "DONE");
        self.copies.iter().filter(|copy| copy.applied.is_some()).count() != usize::from(due)
    }

    /// In words.
    pub(crate) fn tell(&self) -> Vec<String> {
        let Story { id, asks, copies, .. } = self;
        let received: Vec<Duration> = copies.iter().map(|copy| copy.received).collect();
        let applied: Vec<Duration> = copies.iter().filter_map(|copy| copy.applied).collect();
        let answer = self.told.as_ref().map_or("nothing", |(_, answer)| answer.as_str());
        let why = match self.overlap() {
            Some(gap) => format!(
                "a copy came {gap:.1?} before an earlier one was applied: its id was not remembered yet"
            ),
            None => "no unknown copy came while one was being applied: look for the reason in the trace"
                .to_owned(),
        };
        vec![
            format!("{id} was asked for {}", times(asks)),
            format!("it reached the bank {}", times(&received)),
            format!("it was applied {}; its customer was told {answer}", times(&applied)),
            why,
        ]
    }

    /// How long before a copy was applied a later one came that the bank did not know.
    fn overlap(&self) -> Option<Duration> {
        let unknown = |&(i, copy): &(usize, &Copy)| i > 0 && !copy.remembered;
        let (later, copy) = self.copies.iter().enumerate().find(unknown)?;
        let applied = self.copies[..later].iter().filter_map(|earlier| earlier.applied).max()?;
        applied.checked_sub(copy.received)
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
        message(line)
            .filter(|message| self.is_between(message.from, message.to))
            .map(|message| message.connection)
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

/// How often, and when.
fn times(moments: &[Duration]) -> String {
    let count = match moments.len() {
        0 => return "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    let moments: Vec<String> = moments.iter().map(|moment| format!("{:.4}s", moment.as_secs_f64())).collect();
    format!("{count}, at {}", moments.join(" and "))
}
