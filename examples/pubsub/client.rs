//! Those who publish, and those who listen.

use crate::frame::{Frame, LEN};
use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{clock, net::TcpStream};
use std::{cell::Cell, io, rc::Rc, time::Duration};

/// How long a client waits before it connects again.
const AGAIN: Duration = Duration::from_millis(200);
/// Who hears nothing for so long connects again: a connection may be dead without saying so.
const SILENCE: Duration = Duration::from_secs(2);

/// Listens to a topic for ever; `last` is the number heard last.
pub(crate) async fn subscriber(topic: u8, last: Rc<Cell<u32>>) {
    loop {
        // Whatever broke, the answer is the same.
        let _ = listen(topic, &last).await;
        clock::sleep(AGAIN).await;
    }
}

async fn listen(topic: u8, last: &Cell<u32>) -> io::Result<()> {
    let mut stream = clock::timeout(SILENCE, TcpStream::connect("broker:7000")).await??;
    stream.write_all(&Frame::Subscribe(topic).write()).await?;
    let mut bytes = [0; LEN];
    let mut before = None;
    loop {
        clock::timeout(SILENCE, stream.read_exact(&mut bytes)).await??;
        let Some(Frame::Publish(on, number)) = Frame::read(bytes) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        reenact::always!(on == topic, "nobody hears what he did not ask for");
        reenact::always!(before.is_none_or(|before| before < number), "a connection keeps the order");
        before = Some(number);
        last.set(number);
    }
}

/// Publishes a number a second on each topic, for ever.
pub(crate) async fn publisher(topics: u8, published: Rc<Cell<u32>>) -> io::Result<()> {
    let mut stream = TcpStream::connect("broker:7000").await?;
    loop {
        clock::sleep(Duration::from_secs(1)).await;
        published.set(published.get() + 1);
        for topic in 0..topics {
            stream.write_all(&Frame::Publish(topic, published.get()).write()).await?;
        }
    }
}
