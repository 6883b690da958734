//! Text over UDP: what the programs say to each other fits into a datagram of a few words.
//!
//! Nothing is sent again here; who needs an answer for certain asks again itself.

use reenact::net::{ToSocketAddrs, UdpSocket};
use std::{io, net::SocketAddr, str::FromStr};

/// The next datagram, and who sent it.
pub(crate) async fn receive(socket: &UdpSocket) -> io::Result<(String, SocketAddr)> {
    let mut buffer = [0; 128];
    let (n, from) = socket.recv_from(&mut buffer).await?;
    let text = str::from_utf8(&buffer[..n]).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok((text.to_owned(), from))
}

/// Asks on a socket of its own, and waits for the answer.
pub(crate) async fn ask(server: impl ToSocketAddrs, request: &str) -> io::Result<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    socket.send_to(request.as_bytes(), server).await?;
    Ok(receive(&socket).await?.0)
}

/// A word of a datagram as a number.
pub(crate) fn number<T: FromStr>(word: &str) -> io::Result<T> {
    word.parse().map_err(|_| io::ErrorKind::InvalidData.into())
}
