//! What it costs to write a run down: the digest alone, the last hundred events, everything.
//!
//! ```text
//! cargo bench --bench recording
//! ```
//!
//! Prints nanoseconds an operation, the best of ten runs each, in turn. It judges nothing.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Record, Sim, Simulation,
    net::{TcpListener, TcpStream, UdpSocket},
    spawn, yield_now,
};
use std::time::{Duration, Instant};

/// How many operations a workload does.
const OPS: u64 = 20_000;

async fn yields() {
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            spawn(async {
                for _ in 0..OPS / 100 {
                    yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it ends");
    }
}

async fn echo(sim: Sim) {
    sim.node("server").start(|| async {
        let listener = TcpListener::bind("0.0.0.0:7").await.expect("the port is free");
        loop {
            let (mut stream, _) = listener.accept().await.expect("the server lives");
            spawn(async move {
                let mut buffer = [0; 64];
                while stream.read_exact(&mut buffer).await.is_ok() {
                    stream.write_all(&buffer).await.expect("the client reads on");
                }
            });
        }
    });
    let clients: Vec<_> = (0..100)
        .map(|_| {
            sim.node("client").spawn(async {
                let mut stream = TcpStream::connect("server:7").await.expect("the server listens");
                let mut buffer = [1; 64];
                for _ in 0..OPS / 100 {
                    stream.write_all(&buffer).await.expect("the server reads on");
                    stream.read_exact(&mut buffer).await.expect("the server answers");
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("it ends");
    }
}

/// Nodes that send datagrams to each other, each as many as it hears.
async fn mesh(sim: Sim) {
    const NODES: u64 = 10;
    let nodes: Vec<_> = (0..NODES)
        .map(|number| {
            sim.node(format!("n{number}")).spawn(async move {
                let socket = UdpSocket::bind("0.0.0.0:7").await.expect("the port is free");
                let mut buffer = [number as u8; 64];
                for round in 0..OPS / NODES {
                    let peer = (number + 1 + round % (NODES - 1)) % NODES;
                    socket.send_to(&buffer, format!("n{peer}:7")).await.expect("it can be sent");
                    socket.recv_from(&mut buffer).await.expect("it is heard");
                }
            })
        })
        .collect();
    for node in nodes {
        node.await.expect("it ends");
    }
}

fn best(record: Record, run: impl Fn(Simulation)) -> Duration {
    let once = || {
        let begin = Instant::now();
        run(Simulation::new(42).record(record));
        begin.elapsed()
    };
    (0..10).map(|_| once()).min().unwrap_or_default()
}

fn main() {
    let modes = [("digest", Record::Digest), ("tail of 100", Record::Tail(100)), ("all", Record::All)];
    for (name, record) in modes {
        let yields = best(record, |simulation| simulation.run(|_| yields()).unwrap());
        let echo = best(record, |simulation| simulation.run(echo).unwrap());
        let mesh = best(record, |simulation| simulation.run(mesh).unwrap());
        let each = |time: Duration| time.as_nanos() / u128::from(OPS);
        println!(
            "{name:12} yield {:5} ns, TCP round trip {:5} ns, datagram among 10 nodes {:5} ns",
            each(yields),
            each(echo),
            each(mesh)
        );
    }
}
