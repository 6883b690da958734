//! A reader of frames is cancelled in the middle of one, and takes what follows for the next.
//!
//! A sensor sends frames in two parts, a length and a body, with a turn between. The collector waits for the
//! next frame or for a tick, which comes with the body as long as everybody takes turns.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{Either, select},
    stream,
};

pub(crate) const RACE: Race = Race {
    name: "select_partial_read_tasks",
    about: "A select drops a future that has read a part of a frame, and the part is gone.",
    sizes: &[3, 10, 50],
    minimum: 1,
    minimum_in_words: "The sensor is overtaken by the clock, whose tick then comes before the body.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

type Parts = tokio::sync::Mutex<mpsc::UnboundedReceiver<usize>>;

/// The next frame, if there is one: a part that says how long it is, then the body.
async fn read_frame(parts: &Parts) -> Option<(usize, usize)> {
    let length = parts.lock().await.next().await?;
    let body = parts.lock().await.next().await?;
    Some((length, body))
}

async fn collect(version: Version, parts: Parts, ticks: mpsc::UnboundedReceiver<()>) -> Vec<usize> {
    // After the last tick there is none.
    let mut ticks = ticks.chain(stream::pending());
    let mut frames = Vec::new();
    let mut reading = None;
    loop {
        let next = || read_frame(&parts).boxed();
        // The fix: a frame that was begun before the tick is read on.
        let frame = match version {
            Buggy => reading.insert(next()),
            Fixed => reading.get_or_insert_with(next),
        };
        match select(frame, ticks.next()).await {
            Either::Left((None, _)) => return frames,
            Either::Left((Some((length, body)), _)) => {
                assert_eq!(length, body % 7, "a part of a frame was taken for another");
                reading = None;
                frames.push(body);
            }
            Either::Right(_) => {}
        }
    }
}

async fn run(version: Version, size: usize) {
    let ((part, parts), (tick, ticks)) = (mpsc::unbounded(), mpsc::unbounded());
    let collector = rt::spawn(collect(version, Parts::new(parts), ticks));
    let sensor = rt::spawn(async move {
        for body in 0..size {
            part.unbounded_send(body % 7).expect("the collector reads on");
            rt::yield_now().await;
            part.unbounded_send(body).expect("the collector reads on");
            rt::yield_now().await;
        }
    });
    let clock = rt::spawn(async move {
        for _ in 0..size {
            rt::yield_now().await;
            // Nobody listens after the last frame.
            let _ = tick.unbounded_send(());
            rt::yield_now().await;
        }
    });
    for task in [sensor, clock] {
        task.await.expect("it does not panic");
    }
    let frames = collector.await.expect("the collector does not panic");
    assert!(frames.into_iter().eq(0..size), "not what was sent");
}
