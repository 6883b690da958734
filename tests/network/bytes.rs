//! A stream of bytes: what is written is read, all of it, once, in order.

use crate::{
    common::{MICRO, MILLI, SECOND},
    wires::{WAY, everywhere, pair, steadily},
};
use futures::{AsyncReadExt, AsyncWriteExt, future::join};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use reenact::{
    Sim, Simulation, clock, net,
    net::{Config, TcpStream},
    yield_now,
};
use std::{io, io::IoSlice};

/// Bytes in which every place differs from those around it.
fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

/// What one end does before its next chunk.
#[derive(Clone, Copy, Debug)]
enum Pause {
    None,
    Yield,
    Sleep(u32),
}

impl Pause {
    async fn take(self) {
        match self {
            Pause::None => {}
            Pause::Yield => yield_now().await,
            Pause::Sleep(micros) => clock::sleep(micros * MICRO).await,
        }
    }
}

/// How an end writes or reads: sizes of chunks, with pauses before them.
type Manner = Vec<(usize, Pause)>;

fn manner() -> impl Strategy<Value = Manner> {
    let size = prop_oneof![1..4usize, 1..200usize, 1..5_000usize];
    let pause = prop_oneof![
        proptest::prelude::Just(Pause::None),
        proptest::prelude::Just(Pause::Yield),
        (0..30_000u32).prop_map(Pause::Sleep)
    ];
    prop::collection::vec((size, pause), 1..12)
}

async fn write(mut stream: impl futures::AsyncWrite + Unpin, all: Vec<u8>, manner: Manner) -> io::Result<()> {
    let (mut rest, mut manner) = (&all[..], manner.into_iter().cycle());
    while !rest.is_empty() {
        let (size, pause) = manner.next().expect("it is not empty");
        pause.take().await;
        let n = stream.write(&rest[..size.min(rest.len())]).await?;
        rest = &rest[n..];
    }
    stream.close().await
}

async fn read(mut stream: impl futures::AsyncRead + Unpin, manner: Manner) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for (size, pause) in manner.into_iter().cycle() {
        pause.take().await;
        let mut buffer = vec![0; size];
        match stream.read(&mut buffer).await? {
            0 => return Ok(all),
            n => all.extend_from_slice(&buffer[..n]),
        }
    }
    unreachable!("it goes round")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Both directions at once, with any sizes and pauses, on good and bad networks.
    #[test]
    fn they_arrive_in_order_under_any_interleaving(
        seed: u64,
        network in 0..4usize,
        window in prop_oneof![proptest::prelude::Just(256 << 10), 1..300u32],
        len in [0..6_000usize, 0..6_000],
        manners in [manner(), manner(), manner(), manner()],
        zero in any::<bool>(),
    ) {
        let config = [Config::default(), Config::lossy(), Config::ideal(), Config::lan()][network].clone().window(window);
        let all = [bytes(len[0]), bytes(len[1])];
        let simulation = Simulation::new(seed).net(config);
        let simulation = if zero { simulation.replay_lenient(reenact::Tape::zero()) } else { simulation };
        let [w0, w1, r0, r1] = manners;
        let sent = all.clone();
        let run = simulation.run(move |sim| async move {
            let (client, server) = pair(&sim).await;
            let (from_client, to_client) = client.split();
            let [there, back] = sent;
            let forth = join(write(to_client, there, w0), read(from_client, r0));
            let (from_server, to_server) = server.split();
            let forth = sim.node("client").spawn(forth);
            let back = sim.node("server").spawn(join(write(to_server, back, w1), read(from_server, r1)));
            (forth.await.expect("no panic"), back.await.expect("no panic"))
        });
        let ((wrote, heard), (answered, read)) = run.unwrap();
        wrote.expect("written");
        answered.expect("written");
        prop_assert_eq!([read.expect("read"), heard.expect("read")], all);
    }
}

#[test]
fn a_megabyte_goes_through_everywhere() {
    everywhere(1, |sim: Sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let all = bytes(1 << 20);
        let sent = all.clone();
        let writer = sim.node("client").spawn(async move {
            client.write_all(&sent).await.expect("written");
            client.close().await.expect("closed");
            // To the end: the other side reads to it.
            client.read_to_end(&mut Vec::new()).await.expect("an orderly end");
        });
        let mut read = Vec::new();
        server.read_to_end(&mut read).await.expect("read");
        assert!(read == all);
        drop(server);
        writer.await.expect("no panic");
    });
}

#[test]
fn bytes_take_one_way() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let before = clock::now();
        client.write_all(b"ping").await.expect("written");
        assert_eq!(clock::now(), before, "a write does not wait for the reader");
        server.read_exact(&mut [0; 4]).await.expect("read");
        assert_eq!(clock::now() - before, WAY);
        server.write_all(b"pong").await.expect("written");
        client.read_exact(&mut [0; 4]).await.expect("read");
        assert_eq!(clock::now() - before, 2 * WAY);
    });
}

/// However late a segment is, what was written behind it comes behind it.
#[test]
fn segments_never_overtake_each_other() {
    for seed in 0..30 {
        let run = Simulation::new(seed).net(Config::default().latency(MILLI..SECOND)).run(|sim| async move {
            let (mut client, mut server) = pair(&sim).await;
            for i in 0..50u8 {
                client.write_all(&[i]).await.expect("written");
                yield_now().await;
            }
            let mut all = [0; 50];
            server.read_exact(&mut all).await.expect("read");
            assert!(all.iter().copied().eq(0..50));
        });
        run.unwrap();
    }
}

#[test]
fn a_read_takes_what_is_there_and_no_more_than_fits() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        for part in [&b"one "[..], b"two ", b"three"] {
            client.write_all(part).await.expect("written");
        }
        clock::sleep(SECOND).await;
        let mut buffer = [0; 6];
        assert_eq!(server.read(&mut buffer).await.expect("read"), 6);
        assert_eq!(&buffer, b"one tw");
        let mut large = [0; 64];
        assert_eq!(server.read(&mut large).await.expect("read"), 7);
        assert_eq!(&large[..7], b"o three");
    });
}

#[test]
fn nothing_is_read_and_written_at_once() {
    steadily(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        assert_eq!(client.write(&[]).await.expect("written"), 0);
        assert_eq!(server.read(&mut []).await.expect("read"), 0);
        client.write_all(b"x").await.expect("written");
        client.flush().await.expect("flushed");
        assert_eq!(server.read(&mut [0; 8]).await.expect("read"), 1);
    });
}

#[test]
fn several_slices_are_one_segment() {
    let run = Simulation::new(1).run(|sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let slices = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cd")];
        assert_eq!(client.write_vectored(&slices).await.expect("written"), 4);
        assert_eq!(
            client.write_vectored(&[IoSlice::new(b""), IoSlice::new(b"e")]).await.expect("written"),
            1
        );
        assert_eq!(client.write_vectored(&[]).await.expect("written"), 0);
        let mut all = [0; 5];
        server.read_exact(&mut all).await.expect("read");
        assert_eq!(&all, b"abcde");
    });
    // SYN, SYN-ACK, ACK, two segments, two FINs.
    assert_eq!(run.stats().packets_sent, 7);
    run.unwrap();
}

#[test]
fn a_stream_may_be_used_through_references_by_two_tasks() {
    steadily(|sim| async move {
        let (client, mut server) = pair(&sim).await;
        let client = std::sync::Arc::new(client);
        let writer = client.clone();
        let wrote = sim.node("client").spawn(async move {
            clock::sleep(MILLI).await;
            (&*writer).write_all(b"ping").await
        });
        let reads = sim.node("client").spawn(async move {
            let mut buffer = [0; 4];
            (&*client).read_exact(&mut buffer).await.map(|()| buffer)
        });
        server.read_exact(&mut [0; 4]).await.expect("read");
        server.write_all(b"pong").await.expect("written");
        wrote.await.expect("no panic").expect("written");
        assert_eq!(&reads.await.expect("no panic").expect("read"), b"pong");
    });
}

#[test]
fn a_read_that_is_given_up_loses_no_byte() {
    everywhere(3, |sim: Sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        sim.node("client").spawn(async move {
            for i in 0..20 {
                clock::sleep(MILLI).await;
                client.write_all(&[i]).await.expect("written");
            }
            std::future::pending::<()>().await;
        });
        let mut all = Vec::new();
        while all.len() < 20 {
            let mut byte = [0];
            if let Ok(read) = clock::timeout(MILLI / 3, server.read(&mut byte)).await {
                assert_eq!(read.expect("read"), 1);
                all.push(byte[0]);
            }
        }
        assert!(all.into_iter().eq(0..20));
    });
}

/// A program written for `futures::io` needs nothing of ours but the stream.
#[test]
fn the_traits_of_futures_are_enough() {
    use futures::{AsyncBufReadExt, StreamExt, io::BufReader};
    steadily(|sim| async move {
        let (mut client, server) = pair(&sim).await;
        client.write_all(b"one\ntwo\nthree").await.expect("written");
        client.close().await.expect("closed");
        let lines: Vec<_> = BufReader::new(server).lines().map(|line| line.expect("text")).collect().await;
        assert_eq!(lines, ["one", "two", "three"]);
        let copied = net::TcpStream::connect("nobody:1").await;
        assert!(copied.is_err());
    });
}

/// Many connections between the same two nodes do not mix.
#[test]
fn connections_do_not_mix() {
    everywhere(2, |sim: Sim| async move {
        let server = sim.node("server");
        server.start(|| async {
            let listener = net::TcpListener::bind("0.0.0.0:7000").await.expect("free");
            loop {
                let (mut stream, _) = listener.accept().await.expect("it lives");
                reenact::spawn(async move {
                    let mut all = Vec::new();
                    stream.read_to_end(&mut all).await.expect("read");
                    stream.write_all(&all).await.expect("written");
                });
            }
        });
        let client = sim.node("client");
        let tasks: Vec<_> = (0..10u8)
            .map(|i| {
                client.spawn(async move {
                    let mut stream = TcpStream::connect("server:7000").await.expect("connected");
                    for _ in 0..20 {
                        stream.write_all(&[i; 7]).await.expect("written");
                        yield_now().await;
                    }
                    stream.close().await.expect("closed");
                    let mut all = Vec::new();
                    stream.read_to_end(&mut all).await.expect("read");
                    assert_eq!(all, [i; 140]);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
    });
}
