//! A system that everything can happen to: nodes that greet each other, over streams and datagrams.

use crate::common::SECOND;
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, clock,
    net::{TcpListener, TcpStream, UdpSocket},
    task,
};
use std::{cell::Cell, io, rc::Rc, time::Duration};

/// So many nodes `n1`, `n2`, … that greet each other twice a second. What one has heard is kept on its
/// disk, which may be lost.
pub(crate) fn greeters(sim: &Sim, nodes: u32) -> Rc<Cell<u32>> {
    let heard = Rc::new(Cell::new(0));
    for i in 1..=nodes {
        let (disk, lost) = (heard.clone(), heard.clone());
        let node = sim.node(format!("n{i}"));
        node.group(if i == 1 { "first" } else { "others" });
        node.on_data_loss(move || lost.set(0));
        node.start(move || greeter(i, nodes, disk.clone()));
    }
    heard
}

async fn greeter(me: u32, nodes: u32, heard: Rc<Cell<u32>>) -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    let socket = UdpSocket::bind("0.0.0.0:7001").await?;
    reenact::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let heard = heard.clone();
            reenact::spawn(async move {
                let mut greeting = [0; 5];
                while stream.read_exact(&mut greeting).await.is_ok() {
                    heard.set(heard.get() + 1);
                    if stream.write_all(&greeting).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    for turn in 0.. {
        clock::sleep(SECOND / 2).await;
        let peer = (me + turn % (nodes - 1)) % nodes + 1;
        let _ = socket.send_to(b"hello", format!("n{peer}:7001")).await;
        // A wrong wall clock is looked at.
        let _ = clock::system_time();
        let small = reenact::buggify!();
        reenact::spawn(async move {
            let greet = async {
                let mut stream = TcpStream::connect(format!("n{peer}:7000")).await?;
                for _ in 0..if small { 1 } else { 3 } {
                    stream.write_all(b"hello").await?;
                    stream.read_exact(&mut [0; 5]).await?;
                    clock::sleep(Duration::from_millis(200)).await;
                }
                io::Result::Ok(())
            };
            // It may be given up half-way.
            task::cancellable(clock::timeout(5 * SECOND, greet)).await
        });
    }
    Ok(())
}
