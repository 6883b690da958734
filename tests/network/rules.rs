//! Rules about single packets, holds, and what is on its way.

use crate::{
    common::{MILLI, Notes, SECOND, at_drop},
    wires::{WAY, kind, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, Simulation, clock,
    net::{LossReason, PacketKind, TcpStream, UdpSocket, Verdict},
};
use std::{cell::Cell, io::ErrorKind, rc::Rc, time::Duration};

/// Sends each of the words from node `a` to `test`, at once.
fn say(sim: &Sim, words: &'static [&'static str]) {
    sim.node("a").spawn(async move {
        let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
        for word in words {
            socket.send_to(word.as_bytes(), "test:9").await.expect("sent");
        }
    });
}

/// What comes within a minute, and after how long.
async fn heard(socket: &UdpSocket) -> Vec<(String, Duration)> {
    let start = clock::now();
    let (mut words, mut buffer) = (Vec::new(), [0; 64]);
    while let Ok(Ok(n)) = clock::timeout(60 * SECOND, socket.recv(&mut buffer)).await {
        words.push((String::from_utf8_lossy(&buffer[..n]).into_owned(), clock::now() - start));
    }
    words
}

/// What becomes of the datagram `x`, before which `first` and behind which `last` are sent.
fn fate(verdict: Verdict) -> Vec<(String, Duration)> {
    steadily(move |sim| async move {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        let _rule = sim.net().rule(move |packet| match packet.payload() {
            b"x" => verdict,
            _ => Verdict::Pass,
        });
        say(&sim, &["first", "x", "last"]);
        heard(&socket).await
    })
}

fn words(heard: &[(String, Duration)]) -> Vec<&str> {
    heard.iter().map(|(word, _)| word.as_str()).collect()
}

#[test]
fn verdicts_do_what_they_say() {
    assert_eq!(words(&fate(Verdict::Pass)), ["first", "x", "last"]);
    assert_eq!(words(&fate(Verdict::Drop)), ["first", "last"]);
    assert_eq!(words(&fate(Verdict::Hold)), ["first", "last"]);
    assert_eq!(words(&fate(Verdict::Duplicate)), ["first", "x", "x", "last"]);
    let late = fate(Verdict::Deliver(SECOND));
    assert_eq!((words(&late), late[2].1), (vec!["first", "last", "x"], SECOND));
    let corrupt = fate(Verdict::Corrupt);
    assert_eq!(corrupt.len(), 3);
    assert_eq!((corrupt[1].0.as_bytes()[0] ^ b'x').count_ones(), 1);
    assert!(corrupt.iter().all(|(_, late)| *late == WAY));
}

#[test]
fn a_rule_sees_packets_in_the_order_in_which_they_were_sent_and_at_that_instant() {
    steadily(|sim| async move {
        let seen = Notes::new();
        let notes = seen.clone();
        let rule = sim.net().rule(move |packet| {
            let from = (packet.from().to_owned(), packet.to().to_owned(), packet.destination().port());
            notes.put((from, packet.kind(), packet.payload().len(), clock::now().since_start()));
            Verdict::Pass
        });
        let (mut client, _server) = pair(&sim).await;
        client.write_all(b"abc").await.expect("sent");
        clock::sleep(SECOND).await;
        drop(rule);
        client.write_all(b"unseen").await.expect("sent");
        clock::sleep(SECOND).await;
        let (there, back) = (("client", "server"), ("server", "client"));
        let expected = [
            (there, PacketKind::Syn, 0, MILLI),
            (back, PacketKind::SynAck, 0, MILLI + WAY),
            (there, PacketKind::Ack, 0, MILLI + 2 * WAY),
            (there, PacketKind::Data, 3, MILLI + 3 * WAY),
        ];
        let seen = seen.all();
        assert_eq!(seen.len(), expected.len());
        for (((from, to, port), kind, len, at), wanted) in seen.iter().zip(expected) {
            assert_eq!(((from.as_str(), to.as_str()), *kind, *len, *at), wanted);
            assert_eq!(*port == 7000, from == "client");
        }
    });
}

#[test]
fn a_dropped_segment_is_sent_again_and_asked_about_again() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let asked = Rc::new(Cell::new(0));
        let count = asked.clone();
        let _rule = sim.net().rule(move |packet| {
            if packet.payload() != b"b" {
                return Verdict::Pass;
            }
            count.set(count.get() + 1);
            if count.get() <= 3 { Verdict::Drop } else { Verdict::Pass }
        });
        let start = clock::now();
        for byte in [b"a", b"b", b"c"] {
            client.write_all(byte).await.expect("sent");
        }
        let mut came = [0; 3];
        server.read_exact(&mut came).await.expect("read");
        assert_eq!((&came, asked.get()), (b"abc", 4));
        // 200, 400 and 800 ms of time-outs.
        assert_eq!(clock::now() - start, 1_400 * MILLI + WAY);
        assert_eq!(sim.net().stats().lost_to(LossReason::Rule), 3);
    });
}

#[test]
fn a_connection_whose_segments_are_all_dropped_is_given_up_on() {
    steadily(|sim| async move {
        let (mut client, _server) = pair(&sim).await;
        let _rule = sim.net().rule(|packet| match packet.kind() {
            PacketKind::Data => Verdict::Drop,
            _ => Verdict::Pass,
        });
        let start = clock::now();
        client.write_all(b"lost").await.expect("sent");
        assert_eq!(kind(client.read(&mut [0]).await), ErrorKind::TimedOut);
        let waited = clock::now() - start;
        assert!((900 * SECOND..1_000 * SECOND).contains(&waited), "{waited:?}");
    });
}

#[test]
fn a_held_segment_holds_all_behind_it() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            let rule = sim.net().rule(|packet| match packet.payload() {
                b"held" => Verdict::Hold,
                _ => Verdict::Pass,
            });
            for word in ["first ", "held", " last", " of all"] {
                client.write_all(word.as_bytes()).await.expect("sent");
                clock::sleep(MILLI).await;
            }
            let mut came = [0; 22];
            server.read_exact(&mut came[..6]).await.expect("read");
            clock::sleep(SECOND).await;
            drop(rule);
            assert!(clock::timeout(SECOND, server.read(&mut came[6..])).await.is_err());
            let kept = sim.net().in_flight();
            assert!(kept.len() == 3 && kept.iter().all(|packet| packet.is_held()));
            sim.net().release("client", "server");
            server.read_exact(&mut came[6..]).await.expect("read");
            assert_eq!(&came, b"first held last of all");
        });
        run.unwrap();
    }
}

#[test]
fn a_connect_that_is_dropped_times_out() {
    steadily(|sim| async move {
        sim.node("a");
        let _rule = sim.net().rule(|_| Verdict::Drop);
        assert_eq!(kind(TcpStream::connect("a:1").await), ErrorKind::TimedOut);
        assert_eq!(sim.elapsed(), 127 * SECOND);
    });
}

#[test]
fn the_first_rule_that_does_not_let_pass_decides() {
    steadily(|sim| async move {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        let _pass = sim.net().rule(|_| Verdict::Pass);
        let first = sim.net().rule(|_| Verdict::Deliver(SECOND));
        let _last = sim.net().rule(|_| Verdict::Drop);
        say(&sim, &["x"]);
        assert_eq!(heard(&socket).await, [("x".to_owned(), SECOND)]);
        drop(first);
        say(&sim, &["x"]);
        assert!(heard(&socket).await.is_empty());
    });
}

#[test]
fn a_rule_may_use_the_network_and_take_itself_out_of_force() {
    steadily(|sim| async move {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        let guard = Rc::new(Cell::new(None));
        let (own, net) = (guard.clone(), sim.net());
        guard.set(Some(sim.net().rule(move |_| {
            own.take();
            net.hold("a", "test");
            Verdict::Pass
        })));
        say(&sim, &["x", "y"]);
        assert!(heard(&socket).await.is_empty());
        assert_eq!(sim.net().in_flight().len(), 2);
        sim.net().release("a", "test");
        assert_eq!(words(&heard(&socket).await), ["x", "y"]);
    });
}

#[test]
fn a_rule_is_dropped_with_its_guard_or_at_the_end_of_the_run() {
    let dropped = Notes::new();
    let notes = dropped.clone();
    Simulation::new(1)
        .run(|sim| async move {
            let (first, second) = (notes.at_drop("first"), notes.at_drop("second"));
            let guard = sim.net().rule(move |_| {
                let _ = &first;
                Verdict::Pass
            });
            let kept = sim.net().rule(move |_| {
                let _ = &second;
                Verdict::Pass
            });
            kept.keep();
            drop(guard);
            assert_eq!(notes.all(), ["first"]);
        })
        .unwrap();
    assert_eq!(dropped.all(), ["first", "second"]);
}

#[test]
fn a_rule_whose_destructor_uses_the_world_harms_nobody() {
    Simulation::new(1)
        .run(|sim| async move {
            let net = sim.net();
            let held = at_drop(move || net.heal());
            let guard = sim.net().rule(move |_| {
                let _ = &held;
                Verdict::Pass
            });
            guard.keep();
        })
        .unwrap();
}

#[test]
fn a_rule_that_panics_fails_the_run() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.net().rule(|_| panic!("no such packet")).keep();
        say(&sim, &["x"]);
        clock::sleep(SECOND).await;
    });
    assert!(run.result.expect_err("it panicked").message.contains("no such packet"));
}

#[test]
fn what_is_on_its_way_can_be_seen_and_thrown_away() {
    steadily(|sim| async move {
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        say(&sim, &["x", "y", "z"]);
        clock::sleep(MILLI).await;
        let seen = sim.net().in_flight();
        let told: Vec<_> = seen.iter().map(|packet| (packet.from(), packet.payload())).collect();
        assert_eq!(told, [("a", &b"x"[..]), ("a", b"y"), ("a", b"z")]);
        assert!(seen.iter().all(|packet| packet.arrives().map(|at| at.since_start()) == Some(WAY)));
        seen[1].discard();
        assert_eq!(sim.net().in_flight().len(), 2);
        assert_eq!(words(&heard(&socket).await), ["x", "z"]);
        seen[0].discard(); // too late
        assert!(sim.net().in_flight().is_empty());
    });
}

#[test]
fn what_a_stream_sends_is_seen_once() {
    for seed in 0..10 {
        let run = Simulation::new(seed).net(reenact::net::Config::lossy()).run(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            client.write_all(&[7; 1000]).await.expect("sent");
            server.read_exact(&mut [0; 1000]).await.expect("read");
            clock::sleep(10 * SECOND).await;
            sim.net().in_flight().len()
        });
        assert_eq!(run.unwrap(), 0);
    }
}
