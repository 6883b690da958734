//! How lines are arranged: lanes, columns, numbers, folding, remarks.
//!
//! The words themselves are taken as they are; see `words.rs`.

use crate::made::{CLIENT, CLIENT_MAIN, Made, SERVER, SERVER_MAIN, TEST, message};
use reenact::{
    Record,
    trace::{Event, Level, LossReason, Message, PacketKind, Trace, Transport, View},
};

/// A client greets a server through a cut link.
fn conversation() -> Made {
    let packet = |from, to, ordinal, kind, len| message(from, to, ordinal, kind, len);
    let syn = packet(CLIENT, SERVER, 0, PacketKind::Syn, 0);
    let syn_ack = packet(SERVER, CLIENT, 0, PacketKind::SynAck, 0);
    let ack = packet(CLIENT, SERVER, 1, PacketKind::Ack, 0);
    let hello = packet(CLIENT, SERVER, 2, PacketKind::Data, 64);
    let reply = packet(SERVER, CLIENT, 1, PacketKind::Data, 5);
    Made::new()
        .line(0, SERVER, Event::Start(0))
        .line(0, CLIENT, Event::Start(0))
        .by(0, SERVER, SERVER_MAIN, Event::Bind(Transport::Tcp, "0.0.0.0:7000".parse().unwrap()))
        .by(0, CLIENT, CLIENT_MAIN, Event::Connect(7, "10.0.0.1:7000".parse().unwrap()))
        .by(0, CLIENT, CLIENT_MAIN, Event::Send(syn))
        .line(1_250, SERVER, Event::Deliver(syn))
        .line(1_250, SERVER, Event::Send(syn_ack))
        .line(3_000, CLIENT, Event::Deliver(syn_ack))
        .line(3_000, CLIENT, Event::Connected(7))
        .line(3_000, CLIENT, Event::Send(ack))
        .by(3_000, CLIENT, CLIENT_MAIN, Event::Send(hello))
        .line(4_000, SERVER, Event::Deliver(ack))
        .by(4_000, SERVER, SERVER_MAIN, Event::Accept(7))
        .line(5_000, SERVER, Event::Deliver(hello))
        .by(5_000, SERVER, SERVER_MAIN, Event::Send(reply))
        .line(5_500, TEST, Event::Cut(SERVER, CLIENT))
        .line(6_000, SERVER, Event::Lost(reply, LossReason::Partition))
        .line(7_000, CLIENT, Event::Broken(7, std::io::ErrorKind::TimedOut))
        .line(7_000, TEST, Event::End)
}

#[test]
fn lanes_tell_one_node_after_another() {
    let text = conversation().trace().text(View::per_node());
    assert_eq!(
        text,
        "\
test
  cut server <-> client-1
  end

server
  start
  bind tcp 0.0.0.0:7000
  recv m1 syn <- client-1
  send m2 syn-ack -> client-1
  recv m3 ack <- client-1
  accept c1 from client-1
  recv m4 data 64 B #a3f1 <- client-1
  send m5 data 5 B #a3f1 -> client-1
  lost m5 data 5 B -> client-1 (partition)

client-1
  start
  connect c1 to server at 10.0.0.1:7000
  send m1 syn -> server
  recv m2 syn-ack <- server
  connected c1 to server
  send m3 ack -> server
  send m4 data 64 B #a3f1 -> server
  broken c1 with server (timed out)
"
    );
}

#[test]
fn the_timeline_has_columns() {
    let text = conversation().trace().text(View::timeline().times(true).level(Level::Task).limit(7));
    assert_eq!(
        text,
        "\
0.000000s  server          start
0.000000s  client-1        start
0.000000s  server    main  bind tcp 0.0.0.0:7000
0.000000s  client-1  main  connect c1 to server at 10.0.0.1:7000
0.000000s  client-1  main  send m1 syn -> server
0.001250s  server          recv m1 syn <- client-1
0.001250s  server          send m2 syn-ack -> client-1
(12 more lines)
"
    );
}

#[test]
fn times_have_as_many_decimals_as_they_need_and_align() {
    let made = Made::new().line(999_000, SERVER, Event::Stop).line(12_000_000, SERVER, Event::Crash);
    let view = View::per_node().times(true);
    assert_eq!(made.trace().text(view.clone()), "server\n   0.999s  stop\n  12.000s  crash\n");
    let made = Made::new()
        .line(1, SERVER, Event::Stop)
        .with(|raw| raw.events[0].at = reenact::clock::Instant::MAX)
        .line(7, SERVER, Event::Crash);
    assert_eq!(made.trace().text(view), "server\n      never  stop\n  0.000007s  crash\n");
}

#[test]
fn a_task_of_another_node_is_named_with_it() {
    let made = Made::new().by(0, SERVER, CLIENT_MAIN, Event::Crash).by(0, SERVER, SERVER_MAIN, Event::Finish);
    let text = made.trace().text(View::per_node().level(Level::Task));
    assert_eq!(text, "server\n  client-1/main  crash\n  main           finish\n");
}

#[test]
fn a_wide_cell_moves_its_own_line_only() {
    let wide = "n".repeat(40);
    let made = Made::new()
        .line(0, TEST, Event::End)
        .line(0, SERVER, Event::Stop)
        .with(|raw| raw.nodes[1].name = wide.as_str().into());
    assert_eq!(made.trace().text(View::timeline()), format!("test  end\n{wide}  stop\n"));
}

#[test]
fn equal_neighbours_are_one_line() {
    let mut made = Made::new();
    for _ in 0..37 {
        made = made.mark(SERVER, "beat", "up").mark(CLIENT, "beat", "up");
    }
    made = made.mark(SERVER, "beat", "down");
    let trace = made.trace();
    let text = trace.text(View::per_node().level(Level::User));
    assert_eq!(text, "server\n  mark beat = up ×37\n  mark beat = down\n\nclient-1\n  mark beat = up ×37\n");
    // In the timeline the two nodes take turns.
    assert_eq!(trace.text(View::timeline().level(Level::User)).lines().count(), 75);
}

#[test]
fn lines_at_different_times_are_not_equal() {
    let made = [0, 0, 5, 5, 5].into_iter().fold(Made::new(), |made, at| made.line(at, SERVER, Event::Poll));
    let trace = made.trace();
    assert_eq!(trace.text(View::per_node().level(Level::All)), "server\n  poll ×5\n");
    let timed = trace.text(View::per_node().level(Level::All).times(true));
    assert_eq!(timed, "server\n  0.000000s  poll ×2\n  0.000005s  poll ×3\n");
}

#[test]
fn messages_that_only_look_alike_are_not_equal() {
    let datagram = |ordinal| Event::Send(message(SERVER, CLIENT, ordinal, PacketKind::Datagram, 1));
    let made = Made::new().line(0, SERVER, datagram(8)).line(0, SERVER, datagram(9));
    let made = made.line(0, SERVER, datagram(9));
    assert_eq!(
        made.trace().text(View::per_node()),
        "server\n  send m1 datagram 1 B #a3f1 -> client-1\n  send m2 datagram 1 B #a3f1 -> client-1 ×2\n"
    );
}

/// Between the same two nodes, a packet's connection is said where there are several.
#[test]
fn a_second_connection_makes_packets_name_theirs() {
    let on = |connection, kind| Message { connection, ..message(SERVER, CLIENT, connection, kind, 0) };
    let made = Made::new().line(0, SERVER, Event::Send(on(3, PacketKind::Rst)));
    assert_eq!(made.trace().text(View::per_node()), "server\n  send m1 rst -> client-1\n");
    let second = Event::Send(on(4, PacketKind::Ack));
    let made = Made::new().line(0, SERVER, Event::Send(on(3, PacketKind::Rst))).line(0, SERVER, second);
    let text = made.trace().text(View::per_node());
    assert_eq!(text, "server\n  send m1 rst c1 -> client-1\n  send m2 ack c2 -> client-1\n");
}

#[test]
fn limit_counts_lines_of_the_whole_text() {
    let trace = conversation().trace();
    let text = trace.text(View::per_node().limit(3));
    assert_eq!(text, "test\n  cut server <-> client-1\n  end\n\nserver\n  start\n(16 more lines)\n");
    assert_eq!(trace.text(View::per_node().limit(19)), trace.text(View::per_node()));
    assert_eq!(trace.text(View::per_node().limit(0)), "(19 more lines)\n");
}

#[test]
fn last_counts_lines_of_each_lane() {
    let trace = conversation().trace();
    let text = trace.text(View::timeline().last(2));
    assert_eq!(text, "(17 earlier events)\nclient-1  broken c1 with server (timed out)\ntest      end\n");
    let text = trace.text(View::per_node().last(1).level(Level::Fault));
    assert_eq!(
        text,
        "\
test
  (1 earlier event)
  end

server
  (1 earlier event)
  lost m1 data 5 B -> client-1 (partition)

client-1
  start
"
    );
    assert_eq!(trace.text(View::timeline().last(0)), "(19 earlier events)\n");
    assert_eq!(trace.text(View::timeline().last(19)), trace.text(View::timeline()));
}

/// A folded line is one line, and the last ones are folded to their full number.
#[test]
fn last_folds_before_it_counts() {
    let beat = |made: Made| made.mark(SERVER, "beat", "");
    let made = beat(beat(beat(Made::new().mark(SERVER, "a", "").mark(SERVER, "b", ""))));
    let text = made.trace().text(View::timeline().level(Level::User).last(2));
    assert_eq!(text, "(1 earlier event)\nserver  mark b\nserver  mark beat ×3\n");
}

#[test]
fn nodes_can_be_chosen() {
    let trace = conversation().trace();
    let all = trace.text(View::per_node());
    let server = trace.text(View::per_node().nodes(&["server"]));
    assert!(server.starts_with("server\n  start\n") && all.contains(&server));
    let two = trace.text(View::per_node().nodes(&["client-1".to_owned(), "test".to_owned()]));
    assert!(two.starts_with("test\n") && two.contains("\nclient-1\n") && !two.contains("\nserver\n"));
    let wrong = trace.text(View::per_node().nodes(&["sevrer"]));
    assert_eq!(wrong, "(there is no node sevrer)\n(19 events, none in this view)\n");
}

#[test]
fn a_tail_says_what_it_lacks() {
    let tail = |first| {
        let made = Made::new().line(0, SERVER, Event::Crash);
        let made = made.with(|raw| {
            raw.mode = Record::Tail(1);
            raw.first = first;
        });
        made.trace().text(View::per_node())
    };
    assert_eq!(tail(1234), "(1234 events before the first that was kept)\nserver\n  crash\n");
    assert_eq!(tail(1), "(1 event before the first that was kept)\nserver\n  crash\n");
    assert_eq!(tail(0), "server\n  crash\n");
}

#[test]
fn nothing_to_show_is_said() {
    let empty = Trace::default();
    assert_eq!(empty.text(View::per_node()), "(no events)\n");
    let digest = Made::new().with(|raw| raw.mode = Record::Digest).trace();
    assert_eq!(digest.text(View::timeline()), "(no events were kept, only their digest)\n");
    let polled = Made::new().line(0, SERVER, Event::Poll).trace();
    assert_eq!(polled.text(View::per_node()), "(1 event, none in this view)\n");
}

/// What the table of nodes does not know, as in a damaged trace, still has a lane.
#[test]
fn unknown_nodes_are_numbered() {
    let made = Made::new().line(0, reenact::trace::NodeId(9), Event::Crash);
    assert_eq!(made.trace().text(View::per_node()), "?9\n  crash\n");
}
