//! What a plan does to the network, seen by programs and in traces.

use crate::common::{MILLI, SECOND};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    FaultKind, Faults, Outcome, Sim, Simulation, clock,
    net::{LossReason, TcpListener, TcpStream, UdpSocket, lookup_host},
    trace::Event,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    time::Duration,
};

/// So many runs of a program with only these kinds of faults.
fn runs<T: 'static, F>(kinds: &[FaultKind], seeds: u64, main: impl Fn(Sim) -> F) -> Vec<Outcome<T>>
where
    F: Future<Output = T> + 'static,
{
    let faults = Faults::only(kinds.iter().copied()).tolerate(2);
    (0..seeds).map(|seed| Simulation::new(seed).faults(faults.clone()).run(&main)).collect()
}

/// Five nodes that send each other a number every tenth of a second.
async fn counting(sim: Sim, seconds: u32) {
    for me in 1..=5 {
        sim.node(format!("n{me}")).start(move || async move {
            let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
            for i in 0_u32.. {
                for peer in (1..=5).filter(|&peer| peer != me) {
                    let _ = socket.send_to(&i.to_be_bytes(), format!("n{peer}:1")).await;
                }
                clock::sleep(100 * MILLI).await;
            }
        });
    }
    clock::sleep(seconds * SECOND).await;
}

/// The directed pairs that are cut, or jammed, while a trace goes on; `look` is told each other event.
fn follow(run: &Outcome<()>, mut look: impl FnMut(&Event, Duration, &BTreeSet<(u32, u32)>)) {
    let mut cut = BTreeSet::new();
    for line in run.trace().lines() {
        match line.event {
            Event::Cut(a, b) => cut.extend([(a.0, b.0), (b.0, a.0)]),
            Event::CutOneWay(a, b) | Event::Jam(a, b) | Event::Slow(a, b) => _ = cut.insert((a.0, b.0)),
            Event::Mend(a, b) => cut.retain(|&pair| pair != (a.0, b.0) && pair != (b.0, a.0)),
            Event::MendOneWay(a, b) => _ = cut.remove(&(a.0, b.0)),
            event => look(&event, line.at.since_start(), &cut),
        }
    }
}

#[test]
fn partitions_cut_both_ways_or_one_way_and_nothing_else_is_lost() {
    let (mut one_way, mut both_ways) = (0, 0);
    for run in runs(&[FaultKind::Partition], 24, |sim| counting(sim, 30)) {
        follow(&run, |event, _, cut| {
            if let Event::Lost(message, LossReason::Partition) = event {
                let (from, to) = (message.from.0, message.to.0);
                assert!(cut.contains(&(from, to)), "{from} to {to} is not cut");
                if cut.contains(&(to, from)) { both_ways += 1 } else { one_way += 1 }
            }
        });
        run.unwrap();
    }
    assert!(one_way > 0 && both_ways > 0, "{one_way} {both_ways}");
}

#[test]
fn partitions_have_all_shapes() {
    let mut shapes = BTreeSet::new();
    for run in runs(&[FaultKind::Partition], 80, |sim| counting(sim, 20)) {
        let mut at_once: BTreeMap<Duration, BTreeMap<u32, u32>> = BTreeMap::new();
        for line in run.trace().lines() {
            if let Event::Cut(a, b) | Event::CutOneWay(a, b) = line.event {
                let degrees = at_once.entry(line.at.since_start()).or_default();
                *degrees.entry(a.0).or_default() += 1;
                *degrees.entry(b.0).or_default() += 1;
            }
        }
        // How many others each of the five does not reach, from few to many.
        shapes.extend(at_once.into_values().map(|degrees| {
            let mut degrees: Vec<u32> = degrees.into_values().collect();
            degrees.sort();
            degrees
        }));
        run.unwrap();
    }
    let isolate = vec![1, 1, 1, 1, 4];
    let halves = vec![2, 2, 2, 3, 3];
    let bridge = vec![2, 2, 2, 2];
    let ring = vec![2, 2, 2, 2, 2];
    for shape in [isolate, halves, bridge, ring] {
        assert!(shapes.contains(&shape), "{shape:?} of {shapes:?}");
    }
}

#[test]
fn a_jam_holds_what_is_sent_and_lets_it_go_all_at_once() {
    let mut bursts = 0;
    for run in runs(&[FaultKind::Jam], 24, |sim| counting(sim, 30)) {
        let mut held: BTreeMap<(u32, u32), Duration> = BTreeMap::new();
        let mut together: BTreeMap<Duration, u32> = BTreeMap::new();
        follow(&run, |event, at, jammed| match event {
            Event::Held(message) => {
                assert!(jammed.contains(&(message.from.0, message.to.0)));
                held.insert((message.from.0, message.ordinal), at);
            }
            Event::Deliver(message) if held.contains_key(&(message.from.0, message.ordinal)) => {
                *together.entry(at).or_default() += 1;
            }
            // Nobody reads what comes, so inboxes fill; a jam loses nothing.
            Event::Lost(_, why) => assert_eq!(*why, LossReason::Full),
            _ => {}
        });
        bursts += together.values().filter(|&&count| count > 3).count();
        run.unwrap();
    }
    assert!(bursts > 3, "{bursts}");
}

#[test]
fn slow_links_make_packets_late_and_no_others() {
    let mut late = 0;
    for run in runs(&[FaultKind::Slow], 24, |sim| counting(sim, 30)) {
        let mut sent: BTreeMap<(u32, u32), (Duration, bool)> = BTreeMap::new();
        follow(&run, |event, at, slow| match event {
            Event::Send(message) => {
                let is_slow = slow.contains(&(message.from.0, message.to.0));
                sent.insert((message.from.0, message.ordinal), (at, is_slow));
            }
            Event::Deliver(message) => {
                let (then, is_slow) = sent[&(message.from.0, message.ordinal)];
                let is_late = at - then >= 100 * MILLI;
                assert_eq!(is_late, is_slow);
                late += u64::from(is_late);
            }
            Event::Lost(_, why) => assert_eq!(*why, LossReason::Full),
            _ => {}
        });
        run.unwrap();
    }
    assert!(late > 100, "{late}");
}

#[test]
fn lookups_of_names_fail_for_the_moment_and_addresses_need_none() {
    let found = runs(&[FaultKind::Lookup], 12, |sim| async move {
        let db = sim.node("db");
        let mut failed = 0;
        for _ in 0..100 {
            clock::sleep(10 * MILLI).await;
            let wrong = match lookup_host("db:1").await {
                Ok(_) => continue,
                Err(error) => error.to_string(),
            };
            assert!(wrong.contains("temporary failure in name resolution"), "{wrong}");
            failed += 1;
            assert_eq!(
                TcpStream::connect((db.ip(), 1)).await.unwrap_err().kind(),
                ErrorKind::ConnectionRefused
            );
        }
        failed
    });
    let effective = |run: &Outcome<u64>| run.stats().faults.get(FaultKind::Lookup).map(|seen| seen.effective);
    let failed: Vec<(u64, Option<u64>)> =
        found.into_iter().map(|run| (effective(&run), run)).map(|(seen, run)| (run.unwrap(), seen)).collect();
    assert!(failed.iter().all(|&(failed, seen)| seen.unwrap_or(0) == failed), "{failed:?}");
    assert!(failed.iter().any(|&(failed, _)| failed > 0) && failed.iter().any(|&(failed, _)| failed == 0));
}

#[test]
fn a_connect_to_a_dead_host_hangs_fails_at_once_or_either() {
    let mut modes = BTreeSet::new();
    for run in runs(&[FaultKind::Unreachable], 24, |sim| async move {
        sim.node("db").start(std::future::pending::<()>);
        sim.node("db").crash();
        let mut told = 0;
        for _ in 0..12 {
            let before = clock::now();
            let error = TcpStream::connect("db:1").await.expect_err("it is down");
            match error.kind() {
                ErrorKind::HostUnreachable => told += 1,
                kind => {
                    assert_eq!(kind, ErrorKind::TimedOut);
                    assert_eq!((clock::now() - before).as_secs(), 127);
                }
            }
        }
        told
    }) {
        let seen = run.stats().faults.get(FaultKind::Unreachable).map_or(0, |seen| seen.effective);
        let told = run.unwrap();
        assert_eq!(told, seen);
        modes.insert(match told {
            0 => "hangs",
            12 => "fails",
            _ => "either",
        });
    }
    assert_eq!(modes.len(), 3, "{modes:?}");
}

#[test]
fn streams_are_read_in_parts_and_lose_nothing() {
    let text: Vec<u8> = (0..20_000_u32).map(|i| i as u8).collect();
    let mut short = 0;
    for run in runs(&[FaultKind::Fragment], 12, |sim| {
        let text = text.clone();
        async move {
            let sent = text.clone();
            sim.node("server").start(move || {
                let text = sent.clone();
                async move {
                    let (mut stream, _) = TcpListener::bind("0.0.0.0:1").await?.accept().await?;
                    stream.write_all(&text).await
                }
            });
            clock::sleep(SECOND).await;
            let mut stream = TcpStream::connect("server:1").await.expect("it listens");
            clock::sleep(SECOND).await;
            let (mut all, mut reads) = (Vec::<u8>::new(), 0);
            let mut buffer = [0; 1_000];
            while let n @ 1.. = stream.read(&mut buffer).await.expect("open") {
                all.extend(&buffer[..n]);
                reads += 1;
            }
            assert!(all == text);
            reads - 20
        }
    }) {
        let on = run.stats().faults.get(FaultKind::Fragment).is_some_and(|seen| seen.effective > 0);
        let more = run.unwrap();
        assert!(more == 0 || on, "reads are short only where that is on");
        short += more;
    }
    assert!(short > 0);
}

#[test]
fn datagrams_come_twice_late_or_with_another_bit() {
    for kind in [FaultKind::Duplicate, FaultKind::Reorder, FaultKind::Corrupt] {
        let mut seen = 0;
        for run in runs(&[kind], 16, move |sim| async move {
            const SENT: usize = 60;
            let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
            sim.node("sender").start(|| async {
                let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
                for i in 0..SENT {
                    socket.send_to(&[i as u8; 8], "test:1").await.expect("sent");
                    clock::sleep(20 * MILLI).await;
                }
            });
            let mut got = Vec::new();
            let mut buffer = [0; 16];
            while let Ok(n) = clock::timeout(2 * SECOND, socket.recv(&mut buffer)).await {
                got.push(buffer[..n.expect("received")].to_vec());
            }
            let whole = |datagram: &Vec<u8>| datagram.iter().all(|byte| *byte == datagram[0]);
            let twice = got.len() - got.iter().collect::<BTreeSet<_>>().len();
            let late = got.windows(2).filter(|two| two[0] > two[1]).count();
            let corrupt = got.iter().filter(|datagram| !whole(datagram)).count();
            // What each kind does it does alone.
            match kind {
                FaultKind::Duplicate => {
                    assert_eq!((got.len() - SENT, corrupt), (twice, 0));
                    twice
                }
                FaultKind::Reorder => {
                    assert_eq!((got.len(), corrupt), (SENT, 0));
                    late
                }
                _ => {
                    assert_eq!(got.len(), SENT);
                    corrupt
                }
            }
        }) {
            let effect = run.stats().faults.get(kind).map_or(0, |seen| seen.effective);
            let happened = run.unwrap();
            assert!(happened == 0 || effect > 0, "{kind}");
            seen += happened;
        }
        assert!(seen > 0, "{kind}");
    }
}

#[test]
fn a_closed_connection_is_noticed_by_one_end_or_both() {
    let mut ends = BTreeSet::new();
    for run in runs(&[FaultKind::Close], 40, |sim| async move {
        sim.node("server").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:1").await?;
            let (stream, _) = listener.accept().await?;
            loop {
                clock::sleep(SECOND).await;
                if stream.take_error()?.is_some() {
                    reenact::trace::mark("server", "heard of it");
                    std::future::pending::<()>().await;
                }
            }
            #[expect(unreachable_code, reason = "it says what the node's main returns")]
            std::io::Result::Ok(())
        });
        clock::sleep(SECOND).await;
        let stream = TcpStream::connect("server:1").await.expect("it listens");
        for _ in 0..30 {
            clock::sleep(SECOND).await;
            if stream.take_error().expect("open").is_some() {
                reenact::trace::mark("client", "heard of it");
            }
        }
    }) {
        let heard: BTreeSet<String> = run.trace().marks().map(|mark| mark.name.to_owned()).collect();
        ends.insert(heard.into_iter().collect::<Vec<_>>());
        run.unwrap();
    }
    let both = vec!["client".to_owned(), "server".to_owned()];
    for some in [vec![], vec!["client".to_owned()], vec!["server".to_owned()], both] {
        assert!(ends.contains(&some), "{some:?} of {ends:?}");
    }
}
