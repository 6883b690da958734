//! The feature `tokio-io`: tokio's traits on simulated streams, and its runtime-free parts inside.

use reenact::{
    Simulation,
    net::{TcpListener, TcpStream},
    spawn,
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

#[test]
fn tokios_traits_read_write_and_shut_down() {
    let run = Simulation::new(7).run(|sim| async move {
        sim.node("server").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:80").await.expect("the port is free");
            let (stream, _) = listener.accept().await.expect("a client");
            let (read, mut write) = tokio::io::split(stream);
            let mut lines = BufReader::new(read).lines();
            while let Some(line) = lines.next_line().await.expect("lines of text") {
                write.write_all(format!("{line}!\n").as_bytes()).await.expect("the client reads on");
            }
            write.shutdown().await.expect("the write half closes");
        });
        let mut stream = TcpStream::connect("server:80").await.expect("the server listens");
        stream.write_all(b"one\ntwo\n").await.expect("the server reads on");
        stream.shutdown().await.expect("the write half closes");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        answer
    });
    assert_eq!(run.unwrap(), "one!\ntwo!\n");
}

#[test]
fn tokios_channels_work_without_its_runtime_and_follow_the_seed() {
    let order = |seed| {
        let run = Simulation::new(seed).run(|_| async {
            let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
            for i in 0..5 {
                let sender = sender.clone();
                spawn(async move { sender.send(i).await.expect("the receiver lives") });
            }
            drop(sender);
            let mut order = Vec::new();
            while let Some(i) = receiver.recv().await {
                order.push(i);
            }
            order
        });
        run.unwrap()
    };
    let orders: std::collections::BTreeSet<Vec<i32>> = (0..50).map(order).collect();
    assert!(orders.len() > 10, "{} orders in 50 seeds", orders.len());
    assert_eq!(order(3), order(3));
}
