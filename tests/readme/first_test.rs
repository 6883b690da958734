//! What stands in README.md.

use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Sim, clock,
    net::{TcpListener, TcpStream},
};
use std::{io, time::Duration};

async fn server() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (mut stream, _peer) = listener.accept().await?;
        reenact::spawn(async move {
            let mut buf = [0; 64];
            while let Ok(n @ 1..) = stream.read(&mut buf).await {
                if stream.write_all(&buf[..n]).await.is_err() {
                    break;
                }
            }
        });
    }
}

#[reenact::test(seeds = 200)]
async fn every_client_hears_its_echo(sim: Sim) {
    sim.node("server").start(server);
    let clients: Vec<_> = (0..3u8)
        .map(|i| {
            sim.node(format!("client-{i}")).spawn(async move {
                let mut stream = TcpStream::connect("server:7000").await?;
                stream.write_all(&[i; 8]).await?;
                let mut back = [0; 8];
                stream.read_exact(&mut back).await?;
                assert_eq!(back, [i; 8]);
                io::Result::Ok(())
            })
        })
        .collect();
    for client in clients {
        clock::timeout(Duration::from_secs(60), client)
            .await
            .expect("in time")
            .expect("no panic")
            .expect("no error");
    }
}
