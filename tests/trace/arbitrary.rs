//! Arbitrary traces: any names, any events, numbers that point nowhere.
//!
//! Stranger than any run: the text must stand them all.

use proptest::{collection::vec, option, prelude::*};
use reenact::{
    Record,
    clock::Instant,
    trace::{
        Event, Level, Line, LossReason, Message, NodeId, NodeInfo, PacketKind, RawTrace, TaskInfo, Trace,
        Transport, View,
    },
};
use std::{io::ErrorKind, net::SocketAddr, panic::Location, time::Duration};

fn word() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{0,6}",
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("e\u{301}\u{202e}\u{a0}\u{3000}".to_owned()),
        Just("\u{1b}[31m".to_owned()),
    ];
    vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

/// An index that is mostly in a table of three or four.
fn index() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0..4u32, 1 => any::<u32>()]
}

fn node() -> impl Strategy<Value = NodeId> {
    index().prop_map(NodeId)
}

fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![0..3_000_000_000u64, any::<u64>(), Just(u64::MAX)].prop_map(Instant::from_nanos)
}

fn message() -> impl Strategy<Value = Message> {
    use PacketKind::{Ack, Data, Datagram, Fin, Rst, Syn, SynAck, Window};
    let kind = prop::sample::select(vec![Datagram, Syn, SynAck, Ack, Data, Fin, Rst, Window]);
    let connection = prop_oneof![0..3u32, Just(u32::MAX)];
    (node(), node(), index(), connection, kind, any::<u32>(), any::<u32>()).prop_map(
        |(from, to, ordinal, connection, kind, len, hash)| Message {
            from,
            to,
            ordinal,
            connection,
            kind,
            len,
            hash,
        },
    )
}

fn loss() -> impl Strategy<Value = LossReason> {
    use LossReason::{Backlog, Corrupt, Down, Full, Link, NoSocket, Partition, Queue, Rule};
    prop::sample::select(vec![Link, Partition, Down, NoSocket, Full, Backlog, Corrupt, Queue, Rule])
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    use ErrorKind::{BrokenPipe, ConnectionRefused, Other, TimedOut};
    let error = prop::sample::select(vec![BrokenPipe, ConnectionRefused, Other, TimedOut]);
    let plain = vec![
        Event::Poll,
        Event::Abandon,
        Event::Finish,
        Event::Cancel,
        Event::Panic,
        Event::Callback,
        Event::Stop,
        Event::Kill,
        Event::Crash,
        Event::Pause,
        Event::Resume,
        Event::DataLost,
        Event::Clock(1_500_000_000, 0),
        Event::Clock(-7, -100_000),
        Event::End,
    ];
    let transport = prop::sample::select(vec![Transport::Udp, Transport::Tcp]);
    prop_oneof![
        4 => prop::sample::select(plain),
        1 => index().prop_map(Event::Spawn),
        1 => index().prop_map(Event::Wake),
        1 => any::<u64>().prop_map(Event::Touch),
        1 => instant().prop_map(Event::TimerSet),
        1 => instant().prop_map(Event::TimerFire),
        1 => instant().prop_map(Event::CallbackSet),
        1 => any::<u32>().prop_map(Event::Start),
        1 => (transport, any::<SocketAddr>()).prop_map(|(transport, at)| Event::Bind(transport, at)),
        1 => (0..3u32, any::<SocketAddr>()).prop_map(|(connection, at)| Event::Connect(connection, at)),
        1 => (0..3u32).prop_map(Event::Connected),
        1 => (0..3u32).prop_map(Event::Accept),
        1 => message().prop_map(Event::Send),
        1 => message().prop_map(Event::Deliver),
        1 => (message(), loss()).prop_map(|(message, why)| Event::Lost(message, why)),
        1 => (message(), instant()).prop_map(|(message, at)| Event::Retransmit(message, at)),
        1 => (0..3u32, error).prop_map(|(connection, why)| Event::Broken(connection, why)),
        1 => (node(), node()).prop_map(|(one, other)| Event::Cut(one, other)),
        1 => (node(), node()).prop_map(|(one, other)| Event::Mend(one, other)),
        1 => (node(), node(), 0..4).prop_map(|(from, to, what)| match what {
            0 => Event::CutOneWay(from, to),
            1 => Event::Slow(from, to),
            2 => Event::Jam(from, to),
            _ => Event::MendOneWay(from, to),
        }),
        1 => message().prop_map(Event::Held),
        2 => index().prop_map(Event::Mark),
        2 => index().prop_map(Event::Log),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    let task = prop_oneof![1 => index(), 1 => Just(Line::NO_TASK)];
    let cause = prop_oneof![2 => Just(Line::NO_CAUSE), 2 => 0..40u32, 1 => any::<u32>()];
    (instant(), node(), task, cause, event()).prop_map(|(at, node, task, cause, event)| Line {
        at,
        node,
        task,
        cause,
        event,
    })
}

pub(crate) fn trace() -> impl Strategy<Value = Trace> {
    let mode = prop_oneof![Just(Record::All), Just(Record::Tail(3)), Just(Record::Digest)];
    let nodes = vec(word().prop_map(|name| NodeInfo { name: name.into() }), 0..4);
    let task = (node(), option::of(word()), 0..9u32).prop_map(|(node, name, ordinal)| TaskInfo {
        node,
        name: name.map(Into::into),
        ordinal,
        path: 0,
        spawned: Location::caller().into(),
    });
    let marks = vec((word().prop_map(Into::into), word()), 0..4);
    let first = prop_oneof![Just(0), any::<u32>()];
    (mode, first, vec(line(), 0..40), vec(task, 0..4), nodes, marks).prop_map(
        |(mode, first, events, tasks, nodes, marks)| {
            RawTrace { mode, first, events, tasks, nodes, marks }.into()
        },
    )
}

pub(crate) fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(vec![Level::Fault, Level::Net, Level::User, Level::Task, Level::Sched, Level::All])
}

pub(crate) fn view() -> impl Strategy<Value = View> {
    let nodes = option::weighted(0.2, vec(word(), 0..3));
    let count = || option::weighted(0.3, 0..20usize);
    let orders = [View::per_node(), View::timeline(), View::causal(), View::messages()];
    let kinds = option::weighted(0.2, prop::sample::subsequence(vec!["send", "data", "crash", "poll"], 0..4));
    let label = option::weighted(0.2, word());
    let millis = 0..4_000u64;
    let window = option::weighted(0.2, (millis.clone(), millis));
    let filters = (nodes, kinds, label, window, option::weighted(0.2, index()));
    (prop::sample::select(orders.to_vec()), level(), any::<bool>(), filters, count(), count()).prop_map(
        |(view, level, times, (nodes, kinds, label, window, cone), limit, last)| {
            let mut view = view.level(level).times(times);
            if let Some(kinds) = kinds {
                view = view.kinds(&kinds);
            }
            if let Some(label) = label {
                view = view.label(label);
            }
            if let Some((from, to)) = window {
                view = view.window(Duration::from_millis(from)..Duration::from_millis(to));
            }
            if let Some(number) = cone {
                view = view.cone(number);
            }
            if let Some(names) = nodes {
                view = view.nodes(&names);
            }
            if let Some(lines) = limit {
                view = view.limit(lines);
            }
            if let Some(lines) = last {
                view = view.last(lines);
            }
            view
        },
    )
}
