//! Half a frame of a connection that was lost is put before what the next connection brings.
//!
//! A server sends numbers, each as a frame of its length and its digits, in parts. A client reads them, and
//! connects again when the connection is lost, with the number it wants next. Bigger sizes send longer frames.

use super::{
    super::{
        Body, Program,
        Version::{self, Fixed},
    },
    plan,
};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use reenact::{
    FaultKind, Sim, clock,
    net::{TcpListener, TcpStream},
};
use std::{io, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "half_a_frame",
    about: "What was read of a frame is kept when its connection is lost.",
    sizes: &[6, 20, 60],
    minimum: 1,
    minimum_in_words: "The connection is lost when a part of a frame has arrived.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// Between two parts of a frame.
const PAUSE: Duration = Duration::from_millis(5);
const HORIZON: Duration = Duration::from_secs(2);

async fn send(mut stream: TcpStream, digits: usize) -> io::Result<()> {
    let mut first = [0; 8];
    stream.read_exact(&mut first).await?;
    for number in u64::from_be_bytes(first).. {
        let frame = format!("{digits:02}{number:0digits$}");
        for part in frame.as_bytes().chunks(frame.len() / 2) {
            stream.write_all(part).await?;
            clock::sleep(PAUSE).await;
        }
    }
    Ok(())
}

async fn serve(digits: usize) -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (stream, _client) = listener.accept().await?;
        reenact::spawn(send(stream, digits));
    }
}

/// Takes a whole frame from what has arrived.
fn decode(arrived: &mut Vec<u8>) -> Option<u64> {
    let parse = |bytes: &[u8]| str::from_utf8(bytes).ok()?.parse::<u64>().ok();
    let length = 2 + parse(arrived.get(..2)?).expect("a frame begins with its length") as usize;
    let number = parse(arrived.get(2..length)?).expect("a frame is a number");
    arrived.drain(..length);
    Some(number)
}

async fn client(version: Version) -> io::Result<()> {
    let (mut expected, mut arrived) = (0, Vec::new());
    loop {
        if version == Fixed {
            // The fix: a connection begins with nothing.
            arrived.clear();
        }
        let Ok(mut stream) = TcpStream::connect("server:7000").await else { continue };
        let mut buffer = [0; 64];
        if stream.write_all(&u64::to_be_bytes(expected)).await.is_err() {
            continue;
        }
        while let Ok(n @ 1..) = stream.read(&mut buffer).await {
            arrived.extend(&buffer[..n]);
            while let Some(number) = decode(&mut arrived) {
                assert_eq!(number, expected, "another frame than was sent");
                expected += 1;
            }
        }
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("server").start(move || serve(size));
    sim.node("client").start(move || client(version));
    plan(&sim, &[FaultKind::Close], ["client"]);
    clock::sleep(HORIZON).await;
}
