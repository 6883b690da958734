//! Datagrams.

use super::{UdpSocket, World, wire::sockets};
use crate::Saw;

pub(crate) async fn there_and_back(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, own), (server, address)) = sockets(&world).await;
    saw.result("send", client.send_to(b"ping", address).await);
    let mut buffer = [0; 8];
    let (n, from) = server.recv_from(&mut buffer).await.expect("a datagram");
    saw.note("received", (&buffer[..n], from == own));
    saw.result("send back", server.send_to(b"pong!", from).await);
    let (n, from) = client.recv_from(&mut buffer).await.expect("a datagram");
    saw.note("received", (&buffer[..n], from == address));
    saw.result("peer", client.peer_addr().map(drop));
    saw
}

pub(crate) async fn boundaries(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    for payload in [&b"abc"[..], b"", b"de"] {
        saw.result("send", client.send_to(payload, address).await);
        world.settle().await;
    }
    for _ in 0..3 {
        let mut buffer = [0; 16];
        saw.result("receive", server.recv(&mut buffer).await);
        saw.note("bytes", buffer);
    }
    saw.note("no more", world.waits(server.recv(&mut [0; 8])).await);
    saw
}

pub(crate) async fn a_datagram_cut_off(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    client.send_to(b"too long", address).await.expect("sent");
    world.settle().await;
    client.send_to(b"next", address).await.expect("sent");
    for _ in 0..2 {
        let mut buffer = [0; 4];
        saw.result("receive", server.recv(&mut buffer).await);
        saw.note("bytes", buffer);
    }
    saw
}

pub(crate) async fn a_datagram_looked_at(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, own), (server, address)) = sockets(&world).await;
    client.send_to(b"once", address).await.expect("sent");
    for size in [2, 8] {
        let mut buffer = vec![0; size];
        let (n, from) = server.peek_from(&mut buffer).await.expect("a datagram");
        saw.note("peek", (n, from == own, buffer));
    }
    saw.result("receive", server.recv(&mut [0; 8]).await);
    saw.note("no more", world.waits(server.peek_from(&mut [0; 8])).await);
    saw
}

pub(crate) async fn a_connected_socket_hears_its_peer_only(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, own), (server, address)) = sockets(&world).await;
    let stranger = world.there(UdpSocket::bind((world.server(), 0))).await.expect("a free port");
    saw.result("connect", client.connect(address).await);
    saw.note("peer", client.peer_addr().ok() == Some(address));
    stranger.send_to(b"stranger", own).await.expect("sent");
    world.settle().await;
    server.send_to(b"peer", own).await.expect("sent");
    saw.result("receive", client.recv(&mut [0; 16]).await);
    saw.note("no more", world.waits(client.recv(&mut [0; 16])).await);
    saw
}

pub(crate) async fn what_came_before_the_connect(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, own), (_server, address)) = sockets(&world).await;
    let stranger = world.there(UdpSocket::bind((world.server(), 0))).await.expect("a free port");
    stranger.send_to(b"early", own).await.expect("sent");
    world.settle().await;
    client.connect(address).await.expect("an address");
    stranger.send_to(b"too late", own).await.expect("sent");
    world.settle().await;
    saw.result("receive", client.recv(&mut [0; 16]).await);
    saw.note("no more", world.waits(client.recv(&mut [0; 16])).await);
    saw
}

pub(crate) async fn another_address_on_a_connected_socket(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    let other = world.there(UdpSocket::bind((world.server(), 0))).await.expect("a free port");
    client.connect(address).await.expect("an address");
    let elsewhere = other.local_addr().expect("bound");
    saw.result("send elsewhere", client.send_to(b"elsewhere", elsewhere).await);
    saw.result("received there", other.recv(&mut [0; 16]).await);
    saw.result("connect again", client.connect(elsewhere).await);
    saw.result("send", client.send(b"new peer").await);
    saw.result("received there", other.recv(&mut [0; 16]).await);
    saw.note("nothing here", world.waits(server.recv(&mut [0; 16])).await);
    saw
}

pub(crate) async fn nobody_there_for_a_connected_socket(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    drop(server);
    client.connect(address).await.expect("an address");
    saw.result("send", client.send(b"hello?").await);
    world.settle().await;
    saw.result("receive", client.recv(&mut [0; 8]).await);
    saw.note("told once", world.waits(client.recv(&mut [0; 8])).await);
    saw.result("send", client.send(b"hello?").await);
    world.settle().await;
    saw.result("send again", client.send(b"hello?").await);
    saw.result("and again", client.send(b"hello?").await);
    saw
}

pub(crate) async fn nobody_there_for_an_unconnected_socket(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    drop(server);
    saw.result("send", client.send_to(b"hello?", address).await);
    world.settle().await;
    saw.result("send again", client.send_to(b"hello?", address).await);
    saw.note("nothing comes", world.waits(client.recv(&mut [0; 8])).await);
    saw
}

pub(crate) async fn a_send_without_an_address(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), _) = sockets(&world).await;
    saw.result("send", client.send(b"to whom?").await);
    saw.result("try to send", client.try_send(b"to whom?"));
    saw
}

pub(crate) async fn a_datagram_too_large(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    saw.result("send", client.send_to(&[1; 65_508], address).await);
    saw.result("send less", client.send_to(&[1; 65_507], address).await);
    saw.result("receive", server.recv(&mut vec![0; 70_000]).await);
    saw
}

pub(crate) async fn a_socket_in_use(world: World) -> Saw {
    let mut saw = Saw::new();
    let (_, (_server, address)) = sockets(&world).await;
    saw.result("bind", world.there(UdpSocket::bind(address)).await.map(drop));
    saw.result("bind all", world.there(UdpSocket::bind(("0.0.0.0", address.port()))).await.map(drop));
    saw.result("bind elsewhere", UdpSocket::bind("192.0.2.1:0").await.map(drop));
    saw
}

pub(crate) async fn tries_that_would_wait(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    saw.result("try to receive", server.try_recv_from(&mut [0; 8]).map(|(n, _)| n));
    client.writable().await.expect("open");
    saw.result("try to send", client.try_send_to(b"now", address));
    server.readable().await.expect("open");
    saw.result("try to receive", server.try_recv_from(&mut [0; 8]).map(|(n, _)| n));
    saw.result("try to receive", server.try_recv_from(&mut [0; 8]).map(|(n, _)| n));
    saw
}

pub(crate) async fn a_full_inbox(world: World) -> Saw {
    const SENT: usize = 2_000;
    let mut saw = Saw::new();
    let ((client, _), (server, address)) = sockets(&world).await;
    for _ in 0..SENT {
        client.send_to(&[5; 1_000], address).await.expect("sent");
    }
    world.settle().await;
    let mut received = 0;
    let mut buffer = [0; 2_000];
    while let Ok((n, _)) = server.try_recv_from(&mut buffer) {
        assert_eq!(buffer[..n], [5; 1_000]);
        received += 1;
    }
    saw.note("some, not all", (1..SENT).contains(&received));
    client.send_to(b"room again", address).await.expect("sent");
    saw.result("receive", server.recv(&mut [0; 16]).await);
    saw
}

pub(crate) async fn a_closed_socket_is_free_at_once(world: World) -> Saw {
    let mut saw = Saw::new();
    let (_, (server, address)) = sockets(&world).await;
    drop(server);
    saw.result("bind", world.there(UdpSocket::bind(address)).await.map(drop));
    saw
}
