//! Each event has its words.
//!
//! One event a trace; what neighbours do to each other is in `layout.rs`.

use crate::made::{CLIENT, CLIENT_MAIN, Made, SERVER, SERVER_MAIN, SERVER_UNNAMED, TEST, message};
use reenact::{
    clock::Instant,
    trace::{Event, Level, LossReason, Message, PacketKind, Transport, View},
};
use std::{io::ErrorKind, net::SocketAddr};

/// What the event reads like on `server` at one millisecond, without columns.
fn words(event: Event) -> String {
    let text = Made::new().line(1_000, SERVER, event).trace().text(View::per_node().level(Level::All));
    let line = text.strip_prefix("server\n  ").unwrap_or_else(|| panic!("another lane: {text}"));
    line.trim_end_matches('\n').to_owned()
}

fn micros(micros: u64) -> Instant {
    Instant::from_nanos(micros * 1_000)
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn to_client(kind: PacketKind, len: u32) -> Message {
    message(SERVER, CLIENT, 5, kind, len)
}

fn to_server(kind: PacketKind, len: u32) -> Message {
    message(CLIENT, SERVER, 5, kind, len)
}

#[test]
fn of_tasks() {
    assert_eq!(words(Event::Spawn(SERVER_MAIN)), "spawn main");
    assert_eq!(words(Event::Spawn(SERVER_UNNAMED)), "spawn #1");
    assert_eq!(words(Event::Spawn(CLIENT_MAIN)), "spawn client-1/main");
    assert_eq!(words(Event::Wake(SERVER_MAIN)), "wake main");
    assert_eq!(words(Event::Wake(99)), "wake ?99");
    assert_eq!(words(Event::Poll), "poll");
    assert_eq!(words(Event::Finish), "finish");
    assert_eq!(words(Event::Cancel), "cancel");
    assert_eq!(words(Event::Panic), "panic");
}

#[test]
fn of_timers_and_callbacks() {
    assert_eq!(words(Event::TimerSet(micros(1_001_000))), "timer set +1.000s");
    assert_eq!(words(Event::TimerSet(micros(0))), "timer set +0.000s");
    assert_eq!(words(Event::TimerSet(Instant::MAX)), "timer set never");
    assert_eq!(words(Event::TimerFire(micros(1_000))), "timer fired");
    assert_eq!(words(Event::TimerFire(micros(400))), "timer fired 0.000600s late");
    assert_eq!(words(Event::CallbackSet(micros(1_000))), "callback set +0.000s");
    assert_eq!(words(Event::Callback), "callback");
}

#[test]
fn of_nodes_and_links() {
    assert_eq!(words(Event::Start(0)), "start");
    assert_eq!(words(Event::Start(1)), "start (life 2)");
    assert_eq!(words(Event::Start(u32::MAX)), "start (life 4294967296)");
    assert_eq!(words(Event::Stop), "stop");
    assert_eq!(words(Event::Kill), "kill");
    assert_eq!(words(Event::Crash), "crash");
    assert_eq!((words(Event::Pause), words(Event::Resume)), ("pause".to_owned(), "resume".to_owned()));
    assert_eq!(words(Event::DataLost), "data lost");
    assert_eq!(words(Event::Clock(1_500_000_000, 0)), "clock 1.500s ahead");
    assert_eq!(words(Event::Clock(-7, -100_000)), "clock 0.000000007s behind, -100000 ppm");
    assert_eq!(words(Event::Cut(SERVER, CLIENT)), "cut server <-> client-1");
    assert_eq!(words(Event::Mend(CLIENT, SERVER)), "mend client-1 <-> server");
    assert_eq!(words(Event::End), "end");
}

#[test]
fn of_sockets() {
    assert_eq!(words(Event::Bind(Transport::Tcp, address("0.0.0.0:7000"))), "bind tcp 0.0.0.0:7000");
    assert_eq!(words(Event::Bind(Transport::Udp, address("[::1]:53"))), "bind udp [::1]:53");
    // Nothing in these traces tells the other end.
    assert_eq!(words(Event::Connect(7, address("10.0.0.2:80"))), "connect c1 at 10.0.0.2:80");
    assert_eq!(words(Event::Connected(7)), "connected c1");
    assert_eq!(words(Event::Accept(7)), "accept c1");
}

#[test]
fn of_broken_connections() {
    let broken = |why| words(Event::Broken(7, why));
    assert_eq!(broken(ErrorKind::ConnectionRefused), "broken c1 (refused)");
    assert_eq!(broken(ErrorKind::ConnectionReset), "broken c1 (reset)");
    assert_eq!(broken(ErrorKind::ConnectionAborted), "broken c1 (aborted)");
    assert_eq!(broken(ErrorKind::BrokenPipe), "broken c1 (broken pipe)");
    assert_eq!(broken(ErrorKind::TimedOut), "broken c1 (timed out)");
    assert_eq!(broken(ErrorKind::HostUnreachable), "broken c1 (host unreachable)");
    assert_eq!(broken(ErrorKind::NetworkUnreachable), "broken c1 (network unreachable)");
    assert_eq!(broken(ErrorKind::UnexpectedEof), "broken c1 (UnexpectedEof)");
}

#[test]
fn of_packets() {
    let send = |kind, len| words(Event::Send(to_client(kind, len)));
    assert_eq!(send(PacketKind::Datagram, 64), "send m1 datagram 64 B #a3f1 -> client-1");
    assert_eq!(send(PacketKind::Datagram, 0), "send m1 datagram 0 B -> client-1");
    assert_eq!(send(PacketKind::Syn, 0), "send m1 syn -> client-1");
    assert_eq!(send(PacketKind::SynAck, 0), "send m1 syn-ack -> client-1");
    assert_eq!(send(PacketKind::Ack, 0), "send m1 ack -> client-1");
    assert_eq!(send(PacketKind::Data, 5), "send m1 data 5 B #a3f1 -> client-1");
    assert_eq!(send(PacketKind::Fin, 0), "send m1 fin -> client-1");
    assert_eq!(send(PacketKind::Rst, 0), "send m1 rst -> client-1");
    assert_eq!(send(PacketKind::Window, 0), "send m1 window -> client-1");
    assert_eq!(words(Event::Deliver(to_server(PacketKind::Data, 5))), "recv m1 data 5 B #a3f1 <- client-1");
}

#[test]
fn of_losses() {
    let lost = |why| words(Event::Lost(to_client(PacketKind::Data, 5), why));
    assert_eq!(lost(LossReason::Link), "lost m1 data 5 B -> client-1 (link)");
    assert_eq!(lost(LossReason::Partition), "lost m1 data 5 B -> client-1 (partition)");
    assert_eq!(lost(LossReason::Down), "lost m1 data 5 B -> client-1 (node down)");
    assert_eq!(lost(LossReason::NoSocket), "lost m1 data 5 B -> client-1 (no socket)");
    assert_eq!(lost(LossReason::Full), "lost m1 data 5 B -> client-1 (inbox full)");
    assert_eq!(lost(LossReason::Backlog), "lost m1 data 5 B -> client-1 (backlog full)");
}

#[test]
fn of_retransmissions() {
    let again = |at| words(Event::Retransmit(to_client(PacketKind::Data, 5), at));
    assert_eq!(again(micros(201_000)), "lost m1 data 5 B -> client-1 (resend +0.200s)");
    assert_eq!(again(Instant::MAX), "lost m1 data 5 B -> client-1 (resend never)");
    assert_eq!(again(micros(1_000)), "resend m1 data 5 B -> client-1");
}

/// The arrow points away from the sender, and names the node that the lane does not.
#[test]
fn of_packets_seen_from_where_they_are_recorded() {
    let syn = |from, to| message(from, to, 0, PacketKind::Syn, 0);
    assert_eq!(
        words(Event::Lost(syn(CLIENT, SERVER), LossReason::Down)),
        "lost m1 syn <- client-1 (node down)"
    );
    assert_eq!(
        words(Event::Lost(syn(TEST, CLIENT), LossReason::Link)),
        "lost m1 syn test -> client-1 (link)"
    );
    assert_eq!(words(Event::Send(syn(SERVER, SERVER))), "send m1 syn -> server");
    assert_eq!(words(Event::Deliver(syn(SERVER, SERVER))), "recv m1 syn <- server");
}

#[test]
fn of_marks() {
    let mark = |name, value| {
        let text = Made::new().mark(SERVER, name, value).trace().text(View::per_node().level(Level::User));
        text.trim_start_matches("server\n  ").trim_end_matches('\n').to_owned()
    };
    assert_eq!(mark("leader", "n1"), "mark leader = n1");
    assert_eq!(mark("ready", ""), "mark ready");
    assert_eq!(mark("says", "it's \"up\""), "mark says = it's \"up\"");
    assert_eq!(mark("line", "one\ntwo\t\u{7}"), r"mark line = one\ntwo\t\u{7}");
    assert_eq!(mark("", " edge "), r#"mark "" = " edge ""#);
    assert_eq!(mark("größe", "日本 ✓"), "mark größe = 日本 ✓");
    assert_eq!(mark("hidden", "a\u{200b}\u{202e}b"), r"mark hidden = a\u{200b}\u{202e}b");
    assert_eq!(words(Event::Mark(3)), "mark ?3");
    assert_eq!(words(Event::Log(3)), "log ?3");
}

#[test]
fn levels_are_those_promised() {
    let data = to_client(PacketKind::Data, 1);
    let levels = [
        (Level::Fault, vec![Event::Start(0), Event::Stop, Event::Kill, Event::Crash, Event::End]),
        (Level::Fault, vec![Event::Cut(TEST, SERVER), Event::Mend(TEST, SERVER)]),
        (Level::Fault, vec![Event::Lost(data, LossReason::Link), Event::Retransmit(data, Instant::MAX)]),
        (Level::Net, vec![Event::Send(data), Event::Deliver(data)]),
        (Level::Net, vec![Event::Bind(Transport::Udp, address("[::]:1")), Event::Accept(1)]),
        (Level::Net, vec![Event::Connect(1, address("1.1.1.1:1")), Event::Connected(1)]),
        (Level::Net, vec![Event::Broken(1, ErrorKind::TimedOut)]),
        (Level::User, vec![Event::Mark(0), Event::Log(0)]),
        (Level::Task, vec![Event::Spawn(0), Event::Finish, Event::Cancel, Event::Panic]),
        (Level::Task, vec![Event::TimerSet(Instant::ZERO), Event::TimerFire(Instant::ZERO)]),
        (Level::Task, vec![Event::CallbackSet(Instant::ZERO), Event::Callback]),
        (Level::Sched, vec![Event::Poll, Event::Wake(0)]),
    ];
    for (level, events) in levels {
        for event in events {
            assert_eq!(Level::of(&event), level, "{event:?}");
        }
    }
}
