//! What a link does to datagrams: lateness, loss and copies, as often as its configuration says.

use crate::common::{MILLI, SECOND};
use reenact::{
    Simulation, clock,
    net::{Config, UdpSocket},
};
use std::{collections::BTreeMap, time::Duration};

/// How late each of so many datagrams was, with one entry for each arrival, by number.
fn flights(config: Config, count: u32) -> Vec<(u32, Duration)> {
    let run = Simulation::new(7).net(config).run(move |sim| async move {
        let sender = sim.node("a").spawn(async move {
            let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
            for i in 0..count {
                clock::sleep(MILLI).await;
                socket.send_to(&i.to_le_bytes(), "test:2").await.expect("sent");
            }
        });
        let socket = UdpSocket::bind("0.0.0.0:2").await.expect("free");
        let mut flights = Vec::new();
        let mut bytes = [0; 4];
        while clock::timeout(SECOND, socket.recv(&mut bytes)).await.is_ok() {
            let i = u32::from_le_bytes(bytes);
            flights.push((i, clock::now().since_start() - (i + 1) * MILLI));
        }
        sender.await.expect("no panic");
        flights
    });
    run.unwrap()
}

/// How often each number came.
fn copies(flights: &[(u32, Duration)]) -> BTreeMap<u32, u32> {
    let mut copies = BTreeMap::new();
    flights.iter().for_each(|(i, _)| *copies.entry(*i).or_default() += 1);
    copies
}

#[test]
fn by_default_all_arrive_once_within_1_to_10_ms_and_overtake_each_other() {
    let flights = flights(Config::default(), 2_000);
    assert_eq!(flights.len(), 2_000);
    assert_eq!(copies(&flights).len(), 2_000);
    let (least, most) =
        (flights.iter().map(|f| f.1).min().expect("some"), flights.iter().map(|f| f.1).max().expect("some"));
    assert!(least >= MILLI && least < 2 * MILLI, "{least:?}");
    assert!(most < 10 * MILLI && most > 9 * MILLI, "{most:?}");
    assert!(flights.windows(2).any(|two| two[0].0 > two[1].0));
    // Uniform: each ninth of the range has its share of 222; six standard deviations are 84.
    let mut shares = [0; 9];
    flights.iter().for_each(|(_, late)| shares[late.as_millis() as usize - 1] += 1);
    assert!(shares.iter().all(|share| (138..=306).contains(share)), "{shares:?}");
}

#[test]
fn the_shipped_networks_are_as_late_as_they_say() {
    let cases = [
        (Config::ideal(), Duration::ZERO, Duration::ZERO),
        (Config::lan(), Duration::from_micros(100), Duration::from_micros(800)),
        (Config::wan(), 20 * MILLI, 150 * MILLI),
    ];
    for (config, least, most) in cases {
        let flights = flights(config, 500);
        assert_eq!(flights.len(), 500);
        assert!(flights.iter().all(|(_, late)| *late >= least && *late <= most));
    }
}

#[test]
fn a_lossy_link_loses_one_in_twenty_and_doubles_one_in_a_hundred() {
    let flights = flights(Config::lossy(), 10_000);
    let copies = copies(&flights);
    let lost = 10_000 - copies.len();
    let twice = copies.values().filter(|count| **count == 2).count();
    // Six standard deviations: 131 and 58.
    assert!((369..=631).contains(&lost), "{lost} of 10,000 were lost");
    assert!((37..=153).contains(&twice), "{twice} of 10,000 came twice");
    assert!(copies.values().all(|count| *count <= 2));
    assert!(flights.iter().all(|(_, late)| *late >= MILLI && *late < 50 * MILLI));
}

#[test]
fn certainty_is_certain() {
    assert_eq!(flights(Config::default().loss(1, 1), 100), []);
    assert_eq!(flights(Config::default().loss(0, 7), 100).len(), 100);
    let doubled = flights(Config::default().duplicate(3, 3), 100);
    assert_eq!((doubled.len(), copies(&doubled).len()), (200, 100));
}

#[test]
fn the_tape_of_zeroes_has_a_perfect_network() {
    let run = Simulation::new(1)
        .net(Config::lossy().loss(99, 100))
        .replay_lenient(reenact::Tape::zero())
        .run(|sim| async move {
            let socket = UdpSocket::bind("0.0.0.0:2").await.expect("free");
            let sender =
                sim.node("a").spawn(UdpSocket::bind("0.0.0.0:1")).await.expect("no panic").expect("free");
            for i in 0..100u8 {
                sender.send_to(&[i], "test:2").await.expect("sent");
            }
            for i in 0..100u8 {
                let mut byte = [0];
                socket.recv(&mut byte).await.expect("it came");
                assert_eq!((byte[0], clock::now().since_start()), (i, MILLI));
            }
        });
    run.unwrap();
}

#[test]
fn what_is_lost_and_delivered_is_counted() {
    let run = Simulation::new(3).net(Config::lossy()).run(|sim| async move {
        let _socket = UdpSocket::bind("0.0.0.0:2").await.expect("free");
        let sender =
            sim.node("a").spawn(UdpSocket::bind("0.0.0.0:1")).await.expect("no panic").expect("free");
        for _ in 0..500 {
            sender.send_to(b"x", "test:2").await.expect("sent");
        }
        clock::sleep(SECOND).await;
    });
    let stats = run.stats().clone();
    run.unwrap();
    assert_eq!(stats.packets_sent, 500);
    assert!(stats.packets_lost > 0 && stats.packets_delivered + stats.packets_lost >= 500, "{stats:?}");
}
