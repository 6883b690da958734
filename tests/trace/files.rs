//! `trace.jsonl`: what is written is read back, and what was not written by us is refused in words.

use crate::arbitrary::trace;
use proptest::{collection::vec, prelude::*};
use reenact::{
    Record, Simulation, clock,
    clock::Instant,
    draw,
    net::UdpSocket,
    trace::{Diff, Line, RawTrace, Recording, Trace, View, mark},
};
use std::{io, time::Duration};

fn written(recording: &Recording) -> Vec<u8> {
    let mut file = Vec::new();
    recording.write(&mut file).expect("memory can be written");
    file
}

/// What is wrong with a file.
#[track_caller]
fn refused(file: &[u8]) -> String {
    Recording::read(file).expect_err("it is no trace").to_string()
}

/// A run that has everything a file holds.
fn run() -> Recording {
    let run = Simulation::new(9).run(|sim| async move {
        sim.node("pong").start(|| async {
            let socket = UdpSocket::bind("0.0.0.0:7").await?;
            let (_, from) = socket.recv_from(&mut [0; 8]).await?;
            mark("heard", draw::below(1_000));
            socket.send_to(b"pong", from).await.map(drop)
        });
        let socket = UdpSocket::bind("0.0.0.0:0").await?;
        socket.send_to(b"ping", "pong:7").await?;
        let _ = clock::timeout(Duration::from_secs(1), socket.recv(&mut [0; 8])).await;
        io::Result::Ok(())
    });
    run.recording().named("files::run")
}

#[test]
fn a_run_is_read_back_with_its_decisions_and_places() {
    let recording = run();
    assert!(!recording.decisions().is_empty());
    let read = Recording::read(&written(&recording)[..]).expect("it was written");
    assert_eq!(read, recording);
    let places = |recording: &Recording| -> Vec<(String, u64)> {
        let tasks = recording.trace().raw().tasks.iter();
        tasks.map(|task| (task.spawned.to_string(), task.path)).collect()
    };
    assert_eq!(places(&read), places(&recording));
    assert!(places(&read)[0].0.contains("files.rs:"), "{:?}", places(&read));
}

/// The two first lines and an event of a known run: who changes the format changes its version.
#[test]
fn the_format_is_what_its_document_says() {
    let text = String::from_utf8(written(&run())).expect("it is text");
    let lines: Vec<&str> = text.lines().collect();
    for key in ["\"format\":\"reenact-trace\",\"version\":1,", "\"test\":\"files::run\"", "\"failure\":null"]
    {
        assert!(lines[0].contains(key), "{}", lines[0]);
    }
    assert_eq!(lines[1], "{\"node\":\"test\"}");
    let sent = lines.iter().find(|line| line.contains("\"k\":\"send\"")).expect("something is sent");
    let value: serde_json::Value = serde_json::from_str(sent).expect("it is JSON");
    let packet = value["m"].as_array().expect("a packet");
    assert_eq!((packet.len(), packet[3].is_null(), packet[4].as_str()), (7, true, Some("datagram")));
    let document = include_str!("../../docs/trace-format.md");
    for line in &lines {
        let value: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        for key in value.as_object().expect("an object").keys() {
            assert!(document.contains(&format!("`{key}`")), "`{key}` is not described");
        }
        if let Some(kind) = value["k"].as_str() {
            assert!(document.contains(&format!("`{kind}`")), "`{kind}` is not described");
        }
    }
}

#[test]
fn a_file_that_was_cut_off_says_so() {
    let file = written(&run());
    assert_eq!(
        refused(b""),
        "line 1: the file ends where the head is expected: it was cut off, so make it again"
    );
    for length in (1..file.len()).rev().step_by(7) {
        let error = refused(&file[..length]);
        assert!(error.contains("it was cut off, so make it again"), "{length}: {error}");
    }
}

#[test]
fn what_is_no_trace_says_so() {
    let head = |rest: &str| format!("{{\"format\":\"reenact-trace\",\"version\":1{rest}}}\n").into_bytes();
    assert!(refused(b"hello\n").starts_with("line 1: this is no trace of reenact"));
    assert!(refused(b"{\"format\":\"other\"}\n").starts_with("line 1: this is no trace of reenact"));
    assert!(refused(b"\xff\xfe\n").starts_with("line 1: it is no UTF-8"));
    assert!(refused(b"{\"format\":\"reenact-trace\"}\n").contains("version of the format is missing"));
    let later = b"{\"format\":\"reenact-trace\",\"version\":2,\"events\":{\"by\":\"chunk\"}}\n";
    assert_eq!(
        refused(later),
        "line 1: it is of version 2 of the format, and this reenact reads version 1: update it"
    );
    assert!(refused(&head("")).contains("is no way to record"));
    let all = |rest: &str| head(&format!(",\"record\":\"all\"{rest}"));
    assert!(refused(&all(",\"first\":4294967295,\"events\":1")).contains("more than 32 bits"));
    assert!(refused(&all(",\"seed\":\"0x12\"")).contains("`0x12` is no hexadecimal number"));
    let more = [all(""), b"{}\n".to_vec()].concat();
    assert_eq!(refused(&more), "line 2: there are more lines than the head has promised");
    let event = |line: &str| [all(",\"events\":1"), line.as_bytes().to_vec(), b"\n".to_vec()].concat();
    assert_eq!(
        refused(&event("{\"t\":0,\"n\":0,\"k\":\"send\"}")),
        "line 2: an event: `send` needs the field `m`"
    );
    assert_eq!(
        refused(&event("{\"t\":0,\"n\":0,\"k\":\"\\u001b[31m\"}")),
        "line 2: an event: `\\u{1b}[31m` is no kind of event that this version knows"
    );
    assert!(
        Recording::read(&event("{\"t\":0,\"n\":0,\"k\":\"end\",\"new\":[{}]}")[..]).is_ok(),
        "more is no harm"
    );
}

/// Nothing is made room for that is only promised.
#[test]
fn a_file_that_promises_too_much_is_refused_at_once() {
    let head = "{\"format\":\"reenact-trace\",\"version\":1,\"record\":\"all\",\"nodes\":4294967295,\"events\":4294967295}\n";
    assert!(refused(head.as_bytes()).contains("it was cut off"));
    let long = vec![b'['; 17 << 20];
    assert_eq!(refused(&long), "line 1: the line is longer than any of a trace");
}

/// What a user says may be longer than any line of a file that is read.
#[test]
fn what_was_said_at_great_length_is_read_back_cut() {
    // Escaped, each of them takes six bytes.
    let run = Simulation::new(1).run(|_| async { mark("dump", "\u{1}".repeat(3 << 20)) });
    let read = Recording::read(&written(&run.recording())[..]).expect("it can be read");
    let mark = read.trace().marks().next().expect("a mark").value;
    assert!(mark.len() < 2 << 20 && mark.ends_with("… (3145728 bytes in all)"), "{}", mark.len());
}

/// Whoever sends a file chooses its names.
#[test]
fn names_that_would_steer_a_terminal_are_escaped() {
    let hostile = |seed| {
        let run = Simulation::new(seed).run(|sim| async move {
            sim.node("\u{1b}]0;owned\u{7}").spawn(async move { mark("\u{1b}[2J", sim.seed()) }).await
        });
        let mut recording = run.recording().named("\u{1b}[31mtest\r\n");
        recording.version = format!("\u{1b}[{seed}m");
        recording.test += &seed.to_string();
        recording
    };
    let (left, right) = (hostile(1), hostile(2));
    let diff = Diff::of(&left, &right);
    let view = View::timeline().level(reenact::trace::Level::All);
    for text in [diff.to_string(), left.trace().text(view), left.trace().text(View::per_node())] {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    }
    for json in [diff.json(), left.chrome()] {
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    }
}

fn arbitrary() -> impl Strategy<Value = Recording> {
    (trace(), any::<[u64; 3]>(), any::<[String; 3]>(), any::<Option<String>>()).prop_map(
        |(trace, [seed, digest, config], [test, version, token], failure)| {
            let mut recording = Recording::from(trace);
            (recording.seed, recording.digest, recording.config) = (seed, digest, config);
            (recording.test, recording.version, recording.token) = (test, version, token);
            recording.failure = failure;
            recording
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(recording in arbitrary()) {
        // Events have numbers of 32 bits.
        prop_assume!(recording.trace().raw().first < u32::MAX - 100);
        let read = Recording::read(&written(&recording)[..]).expect("it was written");
        prop_assert_eq!(read.trace().raw(), recording.trace().raw());
        prop_assert_eq!(read, recording);
    }

    #[test]
    fn whatever_became_of_a_file_it_is_read_or_refused(
        trace in trace(),
        spoilt in vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), Just(b'"'), Just(b'\n'), Just(b'9')]), 0..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut file = written(&trace.into());
        for (place, byte) in spoilt {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        match Recording::read(&file[..]) {
            Ok(read) => drop(read.trace().text(reenact::trace::View::timeline())),
            Err(error) => prop_assert!(!error.to_string().contains(char::is_control), "{error}"),
        }
    }

    /// Causes that are later, tasks and nodes that are not there, events that no run has.
    #[test]
    fn any_two_are_compared(left in arbitrary(), right in arbitrary()) {
        let diff = Diff::of(&left, &right);
        let text = diff.to_string();
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        prop_assert!(serde_json::from_str::<serde_json::Value>(&diff.json()).is_ok());
        prop_assert!(Diff::of(&left, &left).parting().is_none());
    }

    #[test]
    fn whatever_it_is_it_is_read_or_refused(file in vec(any::<u8>(), 0..300), text in any::<String>()) {
        let _ = Recording::read(&file[..]);
        let _ = Recording::read(format!("{{\"format\":\"reenact-trace\",\"version\":1,\"record\":\"all\",\"events\":1}}\n{text}\n").as_bytes());
    }

    /// Its rules: each arrow has two ends, each end lies in a slice of its thread, and no two slices of a
    /// thread overlap.
    #[test]
    fn a_viewer_gets_slices_and_arrows_that_fit(trace in trace()) {
        // Numbers of JSON that a library reads as floating-point are whole nanoseconds up to some weeks.
        let early = |line: &Line| Line { at: Instant::from_nanos(line.at.as_nanos() % (1 << 50)), ..*line };
        let events = trace.raw().events.iter().map(early).collect();
        let trace = Trace::from(RawTrace { events, ..trace.raw().clone() });
        let json: serde_json::Value = serde_json::from_str(&Recording::from(trace).chrome()).expect("it is JSON");
        fits(&json)?;
    }
}

/// A time in nanoseconds, which is written in microseconds.
fn nanos(event: &serde_json::Value) -> u128 {
    let text = event["ts"].to_string();
    let (micros, nanos) = text.split_once('.').unwrap_or((&text, "0"));
    micros.parse::<u128>().expect("a number") * 1_000
        + format!("{nanos:0<3}")[..3].parse::<u128>().expect("a number")
}

fn fits(json: &serde_json::Value) -> Result<(), TestCaseError> {
    let events = json["traceEvents"].as_array().expect("a list");
    let thread = |event: &serde_json::Value| (event["pid"].as_u64(), event["tid"].as_u64());
    let mut slices = std::collections::BTreeSet::new();
    for event in events.iter().filter(|event| event["ph"] == "X") {
        prop_assert!(event["name"].as_str().is_some_and(|name| !name.is_empty()));
        prop_assert!(slices.insert((thread(event), event["ts"].to_string())), "two slices at once: {event}");
    }
    let ends = |phase: &str| {
        let ends = events.iter().filter(|event| event["ph"] == phase);
        ends.map(|event| (event["id"].as_u64(), thread(event), event["ts"].to_string())).collect::<Vec<_>>()
    };
    let (starts, finishes) = (ends("s"), ends("f"));
    prop_assert_eq!(starts.len(), finishes.len());
    for (start, finish) in starts.iter().zip(&finishes) {
        prop_assert_eq!(start.0, finish.0);
        prop_assert!(
            slices.contains(&(start.1, start.2.clone())) && slices.contains(&(finish.1, finish.2.clone()))
        );
    }
    Ok(())
}

#[test]
fn a_real_run_has_arrows_for_what_arrived_and_names_for_who_acts() {
    let json: serde_json::Value = serde_json::from_str(&run().chrome()).expect("it is JSON");
    fits(&json).expect("it fits");
    let events = json["traceEvents"].as_array().expect("a list");
    let count = |phase: &str| events.iter().filter(|event| event["ph"] == phase).count();
    assert_eq!((count("s"), count("f")), (2, 2));
    let named = |name: &str| events.iter().any(|event| event["ph"] == "M" && event["args"]["name"] == name);
    assert!(named("pong") && named("main") && named("test"));
    let arrow = events.iter().find(|event| event["ph"] == "s").expect("an arrow");
    let end = events.iter().find(|event| event["ph"] == "f" && event["id"] == arrow["id"]).expect("its end");
    assert!(nanos(arrow) < nanos(end));
}

#[test]
fn a_tail_keeps_its_numbers() {
    let run = Simulation::new(1)
        .record(Record::Tail(3))
        .run(|_| async { clock::sleep(Duration::from_secs(1)).await });
    let recording = run.recording();
    assert!(recording.trace().raw().first > 0);
    let read = Recording::read(&written(&recording)[..]).expect("it was written");
    assert_eq!(
        read.trace().in_words(recording.trace().raw().first),
        recording.trace().in_words(recording.trace().raw().first)
    );
    assert_eq!(read, recording);
    let empty = Recording::from(Trace::from(RawTrace::default()));
    assert_eq!(Recording::read(&written(&empty)[..]).expect("it was written"), empty);
}
