//! How connections end: in order, half by half, and abruptly.

use crate::{
    common::{MILLI, SECOND},
    wires::{everywhere, kind, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt, poll};
use reenact::{Sim, Simulation, clock};
use std::{io::ErrorKind, pin::pin};

#[test]
fn a_dropped_stream_is_the_end_for_its_reader_after_all_bytes() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"the last words").await.expect("written");
        drop(client);
        let mut all = Vec::new();
        server.read_to_end(&mut all).await.expect("an orderly end");
        assert_eq!(all, b"the last words");
        for _ in 0..3 {
            assert_eq!(server.read(&mut [0; 8]).await.expect("still the end"), 0);
        }
    });
}

#[test]
fn closing_ends_one_direction_only() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"question").await.expect("written");
        client.close().await.expect("closed");
        let mut all = Vec::new();
        server.read_to_end(&mut all).await.expect("read");
        assert_eq!(all, b"question");
        for part in ["an ", "ans", "wer"] {
            server.write_all(part.as_bytes()).await.expect("the other half is open");
            clock::sleep(MILLI).await;
        }
        drop(server);
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.expect("read");
        assert_eq!(all, b"an answer");
    });
}

#[test]
fn who_waits_for_bytes_is_told_of_the_end() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let reads = sim.node("server").spawn(async move { server.read(&mut [0; 8]).await });
        clock::sleep(SECOND).await;
        assert!(!reads.is_finished());
        drop(client);
        assert_eq!(reads.await.expect("no panic").expect("an orderly end"), 0);
    });
}

#[test]
fn nothing_can_be_written_to_what_was_closed() {
    steadily(|sim| async move {
        let (mut client, _server) = pair(&sim).await;
        client.close().await.expect("closed");
        client.close().await.expect("twice is once");
        for _ in 0..2 {
            assert_eq!(kind(client.write(b"late").await), ErrorKind::BrokenPipe);
        }
    });
}

/// Its own process closed, so the peer may go on reading what it has.
#[test]
fn a_write_to_one_that_has_gone_is_answered_with_a_reset() {
    steadily(|sim| async move {
        let (mut client, server) = pair(&sim).await;
        drop(server);
        clock::sleep(SECOND).await;
        assert_eq!(client.read(&mut [0; 8]).await.expect("an orderly end"), 0);
        // The first is on its way before anybody knows.
        assert_eq!(client.write(b"late").await.expect("sent"), 4);
        clock::sleep(SECOND).await;
        // Linux tells one that has heard of the end nothing of resets.
        assert_eq!(client.read(&mut [0; 8]).await.expect("the end"), 0);
        for _ in 0..3 {
            assert_eq!(kind(client.write(b"too late").await), ErrorKind::BrokenPipe);
        }
        assert_eq!(client.read(&mut [0; 8]).await.expect("the end"), 0);
    });
}

/// Each segment that comes too late is answered; the first answer is the one that counts.
#[test]
fn a_reset_is_told_once() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|sim| async move {
            let (mut client, server) = pair(&sim).await;
            client.write_all(b"unread").await.expect("written");
            clock::sleep(SECOND).await;
            drop(server);
            for _ in 0..5 {
                client.write_all(b"late").await.expect("sent");
            }
            let error = loop {
                match client.write(b"late").await {
                    Ok(_) => clock::sleep(MILLI).await,
                    Err(error) => break error.kind(),
                }
            };
            assert_eq!(error, ErrorKind::ConnectionReset);
            for _ in 0..100 {
                assert_eq!(kind(client.write(b"late").await), ErrorKind::BrokenPipe);
                clock::sleep(MILLI).await;
            }
        });
        run.unwrap();
    }
}

#[test]
fn one_that_goes_with_bytes_unread_resets() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        server.write_all(b"before").await.expect("written");
        client.write_all(b"unread").await.expect("written");
        clock::sleep(SECOND).await;
        drop(server);
        clock::sleep(SECOND).await;
        // What arrived before is not lost.
        let mut before = [0; 6];
        client.read_exact(&mut before).await.expect("read");
        assert_eq!(&before, b"before");
        assert_eq!(kind(client.read(&mut [0; 8]).await), ErrorKind::ConnectionReset);
        assert_eq!(client.read(&mut [0; 8]).await.expect("the end"), 0);
        assert_eq!(kind(client.write(b"more").await), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_reset_wakes_reader_and_writer() {
    Simulation::new(1)
        .net(crate::wires::steady().window(10))
        .run(|sim| async move {
            let (client, server) = pair(&sim).await;
            let (mut from, mut to) = client.split();
            let reads = sim.node("client").spawn(async move { from.read(&mut [0; 8]).await });
            let writes = sim.node("client").spawn(async move { to.write_all(&[0; 100]).await });
            clock::sleep(SECOND).await;
            drop(server);
            let (read, wrote) = (reads.await.expect("no panic"), writes.await.expect("no panic"));
            // One of them is told why, the other that it is over.
            let kinds = (read.map_err(|error| error.kind()), wrote.map_err(|error| error.kind()));
            let told = [
                (Err(ErrorKind::ConnectionReset), Err(ErrorKind::BrokenPipe)),
                (Ok(0), Err(ErrorKind::ConnectionReset)),
            ];
            assert!(told.contains(&kinds), "{kinds:?}");
        })
        .unwrap();
}

#[test]
fn both_may_close_at_once() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"one").await.expect("written");
        server.write_all(b"other").await.expect("written");
        client.close().await.expect("closed");
        server.close().await.expect("closed");
        let (mut at_client, mut at_server) = (Vec::new(), Vec::new());
        client.read_to_end(&mut at_client).await.expect("read");
        server.read_to_end(&mut at_server).await.expect("read");
        assert_eq!((at_client.as_slice(), at_server.as_slice()), (&b"other"[..], &b"one"[..]));
    });
}

#[test]
fn a_dropped_half_of_a_split_stream_closes_nothing() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let (from, mut to) = client.split();
        drop(from);
        to.write_all(b"hello").await.expect("written");
        server.read_exact(&mut [0; 5]).await.expect("read");
        drop(to);
        assert_eq!(server.read(&mut [0; 8]).await.expect("an orderly end"), 0);
    });
}

#[test]
fn a_close_waits_for_nothing() {
    steadily(|sim| async move {
        let (mut client, server) = pair(&sim).await;
        let before = clock::now();
        let mut close = pin!(client.close());
        assert!(poll!(close.as_mut()).is_ready());
        assert_eq!(clock::now(), before);
        drop(server);
    });
}

#[test]
fn connections_that_are_over_leave_nothing_on_the_wire() {
    let run = Simulation::new(1).run(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(b"hi").await.expect("written");
        server.read_exact(&mut [0; 2]).await.expect("read");
        drop((client, server));
        clock::sleep(3_600 * SECOND).await;
    });
    // SYN, SYN-ACK, ACK, one segment, two FINs.
    assert_eq!((run.stats().packets_sent, run.stats().packets_delivered), (6, 6));
    run.unwrap();
}
