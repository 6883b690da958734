//! What single links are like, changed while the run goes on.

use crate::common::{MILLI, SECOND};
use reenact::{
    Sim, Simulation, clock,
    net::{Config, Latency, LossReason, NetStats, UdpSocket},
};
use std::time::Duration;

/// By sender, when its datagrams came and what was in them.
type Came = [Vec<(Duration, Vec<u8>)>; 2];

/// Sends `count` datagrams of `len` bytes from each of the nodes `a` and `b` to `test`, all at once.
async fn volley(sim: &Sim, count: u8, len: usize) -> Came {
    let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
    let start = clock::now();
    for name in ["a", "b"] {
        let sent = sim.node(name).spawn(async move {
            let socket = UdpSocket::bind("0.0.0.0:0").await?;
            for i in 0..count {
                socket.send_to(&vec![i; len], "test:9").await?;
            }
            std::io::Result::Ok(())
        });
        sent.await.expect("no panic").expect("sent");
    }
    let mut came = [Vec::new(), Vec::new()];
    let mut buffer = vec![0; len];
    while let Ok(received) = clock::timeout(100 * SECOND, socket.recv_from(&mut buffer)).await {
        let (n, from) = received.expect("the socket lives");
        let sender = usize::from(from.ip() == sim.node("b").ip());
        came[sender].push((clock::now() - start, buffer[..n].to_vec()));
    }
    came
}

/// What the two senders came to, where `a` is treated so, on a network on which everything takes 5 ms.
fn with(treat: impl Fn(&Sim) + 'static) -> (Came, NetStats) {
    let run = Simulation::new(1).net(Config::default().latency(5 * MILLI)).run(move |sim| async move {
        sim.node("a");
        sim.node("b");
        treat(&sim);
        (volley(&sim, 200, 8).await, sim.net().stats())
    });
    run.unwrap()
}

/// What came from `b` is what was sent, 5 ms ago.
#[track_caller]
fn untouched(came: &[(Duration, Vec<u8>)]) {
    assert_eq!(came.len(), 200);
    assert!((0..).zip(came).all(|(i, (late, bytes))| *late == 5 * MILLI && *bytes == [i; 8]));
}

#[test]
fn a_link_has_a_latency_of_its_own() {
    let ([a, b], _) = with(|sim| {
        sim.net().link("a", "test").latency(30 * MILLI..40 * MILLI);
    });
    untouched(&b);
    assert!(a.len() == 200 && a.iter().all(|(late, _)| (30 * MILLI..40 * MILLI).contains(late)));
}

#[test]
fn a_link_has_a_loss_of_its_own() {
    let ([a, b], stats) = with(|sim| {
        sim.net().link("a", "test").loss(1, 2);
    });
    untouched(&b);
    // Four standard deviations of a fair coin are 28.
    assert!((72..=128).contains(&a.len()), "{}", a.len());
    assert_eq!(stats.lost_to(LossReason::Link), 200 - a.len() as u64);
}

#[test]
fn a_link_is_directed() {
    let ([a, _], _) = with(|sim| {
        sim.net().link("test", "a").loss(1, 1);
    });
    untouched(&a);
}

#[test]
fn a_link_makes_copies_of_its_own() {
    let ([a, b], stats) = with(|sim| {
        sim.net().from("a").duplicate(1, 2);
    });
    untouched(&b);
    assert!((272..=328).contains(&a.len()), "{}", a.len());
    assert_eq!(stats.duplicated, a.len() as u64 - 200);
}

#[test]
fn a_corrupted_datagram_differs_in_one_bit() {
    let ([a, b], stats) = with(|sim| {
        sim.net().from("a").corrupt(1, 2);
    });
    untouched(&b);
    let bits = |(i, bytes): (u8, &Vec<u8>)| bytes.iter().map(|byte| (byte ^ i).count_ones()).sum::<u32>();
    let wrong: Vec<u32> = (0..).zip(&a).map(|(i, (_, bytes))| bits((i, bytes))).collect();
    assert!(wrong.iter().all(|&bits| bits <= 1));
    let corrupted = wrong.iter().sum::<u32>();
    assert!((72..=128).contains(&corrupted), "{corrupted}");
    assert_eq!(stats.corrupted, u64::from(corrupted));
}

#[test]
fn what_is_held_up_is_overtaken() {
    let ([a, b], stats) = with(|sim| {
        sim.net().from("a").reorder(1, 4, SECOND);
    });
    untouched(&b);
    let on_time = a.iter().filter(|(late, _)| *late == 5 * MILLI).count();
    assert!((120..=175).contains(&on_time), "{on_time}");
    assert!(a.iter().all(|(late, _)| *late < SECOND + 5 * MILLI));
    assert_eq!((a.len(), stats.reordered), (200, 200 - on_time as u64));
}

#[test]
fn a_narrow_link_delays_what_waits_and_drops_what_finds_its_queue_full() {
    // 48 bytes a packet with its headers: at 48,000 bytes a second one in a millisecond.
    let ([a, b], stats) = with(|sim| {
        sim.net().link("a", "test").bandwidth(48_000, 100 * 48);
    });
    untouched(&b);
    assert_eq!(a.len(), 100);
    assert!(
        (1..).zip(&a).all(|(i, (late, bytes))| *late == 5 * MILLI + i * MILLI && bytes[0] == i as u8 - 1)
    );
    assert_eq!((stats.queued, stats.lost_to(LossReason::Queue)), (100, 100));
}

#[test]
fn a_clog_ends_in_a_burst() {
    let ([a, b], stats) = with(|sim| {
        sim.net().link("a", "test").clog(3 * SECOND);
    });
    untouched(&b);
    assert!(a.len() == 200 && a.iter().all(|(late, _)| *late == 3 * SECOND));
    assert_eq!(stats.clogged, 200);
}

#[test]
fn what_is_set_for_a_link_counts_before_what_is_set_for_its_nodes() {
    let ([a, b], _) = with(|sim| {
        sim.net().node("test").latency(70 * MILLI);
        sim.net().from("a").latency(60 * MILLI);
        sim.net().link("a", "test").latency(50 * MILLI).loss(0, 1);
    });
    assert!(a.iter().all(|(late, _)| *late == 50 * MILLI));
    assert!(b.iter().all(|(late, _)| *late == 70 * MILLI));
    let ([a, b], _) = with(|sim| {
        sim.net().link("a", "test").latency(50 * MILLI);
        sim.net().link("a", "test").reset();
    });
    untouched(&a);
    untouched(&b);
}

#[test]
fn a_change_counts_for_what_is_sent_later() {
    let run = Simulation::new(1).net(Config::default().latency(5 * MILLI)).run(|sim| async move {
        sim.node("b");
        let fast = volley(&sim, 1, 1).await;
        sim.net().config(Config::default().latency(SECOND));
        let slow = volley(&sim, 1, 1).await;
        [fast, slow].map(|[a, _]| a[0].0)
    });
    assert_eq!(run.unwrap(), [5 * MILLI, SECOND]);
}

/// When 4,000 datagrams came that were sent at once, in order.
fn arrivals(latency: Latency) -> Vec<Duration> {
    let run = Simulation::new(3).net(Config::default().latency(latency)).run(|sim| async move {
        sim.node("b");
        let mut all = Vec::new();
        for _ in 0..10 {
            all.extend(volley(&sim, 200, 1).await.into_iter().flatten().map(|(late, _)| late));
        }
        all.sort();
        all
    });
    run.unwrap()
}

#[test]
fn packets_are_as_late_as_their_distribution_says() {
    let near = |came: &[Duration], share: usize, ms: f64| {
        let late = came[came.len() * share / 100].as_secs_f64() * 1e3;
        assert!((late / ms - 1.0).abs() < 0.2, "{late} ms of {ms} at {share} %");
    };
    let exponential = arrivals(Latency::exponential(20 * MILLI).at_least(5 * MILLI));
    near(&exponential, 50, 5.0 + 20.0 * 2f64.ln());
    near(&exponential, 90, 5.0 + 20.0 * 10f64.ln());
    let log_normal = arrivals(Latency::log_normal(40 * MILLI, 400 * MILLI));
    near(&log_normal, 50, 40.0);
    near(&log_normal, 90, 40.0 * 10f64.powf(1.2816 / 2.3263));
    let bimodal = arrivals(Latency::bimodal(MILLI..2 * MILLI, SECOND..2 * SECOND, 1, 10));
    let rare = bimodal.iter().filter(|late| **late >= SECOND).count();
    assert!((324..=476).contains(&rare), "{rare} of 4000");
}

#[test]
fn a_stream_hides_everything_a_link_does_but_delay() {
    use crate::wires::pair;
    use futures::{AsyncReadExt, AsyncWriteExt};
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            let link = sim.net().link("client", "server");
            link.loss(1, 10).corrupt(1, 10).duplicate(1, 5).reorder(1, 5, SECOND).bandwidth(100_000, 2_000);
            let sent: Vec<u8> = (0..40_000u32).map(|i| (i % 251) as u8).collect();
            let expected = sent.clone();
            let writer = reenact::spawn(async move {
                for chunk in sent.chunks(700) {
                    client.write_all(chunk).await.expect("sent");
                    clock::sleep(MILLI).await;
                }
                client.close().await.expect("closed");
                clock::sleep(1_000 * SECOND).await;
            });
            let mut came = Vec::new();
            server.read_to_end(&mut came).await.expect("read");
            assert!(came == expected);
            drop(writer);
            sim.net().stats()
        });
        let stats = run.unwrap();
        assert!(stats.lost_to(LossReason::Corrupt) > 0 && stats.lost_to(LossReason::Queue) > 0, "{stats:?}");
    }
}
