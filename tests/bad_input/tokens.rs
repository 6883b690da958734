//! Tokens that do not parse, of another version, or of another program.

use reenact::{
    Check, FailureKind, Sim, Simulation, Strategy, Tape, clock, draw,
    net::{Config, UdpSocket},
};
use std::time::Duration;

#[test]
fn each_refusal_says_what_to_do() {
    let token = Tape::seed(1, Strategy::Random).token();
    let cut = &token[..token.len() - 3];
    for (text, says) in [
        ("", "copy the whole replay line"),
        ("42", "this is no token"),
        ("REENACT_REPLAY=r1:0000000000000001:AA", "this is no token"),
        ("r2:0000000000000001:AA", "this token has format `r2`, this version of reenact reads `r1`"),
        ("r1", "damaged (no seed)"),
        ("r1:1:AA", "16 hexadecimal digits"),
        ("r1:0000000000000001:?", "not base64url"),
        ("r1:0000000000000001:AA", "cut short"),
        (cut, "copy it again"),
    ] {
        let error = Tape::parse(text).expect_err(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert!(Tape::parse(&format!("  {token}\n")).is_ok(), "white space around it does no harm");
}

#[test]
fn a_tape_of_another_program_diverges_and_says_so() {
    let rolls = |n: u64| {
        move |_: Sim| async move {
            for _ in 0..n {
                clock::sleep(Duration::from_millis(draw::below(6))).await;
            }
        }
    };
    let run = Simulation::new(1).run(rolls(3));
    let decisions = run.decisions().expect("it was recorded").clone();
    assert!(Simulation::new(0).replay(decisions.clone()).run(rolls(3)).result.is_ok());
    let failure =
        Simulation::new(0).replay(decisions).run(rolls(1)).result.expect_err("it is another program");
    assert_eq!(failure.kind, FailureKind::Diverged);
    assert!(failure.message.contains("has changed since it was recorded"), "{failure}");
    let seed = Simulation::new(0)
        .replay(run.tape().clone())
        .run(rolls(2))
        .result
        .expect_err("it is another program");
    assert_eq!(seed.kind, FailureKind::Diverged);
}

/// `n` rolls of a die with as many sides, each a tick later.
async fn rolls(sides: impl Fn(u64) -> u64, n: u64) {
    for i in 0..n {
        draw::below(sides(i));
        clock::sleep(Duration::from_millis(1)).await;
    }
}

#[test]
fn the_tape_of_a_seed_stops_the_run_near_the_place_where_it_leaves() {
    for (n, odd, alike, by) in [(5, 2, 4, 8), (5, 0, 0, 4), (1_000, 500, 896, 1_024)] {
        let tape = Simulation::new(7).run(move |_sim| rolls(|_| 6, n)).tape().clone();
        let again = Tape::parse(&tape.token()).expect("a token");
        assert!(Simulation::new(0).replay(again.clone()).run(move |_sim| rolls(|_| 6, n)).result.is_ok());
        let other = move |i| if i == odd { 1_000_000 } else { 6 };
        let run = Simulation::new(0).replay(again).run(move |_sim| rolls(other, n));
        let failure = run.result.expect_err("one die has a million sides");
        assert_eq!(failure.kind, FailureKind::Diverged);
        let says = format!("the run is the tape's up to step {alike}, and another by step {by}: ");
        assert!(failure.message.starts_with(&says), "{odd} of {n}: {failure}");
        assert_eq!(failure.step, by);
    }
}

#[test]
fn a_panic_after_the_run_left_its_tape_is_no_news_of_that_run() {
    let tape = Simulation::new(7).run(|_sim| async { draw::below(6) }).tape().clone();
    let run = Simulation::new(0).replay(tape).run(|_sim| async {
        assert_eq!(draw::below(7), 7, "the die shows no seven");
    });
    let failure = run.result.expect_err("it is another die");
    assert_eq!(failure.kind, FailureKind::Diverged);
    assert!(failure.message.contains("It failed, too: panic: "), "{failure}");
    assert!(failure.message.contains("the die shows no seven"), "{failure}");
}

#[test]
fn another_network_is_named_when_a_run_leaves_its_tape() {
    let ping = |sim: Sim| async move {
        let server = UdpSocket::bind("0.0.0.0:7000").await?;
        sim.node("peer").spawn(async {
            let socket = UdpSocket::bind("0.0.0.0:0").await?;
            socket.send_to(b"hi", "test:7000").await
        });
        server.recv(&mut [0; 8]).await
    };
    let tape = Simulation::new(7).run(ping).tape().clone();
    let slow = Config::default().latency(Duration::from_secs(1)..Duration::from_secs(2));
    for run in [
        Simulation::new(0).net(slow.clone()).replay(tape.clone()).run(ping),
        Simulation::new(0).replay(tape).net(slow).run(ping),
    ] {
        let failure = run.result.expect_err("the network is slow");
        assert_eq!(failure.kind, FailureKind::Diverged);
        assert!(
            failure.message.ends_with("The network is configured otherwise than when the tape was recorded"),
            "{failure}"
        );
    }
}

#[test]
fn a_finding_of_another_test_is_told_by_its_header() {
    let token = |name: &str| {
        let report = Check::new(name).seeds(1).report(|_| async { panic!("always") });
        Tape::parse(&report.findings()[0].token()).expect("a token").header.test
    };
    assert_ne!(token("one"), token("another"));
}
