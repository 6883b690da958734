//! Opening a connection: a round trip, a refusal, or a long wait.

use crate::{
    common::{MICRO, MILLI, SECOND},
    wires::{WAY, everywhere, kind, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, Simulation, clock,
    net::{Config, TcpListener, TcpStream},
    yield_now,
};
use std::{future::pending, io::ErrorKind, time::Duration};

/// Listens for ever, and keeps what it accepts.
async fn listen() {
    let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
    let mut accepted = Vec::new();
    loop {
        accepted.push(listener.accept().await.expect("it lives"));
    }
}

fn elapsed() -> Duration {
    clock::now().since_start()
}

#[test]
fn a_handshake_takes_a_round_trip_and_half_of_one_more_to_be_accepted() {
    steadily(|sim| async move {
        let accepted = sim.node("server").spawn(async {
            let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
            let (stream, _) = listener.accept().await.expect("a client");
            (elapsed(), stream)
        });
        let _stream = TcpStream::connect("server:7000").await.expect("connected");
        assert_eq!(elapsed(), 2 * WAY);
        assert_eq!(accepted.await.expect("no panic").0, 3 * WAY);
    });
}

#[test]
fn a_node_that_was_started_before_listens_before_a_connect_reaches_it() {
    everywhere(20, |sim: Sim| async move {
        sim.node("server").start(listen);
        TcpStream::connect("server:7000").await.expect("connected");
    });
}

#[test]
fn without_a_listener_it_is_refused_after_a_round_trip() {
    steadily(|sim| async move {
        let idle = sim.node("server");
        let error = TcpStream::connect((idle.ip(), 7000)).await.expect_err("nobody listens");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(error.to_string(), "connection refused: nobody listens on this port");
        assert_eq!(elapsed(), 2 * WAY);
        // A name has two addresses, which lead to the same host.
        assert_eq!(kind(TcpStream::connect("server:7000").await), ErrorKind::ConnectionRefused);
        assert_eq!(elapsed(), 4 * WAY);
        // Another port is another matter.
        idle.start(listen);
        clock::sleep(MILLI).await;
        assert_eq!(kind(TcpStream::connect("server:7001").await), ErrorKind::ConnectionRefused);
        TcpStream::connect("server:7000").await.expect("connected");
    });
}

#[test]
fn a_process_that_has_ended_refuses() {
    let ends: [fn(&reenact::Node); 2] = [reenact::Node::stop, reenact::Node::kill];
    for end in ends {
        everywhere(2, move |sim: Sim| async move {
            let server = sim.node("server");
            server.start(listen);
            TcpStream::connect("server:7000").await.expect("connected");
            end(&server);
            assert_eq!(kind(TcpStream::connect("server:7000").await), ErrorKind::ConnectionRefused);
            server.restart();
            TcpStream::connect("server:7000").await.expect("connected");
        });
    }
}

#[test]
fn across_a_partition_it_times_out_after_127_seconds() {
    steadily(|sim| async move {
        sim.node("server").start(listen);
        let _cut = sim.net().partition(&["test"], &["server"]);
        let error = TcpStream::connect("server:7000").await.expect_err("nobody hears it");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(error.to_string(), "connection timed out: no answer to seven SYNs in 127 s");
        assert_eq!(elapsed(), 127 * SECOND);
    });
}

#[test]
fn to_a_host_without_power_it_times_out_after_127_seconds() {
    steadily(|sim| async move {
        sim.node("server").start(listen);
        yield_now().await;
        sim.node("server").crash();
        assert_eq!(kind(TcpStream::connect("server:7000").await), ErrorKind::TimedOut);
        assert_eq!(elapsed(), 127 * SECOND);
    });
}

/// The SYN is sent again after 1, 2, 4, … seconds.
#[test]
fn it_succeeds_with_the_first_syn_that_gets_through() {
    for (healed, connected) in [(500, 1_000), (1_500, 3_000), (3_500, 7_000), (62_000, 63_000)] {
        steadily(|sim| async move {
            sim.node("server").start(listen);
            let cut = sim.net().partition(&["test"], &["server"]);
            clock::call_later(healed * MILLI, move || drop(cut));
            TcpStream::connect("server:7000").await.expect("connected");
            assert_eq!(elapsed(), connected * MILLI + 2 * WAY);
        });
        steadily(|sim| async move {
            let server = sim.node("server");
            server.start(listen);
            server.crash();
            clock::call_later(healed * MILLI, move || server.restart());
            TcpStream::connect("server:7000").await.expect("connected");
            assert_eq!(elapsed(), connected * MILLI + 2 * WAY);
        });
    }
}

#[test]
fn an_answer_that_is_lost_is_sent_again() {
    steadily(|sim| async move {
        sim.node("server").start(listen);
        let net = sim.net();
        // The SYN gets through, the answer does not.
        clock::call_later(WAY + MILLI, move || {
            let cut = net.partition(&["test"], &["server"]);
            clock::call_later(20 * MILLI, move || drop(cut));
        });
        TcpStream::connect("server:7000").await.expect("connected");
        assert_eq!(elapsed(), 3 * WAY + 200 * MILLI);
    });
}

#[test]
fn one_that_is_given_up_leaves_nothing_behind() {
    everywhere(5, |sim: Sim| async move {
        let server = sim.node("server");
        let reads = server.spawn(async {
            let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
            loop {
                let (mut stream, _) = listener.accept().await.expect("it lives");
                let mut byte = [0];
                match stream.read(&mut byte).await {
                    Ok(0) | Err(_) => continue,
                    Ok(_) => return byte[0],
                }
            }
        });
        for micros in [1, 100, 1_000, 3_000, 5_000, 10_000, 30_000] {
            let connect = TcpStream::connect((server.ip(), 7000));
            drop(clock::timeout(micros * MICRO, connect).await);
        }
        let mut stream = TcpStream::connect((server.ip(), 7000)).await.expect("connected");
        stream.write_all(&[9]).await.expect("written");
        assert_eq!(reads.await.expect("no panic"), 9);
    });
}

#[test]
fn a_partition_after_the_syn_has_arrived_is_a_time_out_too() {
    for kind_of_cut in ["until the end", "for 200 seconds"] {
        steadily(|sim| async move {
            let server = sim.node("server");
            server.start(listen);
            let net = sim.net();
            clock::call_later(WAY + MILLI, move || {
                let cut = net.isolate("server");
                match kind_of_cut {
                    "until the end" => cut.keep(),
                    _ => drop(clock::call_later(200 * SECOND, move || drop(cut))),
                }
            });
            assert_eq!(kind(TcpStream::connect((server.ip(), 7000)).await), ErrorKind::TimedOut);
            assert_eq!(elapsed(), 127 * SECOND);
            // Long after, the server hears that nobody wants its grant, and is as good as new.
            clock::sleep(1_000 * SECOND).await;
            sim.net().heal();
            TcpStream::connect((server.ip(), 7000)).await.expect("connected");
        });
    }
}

/// An answer that is lost for good is asked for again, as real hosts do.
#[test]
fn a_refusal_that_is_lost_is_asked_for_again() {
    for seed in 0..200 {
        let run = Simulation::new(seed).net(Config::lossy().loss(1, 2)).run(|sim| async move {
            sim.node("server");
            let refused = kind(TcpStream::connect("server:7000").await);
            assert!(matches!(refused, ErrorKind::ConnectionRefused | ErrorKind::TimedOut), "{refused}");
            refused
        });
        let (stats, refused) = (run.stats().clone(), run.unwrap());
        assert!(stats.virtual_time <= 128 * SECOND, "{stats:?}");
        assert!(refused == ErrorKind::ConnectionRefused || stats.virtual_time >= 127 * SECOND);
    }
}

#[test]
fn a_refusal_that_meets_a_partition_is_asked_for_again() {
    steadily(|sim| async move {
        let address = (sim.node("server").ip(), 7000);
        let net = sim.net();
        clock::call_later(WAY + MILLI, move || {
            let cut = net.isolate("server");
            clock::call_later(20 * MILLI, move || drop(cut));
        });
        assert_eq!(kind(TcpStream::connect(address).await), ErrorKind::ConnectionRefused);
        assert_eq!(elapsed(), SECOND + 2 * WAY);
    });
}

/// Its grant waits behind a partition, and then there is nobody left who would repeat it.
#[test]
fn a_host_that_ends_with_its_grant_unheard_is_asked_again() {
    // The SYN goes again after 1, 3 and 7 seconds; the last one finds the way free.
    type End = fn(&reenact::Node);
    let ends: [(End, Option<ErrorKind>, Duration); 5] = [
        (|node| node.stop(), Some(ErrorKind::ConnectionRefused), 7 * SECOND + 2 * WAY),
        (|node| node.kill(), Some(ErrorKind::ConnectionRefused), 7 * SECOND + 2 * WAY),
        (|node| node.restart(), Some(ErrorKind::ConnectionRefused), 7 * SECOND + 2 * WAY),
        (|node| node.crash(), Some(ErrorKind::TimedOut), 127 * SECOND),
        (|_| (), None, 6_200 * MILLI + 3 * WAY),
    ];
    for (end, result, time) in ends {
        steadily(|sim| async move {
            let server = sim.node("server");
            server.start(pending::<()>);
            server.spawn(listen());
            let net = sim.net();
            let ended = server.clone();
            clock::call_later(WAY + MILLI, move || {
                let cut = net.isolate("server");
                clock::call_later(SECOND, move || end(&ended));
                clock::call_later(5 * SECOND, move || drop(cut));
            });
            let connect = TcpStream::connect((server.ip(), 7000)).await;
            assert_eq!((connect.err().map(|error| error.kind()), elapsed()), (result, time));
        });
    }
}

/// Its host closes the half-open connection with the listener, in whatever way that ends.
#[test]
fn a_listener_that_goes_during_the_handshake_leaves_no_client_waiting() {
    type End = fn(&reenact::Node, reenact::JoinHandle<()>);
    let ends: [(&str, End); 4] = [
        ("drop", |_, task| task.abort()),
        ("stop", |node, _| node.stop()),
        ("kill", |node, _| node.kill()),
        ("crash and restart", |node, _| {
            node.crash();
            node.restart();
        }),
    ];
    for (name, end) in ends {
        // After the SYN arrived, and before its answer, and after that.
        for at in [WAY + MILLI, 2 * WAY + MILLI, 3 * WAY + MILLI] {
            if name == "crash and restart" && at > 3 * WAY {
                // The connection stands, and power loss is silence.
                continue;
            }
            steadily(|sim| async move {
                let server = sim.node("server");
                server.start(pending::<()>);
                let listens = server.spawn(async {
                    let _listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
                    pending::<()>().await;
                });
                clock::call_later(at, move || end(&server, listens));
                let client = async {
                    let mut stream = TcpStream::connect((sim.node("server").ip(), 7000)).await?;
                    stream.read(&mut [0; 8]).await
                };
                let came = clock::timeout(10 * SECOND, client).await;
                let came = came.unwrap_or_else(|_| panic!("{name} at {at:?}: the client waits for ever"));
                assert!(matches!(came, Ok(0) | Err(_)), "{name} at {at:?}: {came:?}");
            });
        }
    }
}
