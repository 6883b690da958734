//! A pool takes a connection back on which an answer is still to come, and the next request gets it.
//!
//! A request is given up when it takes too long: its future is dropped between the question and the answer.
//! The connection goes back to the pool all the same. Bigger sizes make more requests.

use super::{
    Body, Program,
    Version::{self, Fixed},
};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use reenact::{
    Sim, clock,
    net::{TcpListener, TcpStream},
};
use std::{io, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "pool_stale_reply",
    about: "A cancelled request leaves its answer on a connection that is used again.",
    sizes: &[2, 8, 32],
    minimum: 1,
    minimum_in_words: "The answer to the first request, or the request, is 7 ms late, so that it is given up.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// How long a request may take.
const PATIENCE: Duration = Duration::from_millis(9);

async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (mut stream, _client) = listener.accept().await?;
        reenact::spawn(async move {
            let mut question = [0];
            while stream.read_exact(&mut question).await.is_ok() {
                stream.write_all(&question).await?;
            }
            io::Result::Ok(())
        });
    }
}

async fn ask(connection: &mut TcpStream, question: u8) -> io::Result<u8> {
    connection.write_all(&[question]).await?;
    let mut answer = [0];
    connection.read_exact(&mut answer).await?;
    Ok(answer[0])
}

async fn client(version: Version, requests: usize) -> io::Result<()> {
    let mut pool = None;
    for question in (0..=u8::MAX).cycle().take(requests) {
        let mut connection = match pool.take() {
            Some(connection) => connection,
            None => TcpStream::connect("server:7000").await?,
        };
        match clock::timeout(PATIENCE, ask(&mut connection, question)).await {
            Ok(answer) => {
                assert_eq!(answer?, question, "the answer to another question");
                pool = Some(connection);
            }
            // The fix: nobody knows what is still to come on it.
            Err(_) if version == Fixed => drop(connection),
            Err(_) => pool = Some(connection),
        }
    }
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("server").start(serve);
    let client = sim.node("client").spawn(client(version, size));
    client.await.expect("the client does not panic").expect("nothing breaks a connection");
}
