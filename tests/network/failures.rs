//! Keep-alive, time-outs of users, connections that break, what the network tells of the dead.

use crate::{
    common::SECOND,
    wires::{WAY, kind, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Simulation, clock,
    net::{Config, TcpKeepalive, TcpListener, TcpStream, UdpSocket, lookup_host},
};
use std::{io, io::ErrorKind, time::Duration};

/// Asks after ten seconds, then every second, three times.
const KEEPALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_secs(10)).with_interval(SECOND).with_retries(3);

#[test]
fn a_keep_alive_finds_out_that_the_peer_is_silent() {
    steadily(|sim| async move {
        let (mut client, _server) = pair(&sim).await;
        client.set_tcp_keepalive(&KEEPALIVE).expect("open");
        clock::sleep(60 * SECOND).await;
        sim.node("server").crash();
        let start = clock::now();
        assert_eq!(kind(client.read(&mut [0]).await), ErrorKind::TimedOut);
        let waited = clock::now() - start;
        assert!((3 * SECOND..=14 * SECOND).contains(&waited), "{waited:?}");
    });
}

#[test]
fn a_keep_alive_hears_that_the_peer_has_restarted() {
    steadily(|sim| async move {
        let (mut client, _server) = pair(&sim).await;
        client.set_tcp_keepalive(&KEEPALIVE).expect("open");
        let server = sim.node("server");
        server.start(std::future::pending::<()>);
        server.crash();
        server.restart();
        assert_eq!(kind(client.read(&mut [0]).await), ErrorKind::ConnectionReset);
        assert!(clock::now().since_start() < 12 * SECOND);
    });
}

#[test]
fn a_keep_alive_disturbs_no_connection_that_is_alive() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.set_tcp_keepalive(&KEEPALIVE).expect("open");
        assert!(clock::timeout(3_600 * SECOND, client.read(&mut [0])).await.is_err());
        server.write_all(b"!").await.expect("sent");
        client.read_exact(&mut [0]).await.expect("read");
        drop((client, server));
        clock::sleep(60 * SECOND).await;
        assert!(sim.net().in_flight().is_empty());
    });
}

#[test]
fn without_a_keep_alive_silence_lasts() {
    steadily(|sim| async move {
        let (mut client, _server) = pair(&sim).await;
        client.set_keepalive(true).expect("open");
        client.set_keepalive(false).expect("open");
        sim.node("server").crash();
        assert!(clock::timeout(20 * 3_600 * SECOND, client.read(&mut [0])).await.is_err());
    });
}

#[test]
fn a_user_time_out_ends_the_waiting() {
    steadily(|sim| async move {
        let (mut client, _server) = pair(&sim).await;
        client.set_tcp_user_timeout(Some(30 * SECOND)).expect("open");
        let cut = sim.net().isolate("server");
        client.write_all(b"lost").await.expect("sent");
        let start = clock::now();
        clock::sleep(10 * SECOND).await;
        drop(cut);
        clock::sleep(100 * SECOND).await;
        assert!(client.take_error().expect("open").is_none(), "it got through in time");
        let _cut = sim.net().isolate("server");
        client.write_all(b"lost").await.expect("sent");
        let again = clock::now();
        assert_eq!(kind(client.read(&mut [0]).await), ErrorKind::TimedOut);
        let waited = clock::now() - again;
        assert!((30 * SECOND..31 * SECOND).contains(&waited), "{waited:?} {start}");
    });
}

#[test]
fn a_host_of_whose_death_the_network_tells_is_unreachable_at_once() {
    steadily(|sim| async move {
        sim.node("db").crash();
        sim.net().config(Config::default().latency(WAY).unreachable(1, 1));
        assert_eq!(kind(TcpStream::connect("db:1").await), ErrorKind::HostUnreachable);
        assert!(clock::now().since_start() < SECOND);
        sim.net().config(Config::default().latency(WAY));
        assert_eq!(kind(TcpStream::connect("db:1").await), ErrorKind::TimedOut);
    });
}

#[test]
fn connections_break_at_random_on_one_end_or_both() {
    let mut ends = [[0; 2]; 2];
    for seed in 0..60 {
        let run = Simulation::new(seed).net(Config::default().reset(1, 1)).run(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            client.write_all(b"!").await.expect("sent");
            clock::sleep(SECOND).await;
            assert_eq!(sim.net().stats().broken, 1);
            let broken = [&client, &server].map(|stream| stream.take_error().expect("open").is_some());
            if broken == [true, false] {
                // Who has heard nothing finds out when it sends.
                server.read_exact(&mut [0]).await.expect("it came");
                server.write_all(b"?").await.expect("sent");
                assert_eq!(kind(server.read(&mut [0]).await), ErrorKind::ConnectionReset);
            }
            broken
        });
        let [client, server] = run.unwrap();
        ends[usize::from(client)][usize::from(server)] += 1;
    }
    assert_eq!(ends[0][0], 0);
    assert!([ends[0][1], ends[1][0], ends[1][1]].iter().all(|count| *count >= 8), "{ends:?}");
}

#[test]
fn a_lookup_fails_for_the_moment() {
    let run = Simulation::new(1).net(Config::default().lookup_failure(1, 2)).run(|sim| async move {
        sim.node("db");
        let mut failed = 0;
        for _ in 0..100 {
            match lookup_host("db:1").await {
                Ok(mut addrs) => assert_eq!(addrs.next().expect("one").ip(), sim.node("db").ip()),
                Err(error) => {
                    assert!(error.to_string().contains("temporary failure in name resolution"), "{error}");
                    failed += 1;
                }
            }
        }
        assert!(lookup_host("10.0.0.2:1").await.is_ok() && lookup_host("localhost:1").await.is_ok());
        assert_eq!(sim.net().stats().lookups_failed, failed);
        failed
    });
    let failed = run.unwrap();
    assert!((30..=70).contains(&failed), "{failed}");
}

#[test]
fn a_connected_socket_is_told_once_that_nobody_is_there() {
    steadily(|sim| async move {
        sim.node("db");
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        socket.connect("db:1").await.expect("an address");
        socket.send(b"hi").await.expect("sent");
        let start = clock::now();
        assert_eq!(kind(socket.recv(&mut [0]).await), ErrorKind::ConnectionRefused);
        assert_eq!(clock::now() - start, 2 * WAY);
        assert!(clock::timeout(SECOND, socket.recv(&mut [0])).await.is_err());
        for _ in 0..2 {
            socket.send(b"hi").await.expect("sent");
            clock::sleep(SECOND).await;
            assert_eq!(kind(socket.send(b"hi").await), ErrorKind::ConnectionRefused);
        }
    });
}

#[test]
fn nobody_else_is_told_that_nobody_is_there() {
    steadily(|sim| async move {
        sim.node("db");
        let socket = UdpSocket::bind("0.0.0.0:9").await.expect("free");
        socket.send_to(b"hi", "db:1").await.expect("sent");
        assert!(clock::timeout(SECOND, socket.recv(&mut [0])).await.is_err());
        sim.node("db").crash();
        socket.connect("db:1").await.expect("an address");
        socket.send(b"hi").await.expect("sent");
        assert!(clock::timeout(SECOND, socket.recv(&mut [0])).await.is_err(), "its host is down");
    });
}

#[test]
fn a_datagram_above_the_mtu_does_not_leave_its_node() {
    steadily(|sim| async move {
        let _receiver = sim.node("db").spawn(UdpSocket::bind("0.0.0.0:1")).await;
        sim.net().config(Config::default().mtu(1_500));
        let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
        assert_eq!(socket.send_to(&[0; 1_472], "db:1").await.expect("it fits"), 1_472);
        let large = |error: io::Error| error.to_string().to_lowercase().contains("message too long");
        assert!(socket.send_to(&[0; 1_473], "db:1").await.is_err_and(large));
        assert!(socket.send_to(&[0; 60_000], "127.0.0.1:1").await.is_ok(), "it does not leave");
    });
}

#[test]
fn a_full_queue_refuses_nobody_and_takes_whoever_asks_again() {
    steadily(|sim| async move {
        let socket = reenact::net::TcpSocket::new_v4().expect("made");
        socket.bind("0.0.0.0:1".parse().expect("an address")).expect("unbound");
        let listener: TcpListener = socket.listen(0).expect("free");
        let own = (sim.node("test").ip(), 1);
        let _first = TcpStream::connect(own).await.expect("connected");
        let accepted = reenact::spawn(async move {
            clock::sleep(10 * SECOND).await;
            for _ in 0..2 {
                listener.accept().await.expect("one");
            }
        });
        let _second = TcpStream::connect(own).await.expect("connected");
        // SYNs go again after 1, 2, 4 and 8 seconds.
        assert_eq!(clock::now().since_start().as_secs(), 15);
        accepted.await.expect("no panic");
    });
}
