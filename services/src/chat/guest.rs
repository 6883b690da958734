//! A guest: enters, waits for the others, says some lines, and hears until all is said.

use super::room::here;
use futures::{SinkExt, StreamExt, future::try_join};
use reenact::{clock, draw, net::TcpStream};
use std::time::Duration;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, Message, Utf8Bytes},
};

/// One guest of so many, each of whom says so many lines; what was heard, in its order.
///
/// # Errors
///
/// What the connection says.
pub async fn visit(name: String, guests: usize, lines: usize) -> Result<Vec<String>, Error> {
    let stream = TcpStream::connect("room:80").await?;
    let (socket, _response) = client_async("ws://room/", stream).await?;
    let (mut sink, source) = socket.split();
    let mut texts = source.filter_map(async |message| message.map(text).transpose()).boxed_local();
    let complete = here(guests);
    while texts.next().await.ok_or(Error::ConnectionClosed)?? != complete {}
    let talk = async {
        for line in 0..lines {
            clock::sleep(Duration::from_millis(draw::range(0..100))).await;
            sink.send(Message::text(format!("{name}: {line}"))).await?;
        }
        Ok(())
    };
    let listen = async {
        let mut heard = Vec::new();
        while heard.len() < guests * lines {
            heard.push(texts.next().await.ok_or(Error::ConnectionClosed)??.to_string());
        }
        Ok(heard)
    };
    try_join(talk, listen).await.map(|(_, heard)| heard)
}

fn text(message: Message) -> Option<Utf8Bytes> {
    match message {
        Message::Text(text) => Some(text),
        _ => None,
    }
}
