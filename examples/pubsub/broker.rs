//! The broker: whoever is connected gets what is published on the topics it subscribed to.

use crate::frame::{Frame, LEN};
use futures::{
    AsyncReadExt, AsyncWriteExt, StreamExt,
    channel::mpsc::{UnboundedSender, unbounded},
    io::ReadHalf,
};
use reenact::net::{TcpListener, TcpStream};
use std::{cell::RefCell, collections::BTreeMap, io, rc::Rc};

/// By topic, the queues of its subscribers.
type Topics = Rc<RefCell<BTreeMap<u8, Vec<UnboundedSender<Frame>>>>>;

/// Serves for ever.
pub(crate) async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    let topics = Topics::default();
    loop {
        let (stream, _) = listener.accept().await?;
        let (read, mut write) = AsyncReadExt::split(stream);
        let (queue, mut frames) = unbounded();
        reenact::spawn(hear(read, queue, topics.clone()));
        reenact::spawn(async move {
            while let Some(frame) = frames.next().await {
                if write.write_all(&Frame::write(frame)).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Does what a client says, until it hangs up.
async fn hear(mut stream: ReadHalf<TcpStream>, queue: UnboundedSender<Frame>, topics: Topics) {
    let mut bytes = [0; LEN];
    while stream.read_exact(&mut bytes).await.is_ok() {
        match Frame::read(bytes) {
            Some(Frame::Subscribe(topic)) => {
                topics.borrow_mut().entry(topic).or_default().push(queue.clone());
            }
            Some(frame @ Frame::Publish(topic, _)) => {
                if let Some(subscribers) = topics.borrow_mut().get_mut(&topic) {
                    // Who has hung up takes nothing any more.
                    subscribers.retain(|subscriber| subscriber.unbounded_send(frame).is_ok());
                }
            }
            None => return,
        }
    }
}
