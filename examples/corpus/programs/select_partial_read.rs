//! A reader of frames is cancelled in the middle of one, and takes what follows for the next.
//!
//! A sensor sends frames over TCP: a length, then so many bytes, each in a segment of its own. The
//! collector waits for the next frame or for the tick at which it says that it is alive. Both parts of
//! a frame arrive together unless the second is late.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use reenact::{
    Sim, clock,
    net::{TcpListener, TcpStream},
    trace,
};
use std::{io, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "select_partial_read",
    about: "`select!` drops a future that has read a part of a frame, and the part is gone.",
    sizes: &[3, 10, 50],
    minimum: 1,
    minimum_in_words: "The body of the third frame is 6 ms late, so that a tick falls between its length and itself.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// How often the collector says that it is alive.
const TICK: Duration = Duration::from_millis(20);
/// How long the sensor rests between frames.
const PAUSE: Duration = Duration::from_millis(7);
/// Longer ones are not of this protocol.
const LONGEST: u32 = 64;

/// The next frame; an empty one is the last.
async fn read_frame(mut stream: &TcpStream) -> io::Result<String> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).await?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes")));
    }
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body).await?;
    String::from_utf8(body).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a frame is no text"))
}

async fn collect(version: Version) -> io::Result<Vec<String>> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    let (stream, _sensor) = listener.accept().await?;
    let mut frames = Vec::new();
    let mut ticks = clock::interval_at(clock::now() + TICK, TICK);
    let mut reading = None;
    loop {
        let next = || Box::pin(read_frame(&stream));
        // The fix: a frame that was begun before the tick is read on.
        let frame = match version {
            Buggy => reading.insert(next()),
            Fixed => reading.get_or_insert_with(next),
        };
        reenact::select! {
            frame = frame => {
                reading = None;
                match frame? {
                    frame if frame.is_empty() => return Ok(frames),
                    frame => frames.push(frame),
                }
            }
            _ = ticks.tick() => trace::mark("alive", frames.len()),
        }
    }
}

async fn send(frames: Vec<String>) -> io::Result<()> {
    let mut stream = TcpStream::connect("collector:7000").await?;
    for frame in frames.iter().map(String::as_str).chain([""]) {
        stream.write_all(&(frame.len() as u32).to_be_bytes()).await?;
        stream.write_all(frame.as_bytes()).await?;
        clock::sleep(PAUSE).await;
    }
    // Stay until the collector has hung up: a reset would take away what is under way.
    stream.read(&mut [0]).await.map(drop)
}

async fn run(sim: Sim, version: Version, size: usize) {
    let frames: Vec<String> = (0..size).map(|i| format!("measurement {i}")).collect();
    let collector = sim.node("collector").spawn(collect(version));
    let sensor = sim.node("sensor").spawn(send(frames.clone()));
    let collected = collector.await.expect("the collector does not panic");
    assert_eq!(collected.as_ref().ok(), Some(&frames), "not what was sent: {collected:?}");
    sensor.await.expect("the sensor does not panic").expect("nothing breaks the connection");
}
