//! What a large world costs, in steps: time would tell of the machine.

use crate::common::SECOND;
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Record, Sim, Simulation, Stats, clock,
    net::{TcpListener, TcpStream},
};
use std::io;

async fn echo() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7").await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        reenact::spawn(async move {
            let mut ping = [0; 8];
            while stream.read_exact(&mut ping).await.is_ok() {
                stream.write_all(&ping).await?;
            }
            io::Result::Ok(())
        });
    }
}

/// So many nodes, of which each has a connection to the next one and pings it so often, once a second; then
/// all is silent for so many seconds.
fn cost(nodes: u32, pings: u32, silence: u32) -> Stats {
    let run = Simulation::new(1).record(Record::Digest).run(move |sim: Sim| async move {
        let all: Vec<_> = (0..nodes).map(|i| sim.node(format!("n{i}"))).collect();
        all.iter().for_each(|node| node.start(echo));
        for (i, node) in all.iter().enumerate() {
            let peer = format!("n{}:7", (i + 1) % all.len());
            node.spawn(async move {
                let mut stream = TcpStream::connect(peer).await?;
                for _ in 0..pings {
                    clock::sleep(SECOND).await;
                    stream.write_all(&[1; 8]).await?;
                    stream.read_exact(&mut [0; 8]).await?;
                }
                std::future::pending::<io::Result<()>>().await
            });
        }
        clock::sleep((pings + 2 + silence) * SECOND).await;
    });
    let stats = run.stats().clone();
    run.unwrap();
    stats
}

#[test]
fn an_idle_hour_of_a_thousand_nodes_costs_not_a_step() {
    let (moment, hour) = (cost(1_000, 0, 0), cost(1_000, 0, 3_600));
    assert_eq!((moment.steps, moment.packets_sent), (hour.steps, hour.packets_sent));
    assert!(hour.virtual_time > 3_600 * SECOND);
}

#[test]
fn steps_are_proportional_to_messages_however_many_nodes_there_are() {
    let each = |nodes| {
        let (quiet, loud) = (cost(nodes, 0, 0), cost(nodes, 50, 0));
        let (steps, packets) = (loud.steps - quiet.steps, loud.packets_sent - quiet.packets_sent);
        assert_eq!(packets, u64::from(nodes) * 50 * 2);
        // Each ping is a timer, two packets, and a poll for each of the three; which of them fall on one
        // instant is chance.
        steps as f64 / packets as f64
    };
    let (few, many) = (each(10), each(300));
    assert!((few - many).abs() < 0.05 && few <= 3.0, "{few} and {many} steps a packet");
}
