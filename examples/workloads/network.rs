//! Workloads of streams and datagrams, over the default network: 1 to 10 ms one way.

use crate::measure::{Work, resident, simulate};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, clock, draw,
    net::{TcpListener, TcpStream, UdpSocket},
    spawn,
};
use std::{cell::Cell, net::SocketAddr, rc::Rc, time::Duration};

const PING: usize = 64;
const ECHO: usize = 128;
const CHUNK: usize = 16 << 10;
pub(crate) const ECHO_ROUNDS: u64 = 10;
const STARTUP_ROUNDS: u64 = 10;
pub(crate) const MESH_SENDS: u64 = 100;
const MESH_PACE: Duration = Duration::from_millis(1);
const MESH_LOOK: Duration = Duration::from_millis(5);
const MESH_LOOKS: u64 = 200;

/// Answers each message of `S` bytes with the same.
async fn server<const S: usize>() {
    let listener = TcpListener::bind("0.0.0.0:7").await.expect("the port is free");
    loop {
        let (mut stream, _) = listener.accept().await.expect("the server lives");
        spawn(async move {
            let mut buffer = [0; S];
            while stream.read_exact(&mut buffer).await.is_ok() {
                stream.write_all(&buffer).await.expect("the client reads on");
            }
        });
    }
}

/// Sends `rounds` messages and checks each answer; returns how many were right.
async fn client<const S: usize>(rounds: u64) -> u64 {
    let mut stream = TcpStream::connect("server:7").await.expect("the server listens");
    let (mut buffer, mut right) = ([0; S], 0);
    for round in 0..rounds {
        buffer[0] = round as u8;
        stream.write_all(&buffer).await.expect("the server reads on");
        buffer[0] = !buffer[0];
        stream.read_exact(&mut buffer).await.expect("the server answers");
        right += (buffer[0] == round as u8) as u64;
    }
    right
}

async fn clients<const S: usize>(sim: Sim, nodes: &[String], rounds: u64) -> u64 {
    sim.node("server").start(server::<S>);
    let clients: Vec<_> =
        nodes.iter().map(|node| sim.node(node.as_str()).spawn(client::<S>(rounds))).collect();
    let mut ops = 0;
    for client in clients {
        ops += client.await.expect("it ends");
    }
    ops
}

fn names(n: u64) -> Vec<String> {
    (0..n).map(|i| format!("client-{i}")).collect()
}

/// Round trips of 64 bytes on one stream between two nodes.
pub(crate) fn round_trips(n: u64, rounds: u64, seed: u64) -> Work {
    Work::of(simulate(seed, move |sim| async move { clients::<PING>(sim, &names(n), rounds).await }))
}

/// `n` clients with a connection each, ten round trips of 128 bytes.
pub(crate) fn echo(n: u64, seed: u64) -> Work {
    let nodes = vec!["clients".to_owned(); n as usize];
    Work::of(simulate(seed, move |sim| async move { clients::<ECHO>(sim, &nodes, ECHO_ROUNDS).await }))
}

/// `n` small simulations: a server and two clients, ten round trips each.
pub(crate) fn startup(n: u64, seed: u64) -> Work {
    let mut total = Work { ops: 0, virtual_ns: 0, digest: 0, idle: None };
    let nodes: Rc<[String]> = names(2).into();
    for i in 0..n {
        let nodes = nodes.clone();
        let run =
            simulate(seed + i, move |sim| async move { clients::<PING>(sim, &nodes, STARTUP_ROUNDS).await });
        let work = Work::of(run);
        total.ops += work.ops / (2 * STARTUP_ROUNDS);
        total.virtual_ns += work.virtual_ns;
        total.digest = total.digest.rotate_left(7) ^ work.digest;
    }
    total
}

/// `n` chunks of 16 KiB one way; the receiver answers with their count.
pub(crate) fn bulk(n: u64, seed: u64) -> Work {
    Work::of(simulate(seed, move |sim| async move {
        let receiver = sim.node("receiver").spawn(async move {
            let listener = TcpListener::bind("0.0.0.0:7").await.expect("the port is free");
            let (mut stream, _) = listener.accept().await.expect("a sender");
            let (mut buffer, mut got) = (vec![0; CHUNK], 0);
            while got < n * CHUNK as u64 {
                let read = stream.read(&mut buffer).await.expect("bytes");
                assert!(read > 0 && buffer[0] == 0xA5 && buffer[read - 1] == 0xA5, "the data is damaged");
                got += read as u64;
            }
            stream.write_all(&(got / CHUNK as u64).to_le_bytes()).await.expect("the sender waits");
        });
        let sender = sim.node("sender").spawn(async move {
            let mut stream = TcpStream::connect("receiver:7").await.expect("the receiver listens");
            let chunk = vec![0xA5; CHUNK];
            for _ in 0..n {
                stream.write_all(&chunk).await.expect("the receiver reads");
            }
            let mut count = [0; 8];
            stream.read_exact(&mut count).await.expect("the count");
            u64::from_le_bytes(count)
        });
        let count = sender.await.expect("it ends");
        receiver.await.expect("it ends");
        count
    }))
}

/// `n` nodes that each send a hundred datagrams, one a millisecond, to random others.
pub(crate) fn mesh(n: u64, seed: u64) -> Work {
    Work::of(simulate(seed, move |sim| async move {
        let received = Rc::new(Cell::new(0));
        let addresses: Rc<[SocketAddr]> =
            (0..n).map(|i| SocketAddr::new(sim.node(format!("n{i}")).ip(), 9)).collect();
        for me in 0..n {
            let (received, addresses) = (received.clone(), addresses.clone());
            sim.node(format!("n{me}")).spawn(async move {
                let socket = Rc::new(UdpSocket::bind("0.0.0.0:9").await.expect("the port is free"));
                let sending = socket.clone();
                spawn(async move {
                    for _ in 0..MESH_SENDS {
                        clock::sleep(MESH_PACE).await;
                        let to = (me + 1 + draw::below(n - 1)) % n;
                        sending.send_to(&[7; PING], addresses[to as usize]).await.expect("the node exists");
                    }
                });
                let mut buffer = [0; PING];
                loop {
                    socket.recv_from(&mut buffer).await.expect("the node lives");
                    received.set(received.get() + 1);
                }
            });
        }
        for _ in 0..MESH_LOOKS {
            clock::sleep(MESH_LOOK).await;
            if received.get() == n * MESH_SENDS {
                break;
            }
        }
        received.get()
    }))
}

/// Resident memory of `n` idle connections, with a server task each.
pub(crate) fn idle_connections(n: u64, seed: u64) -> Work {
    let run = simulate(seed, move |sim| async move {
        sim.node("server").start(server::<ECHO>);
        let client = sim.node("client").spawn(async move {
            let before = resident("VmRSS:");
            let mut streams = Vec::new();
            for _ in 0..n {
                streams.push(TcpStream::connect("server:7").await.expect("the server listens"));
            }
            clock::sleep(Duration::from_secs(1)).await;
            (streams.len() as u64, (before, resident("VmRSS:")))
        });
        client.await.expect("it ends")
    });
    let (virtual_ns, digest) = (run.stats().virtual_time.as_nanos(), run.digest());
    let (ops, idle) = run.unwrap();
    Work { ops, virtual_ns, digest, idle: Some(idle) }
}
