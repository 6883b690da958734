//! Connected pairs, as most scenarios begin with one.

use super::{TcpListener, TcpStream, UdpSocket, World};
use std::net::SocketAddr;

/// A listener on the server's host, and where it is reached.
pub(super) async fn listener(world: &World) -> (TcpListener, SocketAddr) {
    let listener = world.there(TcpListener::bind("0.0.0.0:0")).await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    (listener, SocketAddr::new(world.server(), port))
}

/// The two ends of a connection: the client's and the server's.
pub(super) async fn pair(world: &World) -> (TcpStream, TcpStream) {
    let (listener, address) = listener(world).await;
    let (client, accepted) = futures::join!(TcpStream::connect(address), listener.accept());
    (client.expect("connected"), accepted.expect("accepted").0)
}

/// A datagram socket of the client and one of the server, with their addresses.
pub(super) async fn sockets(world: &World) -> ((UdpSocket, SocketAddr), (UdpSocket, SocketAddr)) {
    let client = UdpSocket::bind((world.client(), 0)).await.expect("a free port");
    let server = world.there(UdpSocket::bind((world.server(), 0))).await.expect("a free port");
    let addresses = [&client, &server].map(|socket| socket.local_addr().expect("bound"));
    ((client, addresses[0]), (server, addresses[1]))
}
