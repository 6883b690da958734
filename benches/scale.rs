//! How cost grows with the world: an hour of pings among N nodes, an idle hour of N nodes, N open connections
//! and N closed ones.
//!
//! ```text
//! cargo bench --bench scale
//! ```
//!
//! Prints a table; each row is a process of its own, so that none uses the memory of another. It judges nothing.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Record, Sim, Simulation, clock,
    net::{TcpListener, TcpStream},
};
use std::{
    env, fs, io,
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: u64 = 3_600;
/// How many others a node pings every second.
const PEERS: u64 = 3;
/// What is measured, and for how many.
const ROWS: [(&str, &[u64]); 4] = [
    ("pings", &[10, 50, 100, 200, 500]),
    ("idle", &[10, 100, 1_000]),
    ("open", &[1_000, 10_000, 100_000]),
    ("closed", &[1_000, 10_000, 100_000]),
];

/// Answers each byte with the same.
async fn echo() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7").await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        reenact::spawn(async move {
            let mut ping = [0; 64];
            while stream.read_exact(&mut ping).await.is_ok() {
                stream.write_all(&ping).await?;
            }
            io::Result::Ok(())
        });
    }
}

/// Pings a node once a second, for so many seconds.
async fn ping(peer: String, seconds: u64) -> io::Result<()> {
    let mut stream = TcpStream::connect(peer).await?;
    for _ in 0..seconds {
        clock::sleep(SECOND).await;
        stream.write_all(&[1; 64]).await?;
        stream.read_exact(&mut [0; 64]).await?;
    }
    Ok(())
}

/// `n` nodes of which each pings the next ones.
async fn pings(sim: Sim, n: u64, seconds: u64) {
    for i in 0..n {
        sim.node(format!("n{i}")).start(echo);
    }
    let mut all = Vec::new();
    for i in 0..n {
        for next in 1..=PEERS {
            let peer = format!("n{}:7", (i + next) % n);
            all.push(sim.node(format!("n{i}")).spawn(ping(peer, seconds)));
        }
    }
    for one in all {
        one.await.expect("no panic").expect("no error");
    }
}

/// `n` connected nodes, of which each waits for an hour.
async fn idle(sim: Sim, n: u64) {
    for i in 0..n {
        let node = sim.node(format!("n{i}"));
        node.start(echo);
        let peer = format!("n{}:7", (i + 1) % n);
        node.spawn(async move {
            let _stream = TcpStream::connect(peer).await?;
            clock::sleep(2 * HOUR as u32 * SECOND).await;
            io::Result::Ok(())
        });
    }
    clock::sleep(HOUR as u32 * SECOND).await;
}

/// Opens `n` connections from 100 nodes; closes each at once, or keeps it.
async fn connections(sim: Sim, n: u64, kept: bool) -> (u64, u64) {
    sim.node("server").start(echo);
    let server = Rc::new(sim.node("server").ip());
    let before = resident();
    let mut held = Vec::new();
    for i in 0..n {
        let server = *server;
        let connect = async move { TcpStream::connect((server, 7)).await };
        let stream = sim.node(format!("n{}", i % 100)).spawn(connect).await.expect("no panic").expect("open");
        if kept {
            held.push(stream);
        }
    }
    clock::sleep(SECOND).await;
    (before, resident())
}

/// Resident bytes of this process, where the system tells.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// Real time that a run takes, what it returns, and its packets.
fn timed<F>(main: impl FnOnce(Sim) -> F) -> (Duration, F::Output, u64)
where
    F: Future + 'static,
    F::Output: 'static,
{
    let begin = Instant::now();
    let run = Simulation::new(1).record(Record::Digest).max_steps(u64::MAX).run(main);
    let (took, packets) = (begin.elapsed(), run.stats().packets_sent);
    (took, run.unwrap(), packets)
}

/// A row of the table.
fn row(what: &str, n: u64) -> String {
    let before = resident();
    match what {
        "pings" => {
            let (took, (), packets) = timed(|sim| pings(sim, n, HOUR));
            let (each, kept) = (took.as_nanos() as u64 / packets, (resident() - before) / 1024);
            format!(
                "| an hour of pings among {n} nodes | {packets} packets | {took:.2?} | {each} ns a packet | {kept} KiB |"
            )
        }
        "idle" => {
            let (took, (), packets) = timed(|sim| idle(sim, n));
            let kept = (resident() - before) / 1024;
            format!("| an idle hour of {n} nodes | {packets} packets | {took:.2?} | | {kept} KiB |")
        }
        _ => {
            let (took, (before, after), packets) = timed(|sim| connections(sim, n, what == "open"));
            let more = after.saturating_sub(before);
            format!(
                "| {n} connections, {what} | {packets} packets | {took:.2?} | {} bytes each | {} KiB |",
                more / n,
                more / 1024
            )
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [what, n] = &arguments[..] {
        println!("{}", row(what, n.parse().expect("a number")));
        return;
    }
    println!("| what | traffic | real time | | memory |\n|---|---|---|---|---|");
    for (what, n) in ROWS.into_iter().flat_map(|(what, sizes)| sizes.iter().map(move |n| (what, n))) {
        let own = env::current_exe().expect("this program");
        let output = Command::new(own).args([what, &n.to_string()]).output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
}
