//! Why a run fails, in words.

use super::programs::{late_packet, lost_update};
use reenact::{Check, Need, Strategy, Tape, clock, draw, net::Config, select};
use std::time::Duration;

#[test]
fn a_late_turn_is_told_with_who_went_before() {
    let report = Check::new("lost update").seeds(2_000).report(lost_update);
    let explanation = report.findings()[0].explanation().expect("shrunk").clone();
    let [reason] = explanation.reasons() else { panic!("one decision: {explanation}") };
    assert!(reason.who().starts_with("test/#"), "{reason}");
    assert!(reason.what().starts_with("runs only after test/#"), "{reason}");
    assert_eq!(reason.need(), Some(Need::OnlyTheOrder), "{reason}");
    let neighbour = explanation.neighbour().expect("without it, it passes");
    assert_eq!((neighbour.without(), neighbour.ends()), (0, "passes"));
    assert_ne!(neighbour.here(), neighbour.there());
    let diff = neighbour.diff();
    assert_eq!(diff.parting().map(|parting| parting.number()), Some(neighbour.event()));
    assert_eq!(diff.verdict(), reenact::trace::Verdict::Different, "one fails: {diff}");
}

#[test]
fn a_late_packet_is_told_with_what_came_before_it() {
    let report = Check::new("late packet").seeds(2_000).report(late_packet);
    let finding = &report.findings()[0];
    let explanation = finding.explanation().expect("shrunk");
    let [reason] = explanation.reasons() else { panic!("one decision: {explanation}") };
    let who = reason.who();
    assert!(who == "first>test datagram 1" || who == "second>test datagram 1", "{reason}");
    assert!(reason.what().contains(", after: third>test datagram 1 came"), "{reason}");
    assert_eq!(reason.need(), Some(Need::OnlyTheOrder));
}

#[test]
fn draws_losses_and_branches_have_words_too() {
    let check = Check::new("words").net(Config::default().loss(1, 3)).seeds(2_000);
    let report = check.report(|sim| async move {
        let socket = reenact::net::UdpSocket::bind("0.0.0.0:7").await.expect("a free port");
        sim.node("n").start(|| async {
            let socket = reenact::net::UdpSocket::bind("0.0.0.0:0").await?;
            socket.send_to(b"x", "test:7").await.map(drop)
        });
        let number = draw::below(50);
        let elements = draw::vec(0..9, |_| draw::chance(1, 2));
        let branch = select! { () = async {} => 0, () = async {} => 1 };
        let came = clock::timeout(Duration::from_secs(1), socket.recv(&mut [0])).await.is_ok();
        assert!(came || branch == 0 || number < 7 || !elements.contains(&true));
    });
    let finding = &report.findings()[0];
    let explanation = finding.explanation().expect("shrunk");
    let told: Vec<String> = explanation.reasons().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    for (start, end) in [
        ("n>test datagram 1 is lost", " (necessary)"),
        ("test/main draw 1 gives 7 of 0..50", " (any value works)"),
        ("test/main list has element ", " (necessary)"),
        ("test/main draw 1 says yes", " (necessary)"),
        ("test/main select 1 looks at branch 2 of 2 first", " (necessary)"),
    ] {
        assert!(
            told.iter().any(|told| told.starts_with(start) && told.ends_with(end)),
            "{start} in {told:#?}"
        );
    }
}

#[test]
fn a_value_that_does_not_matter_is_said_not_to() {
    let report = Check::new("any").seeds(100).report(|_sim| async { assert_eq!(draw::below(1_000), 0) });
    let findings = report.findings();
    let finding = findings.iter().find(|finding| !finding.tape().is_empty()).expect("a die that is not 0");
    let [reason] = finding.explanation().expect("shrunk").reasons() else { panic!("one decision") };
    assert_eq!(reason.to_string(), "test/main draw 1 gives 1 of 0..1000 (any value works)");
}

#[test]
fn a_tape_is_read_and_edited_as_text() {
    let report = Check::new("late packet").seeds(2_000).report(late_packet);
    let finding = &report.findings()[0];
    let text = finding.shrunk().tape_text();
    assert!(text.contains(">test datagram 1  late by "), "{text}");
    assert_eq!(Tape::parse(&text).as_ref(), Ok(finding.tape()));
    let edited: String = text
        .lines()
        .filter(|line| !line.starts_with("digest "))
        .map(|line| format!("{}\n", line.replace("strategy  random", "strategy  fifo")))
        .collect();
    let tape = Tape::parse(&edited).expect("still a tape");
    assert_eq!((tape.header.digest, tape.header.strategy), (0, Strategy::Fifo));
    assert_eq!(tape.len(), 1);
}
