//! Where nothing can be taken away, something else takes the place of what is left.

use reenact::{Check, Sim, Strategy, clock, draw, net::UdpSocket, spawn, yield_now};
use std::{cell::Cell, rc::Rc, time::Duration};

#[test]
fn draws_that_need_each_other_go_together() {
    let report = Check::new("two alike").seeds(2_000).report(|_sim| async {
        let (one, two, late) = (draw::below(20), draw::below(20), draw::below(8));
        assert!(one != two || late < 4, "{one}, {two}, {late}");
    });
    let finding = &report.findings()[0];
    let failure = finding.shrunk().result.as_ref().expect_err("it fails");
    assert_eq!(failure.message, "0, 0, 4");
}

/// Two nodes say two words each, at times that they draw. Where all draw the least, both begin at once.
async fn overtaken(sim: Sim) {
    let socket = UdpSocket::bind("0.0.0.0:7000").await.expect("free");
    let is_on = draw::below(4) == 1;
    for name in ["left", "right"] {
        sim.node(name).start(move || async move {
            let socket = UdpSocket::bind("0.0.0.0:7000").await?;
            clock::sleep(Duration::from_millis(draw::below(20))).await;
            for word in [name, "and again"] {
                socket.send_to(word.as_bytes(), "test:7000").await?;
                clock::sleep(Duration::from_millis(7)).await;
            }
            Ok::<(), std::io::Error>(())
        });
    }
    let (mut order, mut word) = (String::new(), [0; 16]);
    for _ in 0..4 {
        let n = socket.recv(&mut word).await.expect("it is bound");
        order.push_str(&String::from_utf8_lossy(&word[..n]));
        order.push(';');
    }
    assert!(!is_on || order != "left;and again;right;and again;", "{order}");
}

#[test]
fn one_long_delay_replaces_the_draws_and_delays_that_came_to_the_same() {
    let mut failing = 0;
    for seed in 0..400u64 {
        // The draws of a random walk: under others, those of a link are alike.
        let check = Check::new("overtaken").strategy(Strategy::Random);
        let report = check.seeds([seed]).report(overtaken);
        let findings = report.findings();
        let Some(finding) = findings.first() else { continue };
        let words = finding.explanation().expect("shrunk");
        assert_eq!(finding.tape().len(), 2, "seed {seed}: the switch, and one that is late: {words}");
        failing += 1;
    }
    assert!(failing > 10, "{failing} of 400 seeds fail");
}

/// An auditor gives way so often that he is almost done when the deployer, who is late, begins; and
/// he must look before any of eight workers takes his second turn.
#[test]
fn a_task_is_put_back_by_as_many_turns_as_it_takes_and_no_more() {
    const WORKERS: usize = 8;
    let mut failing = 0;
    for seed in 0..6_000u64 {
        let report = Check::new("auditor").strategy(Strategy::Random).seeds([seed]).report(|_sim| async {
            let half = Rc::new(Cell::new((false, false)));
            let seen = half.clone();
            let deployer = spawn(async move {
                for _ in 0..WORKERS {
                    let half = half.clone();
                    spawn(async move {
                        half.set((true, half.get().1));
                        yield_now().await;
                        half.set((true, true));
                    });
                }
            });
            for _ in 0..WORKERS {
                yield_now().await;
            }
            assert_ne!(seen.get(), (true, false), "half of it was seen");
            deployer.await.expect("it does not panic");
        });
        let findings = report.findings();
        let Some(finding) = findings.first() else { continue };
        let words = finding.explanation().expect("shrunk");
        assert_eq!(finding.tape().len(), 1, "seed {seed}: {words}");
        failing += 1;
    }
    assert!(failing > 5, "{failing} of 6,000 seeds fail");
}
