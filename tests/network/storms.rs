//! Everything at once: streams on bad networks, with partitions that come and go and servers that
//! come and go. What is read is always what was written, from its beginning, without a gap; and
//! nobody waits for ever without a reason.

use crate::common::{MILLI, SECOND};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Node, Sim, Simulation, clock, draw,
    net::{Config, TcpListener, TcpStream},
    spawn, yield_now,
};
use std::{io, time::Duration};

/// What a client sends: its number, and then bytes in which every place differs from those around.
fn byte(client: u8, place: usize) -> u8 {
    (place * 7 + usize::from(client) * 31 + place / 251) as u8
}

/// Writes bytes `0..len` in drawn pieces.
async fn write(stream: &mut (impl AsyncWriteExt + Unpin), client: u8, len: usize) -> io::Result<()> {
    let mut sent = 0;
    while sent < len {
        let size = draw::range(1..2_000usize).min(len - sent);
        let piece: Vec<u8> = (sent..sent + size).map(|place| byte(client, place)).collect();
        sent += stream.write(&piece).await?;
        match draw::below(4) {
            0 => clock::sleep(Duration::from_micros(draw::below(20_000))).await,
            1 => yield_now().await,
            _ => {}
        }
    }
    Ok(())
}

/// Reads to the end, and checks every byte; returns how many there were, and how it ended.
async fn read(stream: &mut (impl AsyncReadExt + Unpin), client: u8) -> (usize, io::Result<()>) {
    let mut read = 0;
    loop {
        let mut buffer = vec![0; draw::range(1..3_000usize)];
        match stream.read(&mut buffer).await {
            Ok(0) => return (read, Ok(())),
            Ok(n) => {
                for (i, found) in buffer[..n].iter().enumerate() {
                    assert_eq!(*found, byte(client, read + i), "byte {} of client {client}", read + i);
                }
                read += n;
            }
            Err(error) => return (read, Err(error)),
        }
        if draw::chance(1, 5) {
            clock::sleep(Duration::from_micros(draw::below(30_000))).await;
        }
    }
}

/// Networks, among them one so slow that retransmissions meet what they repeat.
fn networks() -> [Config; 5] {
    let slow = Config::default().latency(MILLI..2 * SECOND);
    [
        Config::default(),
        Config::lossy(),
        Config::lossy().loss(30, 100).window(5_000),
        slow.clone().window(3_000),
        slow.loss(10, 100),
    ]
}

/// Cuts links of `server` for a while, now and then.
async fn weather(sim: Sim, nodes: Vec<String>) {
    loop {
        clock::sleep(Duration::from_millis(draw::below(2_000))).await;
        let guard = match draw::below(2) {
            0 => sim.net().isolate("server"),
            _ => sim.net().partition(&["server"], &[draw::pick(&nodes)]),
        };
        clock::sleep(Duration::from_millis(*draw::pick(&[1, 20, 300, 5_000]))).await;
        drop(guard);
    }
}

async fn collect(listener: TcpListener) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { return };
        spawn(async move {
            let mut client = [0];
            if stream.read_exact(&mut client).await.is_err() {
                return;
            }
            let (n, ended) = read(&mut stream, client[0]).await;
            if ended.is_ok() {
                let _ = stream.write_all(&(n as u64).to_le_bytes()).await;
            }
        });
    }
}

/// Sends so many bytes, and hears how many came.
async fn send(client: u8, len: usize) -> io::Result<u64> {
    let mut stream = TcpStream::connect("server:7000").await?;
    stream.write_all(&[client]).await?;
    write(&mut stream, client, len).await?;
    stream.close().await?;
    let mut count = [0; 8];
    stream.read_exact(&mut count).await?;
    Ok(u64::from_le_bytes(count))
}

#[test]
fn all_bytes_arrive_though_links_come_and_go() {
    for seed in 0..60 {
        let config = networks()[seed as usize % 5].clone();
        let run = Simulation::new(seed).net(config).run(|sim| async move {
            let server = sim.node("server");
            let listener =
                server.spawn(TcpListener::bind("0.0.0.0:7000")).await.expect("no panic").expect("free");
            server.spawn(collect(listener));
            let names: Vec<String> = (0..3).map(|i| format!("client-{i}")).collect();
            let clients: Vec<_> = (0..3u8)
                .map(|i| {
                    sim.node(&names[i as usize]).spawn(async move {
                        let len = draw::range(0..20_000usize);
                        let sent = loop {
                            match send(i, len).await {
                                // Seven SYNs in a row may be lost.
                                Err(error) if error.kind() == io::ErrorKind::TimedOut => continue,
                                sent => break sent,
                            }
                        };
                        assert_eq!(sent.expect("it gets through"), len as u64);
                    })
                })
                .collect();
            let weather = spawn(weather(sim.clone(), names));
            for client in clients {
                clock::timeout(7_200 * SECOND, client).await.expect("in time").expect("no panic");
            }
            weather.abort();
        });
        run.unwrap();
    }
}

/// Ends the server in every way, now and then; it always comes back.
async fn fate(server: Node) {
    loop {
        clock::sleep(Duration::from_millis(draw::below(3_000))).await;
        match draw::below(4) {
            0 => server.stop(),
            1 => server.kill(),
            2 => server.crash(),
            _ => {}
        }
        clock::sleep(Duration::from_millis(*draw::pick(&[0, 5, 100, 4_000]))).await;
        server.restart();
    }
}

/// Who waits for an answer of a host that lost power waits for ever, so this client gives up by
/// itself there; a connect and a write end by themselves.
#[test]
fn whatever_happens_to_the_server_no_byte_is_wrong_and_nobody_is_stuck() {
    let mut outcomes = std::collections::BTreeMap::<String, u32>::new();
    for seed in 0..60 {
        let config = networks()[seed as usize % 5].clone();
        let run = Simulation::new(seed).net(config).run(|sim| async move {
            let server = sim.node("server");
            server.start(|| async {
                collect(TcpListener::bind("0.0.0.0:7000").await.expect("free")).await;
            });
            let names: Vec<String> = (0..3).map(|i| format!("client-{i}")).collect();
            let clients: Vec<_> = (0..3u8)
                .map(|i| {
                    sim.node(&names[i as usize]).spawn(async move {
                        let mut ends = Vec::new();
                        for _ in 0..4 {
                            ends.push(attempt(i).await);
                        }
                        ends
                    })
                })
                .collect();
            let (weather, fate) = (spawn(weather(sim.clone(), names)), spawn(fate(server)));
            let mut all = Vec::new();
            for client in clients {
                all.extend(client.await.expect("no panic"));
            }
            weather.abort();
            fate.abort();
            all
        });
        for end in run.unwrap() {
            *outcomes.entry(end).or_default() += 1;
        }
    }
    for expected in ["all came", "connect: ConnectionRefused", "write: BrokenPipe", "read: ConnectionReset"] {
        assert!(outcomes.contains_key(expected), "{expected} never happened: {outcomes:?}");
    }
}

async fn attempt(client: u8) -> String {
    let began = clock::now();
    let stream = TcpStream::connect("server:7000").await;
    assert!(clock::now() - began <= 130 * SECOND, "a connect took {:?}", clock::now() - began);
    let mut stream = match stream {
        Ok(stream) => stream,
        Err(error) => return format!("connect: {:?}", error.kind()),
    };
    let wrote = async {
        stream.write_all(&[client]).await?;
        write(&mut stream, client, draw::range(0..20_000usize)).await?;
        stream.close().await
    };
    let wrote = clock::timeout(4_000 * SECOND, wrote).await.expect("a write ends by itself");
    if let Err(error) = wrote {
        return format!("write: {:?}", error.kind());
    }
    match clock::timeout(60 * SECOND, stream.read_exact(&mut [0; 8])).await {
        Err(_) => "given up".to_owned(),
        Ok(Err(error)) => format!("read: {:?}", error.kind()),
        Ok(Ok(())) => "all came".to_owned(),
    }
}
