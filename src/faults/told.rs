//! The decisions of a fault plan in words.
//!
//! Pure. A decision names a stream by a hash: it is that of one of the trace's nodes, or of the world.

use super::{
    apply::Wrong,
    shapes::Shape,
    streams::{Asks, WORLD, delay, how_long, is_of_links, time_of},
};
use reenact_clock::Instant;
use reenact_sim::{Choice, Event, FaultKind, StreamId, Trace, hash_bytes};
use std::time::Duration;

/// Whose decision it was and what it led to, if it was one of a fault plan.
pub(crate) fn told(choice: &Choice, trace: &Trace) -> Option<(String, String)> {
    let (owner, asks) = asked(choice.stream, trace)?;
    let owner = owner.map_or("a group", |owner| owner);
    Some((owner.to_owned(), words(choice, asks, trace)))
}

/// Who was asked what; a group is not known to a trace.
fn asked(stream: StreamId, trace: &Trace) -> Option<(Option<&str>, Asks)> {
    let asks = |key| Asks::all().find(|asks| asks.stream(key) == stream);
    if let Some(asks) = asks(WORLD) {
        let who = if matches!(asks, Asks::Rate(_)) { "the fault plan" } else { "the network" };
        return Some((Some(who), asks));
    }
    let mut nodes = trace.nodes.iter();
    nodes.find_map(|node| Some((Some(&*node.name), asks(hash_bytes(node.name.as_bytes()))?)))
}

fn words(choice: &Choice, asks: Asks, trace: &Trace) -> String {
    let value = choice.entry.value;
    let at = || time_of(choice.seq.into(), value.max(1));
    match asks {
        Asks::Rate(kind) => format!("has faults of the kind {kind}, at rate {value} of 6"),
        Asks::Fault(FaultKind::Crash) => format!("crashes at {}", at()),
        Asks::Fault(FaultKind::Kill) => format!("is killed at {}", at()),
        Asks::Fault(FaultKind::Pause) => format!("stands still at {}", at()),
        Asks::Fault(FaultKind::Clock) => format!("has a wrong clock at {}", at()),
        Asks::Fault(FaultKind::Close) => format!("loses a connection at {}", at()),
        Asks::Fault(kind) => format!("is {} at {}{}", links_are(kind), at(), cuts(at(), trace)),
        Asks::Time(FaultKind::Pause) => format!("stands still for {}", span(how_long(value))),
        Asks::Delay(_) => format!("is slower by {}", span(delay(value))),
        Asks::Time(kind) if is_of_links(kind) => {
            format!("is {} for {}", links_are(kind), span(how_long(value)))
        }
        Asks::Time(_) => format!("is down for {}", span(how_long(value))),
        Asks::Shape(FaultKind::Clock) => match Wrong::from_answer(value) {
            Wrong::Step(nanos) => {
                let way = if nanos < 0 { "back" } else { "ahead" };
                format!(
                    "has a clock that jumps {way} by {}",
                    span(Duration::from_nanos(nanos.unsigned_abs()))
                )
            }
            Wrong::Drift(ppm) => format!("has a clock that drifts by {ppm:+} ppm"),
        },
        Asks::Shape(FaultKind::Close) if value == 1 => "alone hears that it lost it".to_owned(),
        Asks::Shape(FaultKind::Close) => "does not hear that it lost it, its peer does".to_owned(),
        Asks::Shape(FaultKind::Partition) => format!("is cut into {}", Shape::from_answer(value)),
        Asks::Shape(kind) => format!("is {} between {}", links_are(kind), Shape::from_answer(value)),
        Asks::Way(kind) if value < choice.entry.n / 2 => format!("is {} both ways", links_are(kind)),
        Asks::Way(kind) => format!("is {} one way only", links_are(kind)),
        Asks::Start(FaultKind::Close) => format!("loses connection {} of {}", value + 1, choice.entry.n),
        Asks::Start(kind) => {
            format!("is {} from victim {} of {} on", links_are(kind), value + 1, choice.entry.n)
        }
        Asks::Empty => "comes back without its data".to_owned(),
        Asks::Behind => "stays behind when the world is healed".to_owned(),
    }
}

/// What becomes of links.
fn links_are(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Jam => "jammed",
        FaultKind::Slow => "slow",
        _ => "cut",
    }
}

/// Which links were cut, jammed or slowed at this time.
fn cuts(at: Instant, trace: &Trace) -> String {
    const SHOWN: usize = 3;
    let cuts: Vec<String> = trace
        .events
        .iter()
        .filter(|line| line.at == at)
        .filter_map(|line| match line.event {
            Event::Cut(a, b) => Some(format!("{} <-> {}", trace.node_name(a), trace.node_name(b))),
            Event::CutOneWay(a, b) | Event::Jam(a, b) | Event::Slow(a, b) => {
                Some(format!("{} -> {}", trace.node_name(a), trace.node_name(b)))
            }
            _ => None,
        })
        .collect();
    match cuts.len() {
        0 => String::new(),
        n if n > SHOWN => format!(": {}, and {} more", cuts[..SHOWN].join(", "), n - SHOWN),
        _ => format!(": {}", cuts.join(", ")),
    }
}

fn span(time: Duration) -> Instant {
    Instant::ZERO + time
}
