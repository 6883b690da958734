//! A recording for the viewers of Chrome and Perfetto, which read JSON of trace events.
//!
//! Pure. Nodes are processes, tasks are their threads, and a message is an arrow. Virtual time stands
//! still while tasks run, and a viewer has no place for what takes none: events of one thread and one
//! instant are put a nanosecond apart, in their order.
//!
//! The form is the one of "Trace Event Format" (Google, 2016): `X` is a slice, `s` and `f` are the ends of
//! an arrow between two slices, `M` names a process or a thread. Times are in microseconds.

use super::{
    Recording,
    ids::Ids,
    level::Level,
    names::Names,
    printable::printable,
    words::{kind_in_words, words},
};
use crate::json::put_text;
use reenact_sim::{Event, Line, Trace as RawTrace};
use std::{collections::BTreeMap, fmt::Write as _};

/// The thread of what no task does.
const NOBODY: u64 = 0;

/// Where a slice is: its process, its thread, when it begins.
#[derive(Clone, Copy)]
struct Slice {
    process: u32,
    thread: u64,
    /// In nanoseconds.
    start: u64,
}

impl Recording {
    /// The trace as JSON for `chrome://tracing` and <https://ui.perfetto.dev>: nodes as processes, tasks as
    /// threads, messages as arrows. Polls and wakes are left out.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move { sim.node("db").crash() });
    /// let json: serde_json::Value = serde_json::from_str(&run.recording().chrome())?;
    /// assert!(json["traceEvents"].as_array().is_some_and(|events| events.iter().any(|event| event["name"] == "crash")));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn chrome(&self) -> String {
        let raw = self.trace.raw();
        let mut chrome =
            Chrome { out: "{\"traceEvents\":[\n".to_owned(), is_first: true, ..Chrome::default() };
        chrome.name_threads(raw);
        let names = Names::of(raw);
        let mut ids = Ids::default();
        for (number, line) in (raw.first..).zip(&raw.events) {
            if Level::of(&line.event) <= Level::Task {
                chrome.event(number, line, &words(line, &names, &mut ids));
            }
        }
        chrome.out.push_str("\n],\"displayTimeUnit\":\"ns\",\"otherData\":{\"test\":");
        put_text(&mut chrome.out, &self.test);
        let _ = writeln!(chrome.out, ",\"seed\":\"0x{:016x}\"}}}}", self.seed);
        chrome.out
    }
}

#[derive(Default)]
struct Chrome {
    out: String,
    is_first: bool,
    /// When each thread is free again.
    free: BTreeMap<(u32, u64), u64>,
    /// The slices in which packets were sent.
    sent: BTreeMap<(u32, u32), Slice>,
    arrows: u64,
}

impl Chrome {
    fn name_threads(&mut self, raw: &RawTrace) {
        for (node, info) in raw.nodes.iter().enumerate() {
            self.name("process_name", node as u32, NOBODY, &printable(&info.name));
            self.name("thread_name", node as u32, NOBODY, "host");
        }
        for (serial, info) in raw.tasks.iter().enumerate() {
            let name = raw.task_name(serial as u32).unwrap_or_default();
            self.name("thread_name", info.node.0, serial as u64 + 1, &printable(&name));
        }
    }

    fn name(&mut self, what: &str, process: u32, thread: u64, name: &str) {
        self.begin();
        let process = u64::from(process) + 1;
        let _ = write!(self.out, "{{\"ph\":\"M\",\"name\":\"{what}\",\"pid\":{process},\"tid\":{thread}");
        self.out.push_str(",\"args\":{\"name\":");
        put_text(&mut self.out, name);
        self.out.push_str("}}");
    }

    fn event(&mut self, number: u32, line: &Line, words: &str) {
        let thread = if line.task == Line::NO_TASK { NOBODY } else { u64::from(line.task) + 1 };
        let process = line.node.0;
        let free = self.free.entry((process, thread)).or_insert(0);
        let start = line.at.as_nanos().max(*free);
        *free = start.saturating_add(1);
        let slice = Slice { process, thread, start };
        self.begin();
        self.out.push_str("{\"ph\":\"X\",\"dur\":0.001,\"cat\":\"");
        self.out.push_str(category(&line.event));
        self.out.push_str("\",\"name\":");
        put_text(&mut self.out, words);
        slice.put(&mut self.out);
        let _ = write!(self.out, ",\"args\":{{\"event\":{number}}}}}");
        match line.event {
            Event::Send(message) => {
                self.sent.insert((message.from.0, message.ordinal), slice);
            }
            Event::Deliver(message) => {
                if let Some(&sent) = self.sent.get(&(message.from.0, message.ordinal)) {
                    self.arrow(kind_in_words(message.kind), sent, slice);
                }
            }
            _ => {}
        }
    }

    fn arrow(&mut self, name: &str, from: Slice, to: Slice) {
        self.arrows += 1;
        for (phase, slice) in [("\"s\"", from), ("\"f\",\"bp\":\"e\"", to)] {
            self.begin();
            let id = self.arrows;
            let _ = write!(self.out, "{{\"ph\":{phase},\"cat\":\"message\",\"name\":\"{name}\",\"id\":{id}");
            slice.put(&mut self.out);
            self.out.push('}');
        }
    }

    fn begin(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push_str(",\n");
        }
    }
}

impl Slice {
    fn put(self, out: &mut String) {
        let Slice { process, thread, start } = self;
        let process = u64::from(process) + 1;
        let (micros, nanos) = (start / 1_000, start % 1_000);
        let _ = write!(out, ",\"pid\":{process},\"tid\":{thread},\"ts\":{micros}.{nanos:03}");
    }
}

fn category(event: &Event) -> &'static str {
    match Level::of(event) {
        Level::Fault => "fault",
        Level::Net => "net",
        Level::User => "user",
        _ => "task",
    }
}
