//! The room: what one says, all hear, in one order.

use futures::{
    SinkExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::{Either, select},
};
use reenact::net::TcpListener;
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream, accept_async,
    tungstenite::{Error, Message, Utf8Bytes},
};

/// Whoever is in the room, by what they are to be told.
#[derive(Clone, Default)]
pub(super) struct Room(Arc<Mutex<Vec<UnboundedSender<Utf8Bytes>>>>);

/// What all are told when somebody enters: so many are here.
pub fn here(members: usize) -> String {
    format!("{members} here")
}

impl Room {
    fn enter(&self) -> UnboundedReceiver<Utf8Bytes> {
        let (sender, receiver) = unbounded();
        let members = {
            let mut members = self.members();
            members.push(sender);
            members.len()
        };
        self.tell(&here(members).into());
        receiver
    }

    fn tell(&self, text: &Utf8Bytes) {
        let mut members = self.members();
        // Who has left is told nothing more.
        members.retain(|member| member.unbounded_send(text.clone()).is_ok());
    }

    fn members(&self) -> MutexGuard<'_, Vec<UnboundedSender<Utf8Bytes>>> {
        // No code that can panic runs with the lock held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The main of the node `room`.
pub async fn serve() -> io::Result<()> {
    let (listener, room) = (TcpListener::bind("0.0.0.0:80").await?, Room::default());
    loop {
        let (stream, _peer) = listener.accept().await?;
        let room = room.clone();
        // How a member leaves is the member's affair.
        reenact::spawn(async move { host(accept_async(stream).await?, room).await });
    }
}

/// Talks with one member, over whichever stream.
pub(super) async fn host<S>(socket: WebSocketStream<S>, room: Room) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut told = room.enter();
    let (mut sink, mut source) = socket.split();
    loop {
        match select(told.next(), source.next()).await {
            Either::Left((Some(text), _)) => sink.send(Message::Text(text)).await?,
            Either::Right((Some(message), _)) => {
                if let Message::Text(text) = message? {
                    room.tell(&text);
                }
            }
            Either::Left((None, _)) | Either::Right((None, _)) => return Ok(()),
        }
    }
}
