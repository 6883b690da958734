//! How connections begin.

use super::{
    TcpListener, TcpSocket, TcpStream, World,
    wire::{listener, pair},
};
use crate::Saw;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) async fn an_echo(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("write", client.write_all(b"hello").await);
    let mut buffer = [0; 5];
    saw.result("read", server.read_exact(&mut buffer).await);
    saw.note("bytes", buffer);
    saw.result("write back", server.write_all(&buffer).await);
    saw.result("read back", client.read_exact(&mut buffer).await);
    saw.note("bytes", buffer);
    saw
}

pub(crate) async fn addresses_of_both_ends(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let (client, accepted) = futures::join!(TcpStream::connect(address), listener.accept());
    let (client, (server, peer)) = (client.expect("connected"), accepted.expect("accepted"));
    let of = |stream: &TcpStream| (stream.local_addr().ok(), stream.peer_addr().ok());
    saw.note("who was accepted", of(&client).0 == Some(peer) && of(&server).1 == Some(peer));
    saw.note("whom it reached", of(&client).1 == Some(address) && of(&server).0 == Some(address));
    saw.note("hosts", (peer.ip() == world.client(), address.ip() == world.server()));
    saw.note("the listener's own", listener.local_addr().map(|own| own.ip()).ok());
    saw
}

pub(crate) async fn nobody_listens(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    drop(listener);
    saw.result("connect", TcpStream::connect(address).await.map(drop));
    saw.result("connect again", TcpStream::connect(address).await.map(drop));
    saw
}

pub(crate) async fn who_connects_need_not_be_accepted_yet(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let mut client = TcpStream::connect(address).await.expect("connected");
    saw.result("write", client.write_all(b"early").await);
    client.shutdown().await.expect("open");
    world.settle().await;
    let (mut server, _) = listener.accept().await.expect("accepted");
    let mut text = String::new();
    saw.result("read", server.read_to_string(&mut text).await);
    saw.note("text", text);
    saw
}

pub(crate) async fn several_accepts_at_once(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let accepts = futures::future::join_all((0..5).map(|_| listener.accept()));
    let connects = futures::future::join_all((0..5).map(|_| TcpStream::connect(address)));
    let (accepted, connected) = futures::join!(accepts, connects);
    let own = connected.iter().flatten().map(|stream| stream.local_addr().expect("open"));
    let mut own: Vec<SocketAddr> = own.collect();
    let mut peers: Vec<SocketAddr> = accepted.iter().flatten().map(|(_, peer)| *peer).collect();
    own.sort();
    peers.sort();
    own.dedup();
    saw.note("each once", (own.len(), own == peers));
    saw.note("another one waits", world.waits(listener.accept()).await);
    saw
}

pub(crate) async fn a_dropped_listener_resets_who_waits(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let mut client = TcpStream::connect(address).await.expect("connected");
    world.settle().await;
    drop(listener);
    world.settle().await;
    saw.result("read", client.read(&mut [0; 8]).await);
    saw.result("read again", client.read(&mut [0; 8]).await);
    saw.result("connect", TcpStream::connect(address).await.map(drop));
    saw
}

pub(crate) async fn a_dropped_listener_spares_who_was_accepted(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("write", client.write_all(b"still").await);
    saw.result("read", server.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn a_port_that_is_in_use(world: World) -> Saw {
    let mut saw = Saw::new();
    let (_listener, address) = listener(&world).await;
    saw.result("bind", world.there(TcpListener::bind(("0.0.0.0", address.port()))).await.map(drop));
    saw
}

pub(crate) async fn an_address_of_another_host(_world: World) -> Saw {
    let mut saw = Saw::new();
    saw.result("bind", TcpListener::bind("192.0.2.1:0").await.map(drop));
    saw
}

pub(crate) async fn any_port(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((first, _), (second, _)) = (listener(&world).await, listener(&world).await);
    let ports = [first, second].map(|listener| listener.local_addr().expect("bound").port());
    saw.note("given", (ports[0] != 0, ports[1] != 0, ports[0] != ports[1]));
    saw
}

pub(crate) async fn a_port_after_its_listener(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    drop(listener);
    saw.result("bind", world.there(TcpListener::bind(("0.0.0.0", address.port()))).await.map(drop));
    saw
}

pub(crate) async fn a_port_beside_an_accepted_connection(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    let port = server.local_addr().expect("open").port();
    let again = world.there(TcpListener::bind(("0.0.0.0", port))).await;
    saw.note("bind", again.is_ok());
    saw.result("write", client.write_all(b"still").await);
    saw.result("read", server.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn a_port_after_the_server_has_closed_first(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    let port = server.local_addr().expect("open").port();
    drop(server);
    saw.result("read", client.read(&mut [0; 8]).await);
    drop(client);
    world.settle().await;
    saw.result("bind", world.there(TcpListener::bind(("0.0.0.0", port))).await.map(drop));
    saw
}

pub(crate) async fn a_port_of_a_connection_that_lives(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, _server) = pair(&world).await;
    let port = client.local_addr().expect("open").port();
    saw.result("bind", TcpListener::bind(("0.0.0.0", port)).await.map(drop));
    saw
}

pub(crate) async fn a_wildcard_beside_an_address(world: World) -> Saw {
    let mut saw = Saw::new();
    let own = world.there(TcpListener::bind((world.server(), 0))).await.expect("a free port");
    let port = own.local_addr().expect("bound").port();
    saw.result("bind", world.there(TcpListener::bind(("0.0.0.0", port))).await.map(drop));
    saw
}

/// A socket that is bound to a port of the client's host, and shares it or not.
fn bound(world: &World, port: u16, shares: bool) -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(shares)?;
    socket.bind(SocketAddr::new(world.client(), port))?;
    Ok(socket)
}

pub(crate) async fn a_port_given_to_connect_from(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let port = world.free_port();
    let connect = bound(&world, port, true).expect("free").connect(address);
    let (client, accepted) = futures::join!(connect, listener.accept());
    let (client, (_server, peer)) = (client.expect("connected"), accepted.expect("accepted"));
    saw.note("port", (client.local_addr().expect("open").port() == port, peer.port() == port));
    saw
}

pub(crate) async fn a_port_to_connect_from_again(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let port = world.free_port();
    let connect = bound(&world, port, true).expect("free").connect(address);
    let (client, accepted) = futures::join!(connect, listener.accept());
    let (client, server) = (client.expect("connected"), accepted.expect("accepted").0);
    // It closes last, so the time of waiting is the server's.
    drop(server);
    world.settle().await;
    drop(client);
    world.settle().await;
    let connect = bound(&world, port, true).expect("free").connect(address);
    saw.result("connect", connect.await.map(drop));
    saw
}

/// A connection from this port that both ends have closed, the client first.
async fn past(world: &World, listener: &TcpListener, address: SocketAddr, port: u16, shares: bool) {
    let connect = bound(world, port, shares).expect("free").connect(address);
    let (client, accepted) = futures::join!(connect, listener.accept());
    let (mut client, mut server) = (client.expect("connected"), accepted.expect("accepted").0);
    client.shutdown().await.expect("open");
    assert_eq!(server.read(&mut [0; 8]).await.expect("open"), 0);
    drop(server);
    assert_eq!(client.read(&mut [0; 8]).await.expect("open"), 0);
}

/// What becomes of who wants a port after a connection from there, to connect and to listen.
async fn wanted_again(world: &World, former: bool, next: bool) -> [std::io::Result<()>; 2] {
    let (listener, address) = listener(world).await;
    let port = world.free_port();
    past(world, &listener, address, port, former).await;
    let connected = match bound(world, port, next) {
        Ok(socket) => socket.connect(address).await.map(drop),
        Err(error) => Err(error),
    };
    // Who connected waits there to be accepted.
    let (listener, address) = self::listener(world).await;
    let port = world.free_port();
    past(world, &listener, address, port, former).await;
    [connected, bound(world, port, next).and_then(|socket| socket.listen(8)).map(drop)]
}

pub(crate) async fn a_port_to_connect_from_at_once(world: World) -> Saw {
    let mut saw = Saw::new();
    for (former, next) in [(false, false), (false, true), (true, false), (true, true)] {
        let [connected, listened] = wanted_again(&world, former, next).await;
        saw.note("shared by the former, by the next", (former, next));
        saw.result("connect", connected);
        saw.result("listen", listened);
    }
    saw
}

pub(crate) async fn options(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, server) = pair(&world).await;
    saw.result("nodelay at first", client.nodelay());
    saw.result("set nodelay", client.set_nodelay(true));
    saw.result("nodelay", client.nodelay());
    saw.result("the peer's nodelay", server.nodelay());
    saw.result("ttl at first", client.ttl());
    saw.result("set ttl", client.set_ttl(9));
    saw.result("ttl", client.ttl());
    for ttl in [0, 256] {
        saw.result("set a ttl that is none", client.set_ttl(ttl));
    }
    saw.result("error", client.take_error().map(|error| error.is_some()));
    saw
}

pub(crate) async fn a_full_queue(world: World) -> Saw {
    let mut saw = Saw::new();
    for backlog in [0, 1, 3] {
        let address = SocketAddr::new(world.server(), world.free_port());
        let listen = async move {
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(backlog)
        };
        let listener = world.there(listen).await.expect("free");
        let mut connected = Vec::new();
        while let Some(stream) = world.within(TcpStream::connect(address)).await {
            connected.push(stream.expect("it listens"));
        }
        saw.note("backlog, and how many wait", (backlog, connected.len()));
        for _ in 0..connected.len() {
            saw.note("accepted", listener.accept().await.is_ok());
        }
    }
    saw
}
