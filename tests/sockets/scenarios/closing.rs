//! How connections end in order.

use super::{
    TcpStream, World,
    wire::{listener, pair},
};
use crate::Saw;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) async fn the_end_after_all_bytes(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    client.write_all(b"the last words").await.expect("sent");
    drop(client);
    world.settle().await;
    let mut text = String::new();
    saw.result("read", server.read_to_string(&mut text).await);
    saw.note("text", text);
    for _ in 0..2 {
        saw.result("read on", server.read(&mut [0; 8]).await);
    }
    saw
}

pub(crate) async fn half_a_close(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    client.write_all(b"question").await.expect("sent");
    saw.result("shut down", client.shutdown().await);
    let mut text = String::new();
    saw.result("read", server.read_to_string(&mut text).await);
    world.settle().await;
    saw.result("write", server.write_all(b"answer").await);
    saw.result("write", server.write_all(b", and more").await);
    drop(server);
    text.clear();
    saw.result("read", client.read_to_string(&mut text).await);
    saw.note("text", text);
    saw
}

pub(crate) async fn a_close_twice(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("shut down", client.shutdown().await);
    saw.result("again", client.shutdown().await);
    world.settle().await;
    saw.result("read", server.read(&mut [0; 8]).await);
    saw.result("the peer's", server.shutdown().await);
    world.settle().await;
    saw.result("again", client.shutdown().await);
    saw.result("the peer's again", server.shutdown().await);
    saw
}

pub(crate) async fn a_close_by_both(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("client", client.shutdown().await);
    saw.result("server", server.shutdown().await);
    world.settle().await;
    saw.result("client reads", client.read(&mut [0; 8]).await);
    saw.result("server reads", server.read(&mut [0; 8]).await);
    saw.result("client writes", client.write(b"x").await);
    saw.result("server writes", server.write(b"x").await);
    saw
}

pub(crate) async fn a_write_after_the_own_end(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("shut down", client.shutdown().await);
    saw.result("write", client.write(b"x").await);
    saw.result("try to write", client.try_write(b"x"));
    server.write_all(b"still").await.expect("sent");
    let mut buffer = [0; 5];
    saw.result("read", client.read_exact(&mut buffer).await);
    saw
}

pub(crate) async fn a_write_after_the_peer_is_gone(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    drop(server);
    world.settle().await;
    saw.result("write", client.write(b"nobody reads it").await);
    world.settle().await;
    saw.result("write again", client.write(b"x").await);
    saw.result("and again", client.write(b"x").await);
    saw.result("read", client.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn reads_after_both_have_closed(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    client.write_all(b"one").await.expect("sent");
    server.write_all(b"two").await.expect("sent");
    client.shutdown().await.expect("open");
    server.shutdown().await.expect("open");
    world.settle().await;
    for stream in [&mut client, &mut server] {
        for _ in 0..3 {
            let mut buffer = [0; 2];
            saw.result("read", stream.read(&mut buffer).await);
            saw.note("bytes", buffer);
        }
    }
    saw
}

pub(crate) async fn options_after_both_have_closed(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    let known = client.peer_addr().is_ok();
    client.shutdown().await.expect("open");
    world.settle().await;
    saw.note("the peer's address", (known, client.peer_addr().is_ok()));
    server.shutdown().await.expect("open");
    world.settle().await;
    saw.result("error", client.take_error().map(|error| error.is_some()));
    saw.result("the peer's address", client.peer_addr().map(drop));
    saw.result("the own address", client.local_addr().map(drop));
    saw.result("the peer's address", server.peer_addr().map(drop));
    saw
}

pub(crate) async fn a_dropped_write_half(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, mut server) = pair(&world).await;
    let (mut read, mut write) = client.into_split();
    write.write_all(b"bye").await.expect("sent");
    drop(write);
    let mut text = String::new();
    saw.result("read", server.read_to_string(&mut text).await);
    saw.result("write", server.write_all(b"still").await);
    let mut buffer = [0; 5];
    saw.result("read back", read.read_exact(&mut buffer).await);
    saw
}

pub(crate) async fn a_dropped_read_half(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, mut server) = pair(&world).await;
    let (read, mut write) = client.into_split();
    drop(read);
    saw.result("write", server.write_all(b"unread").await);
    world.settle().await;
    saw.result("write", write.write_all(b"on").await);
    let mut buffer = [0; 2];
    saw.result("read", server.read_exact(&mut buffer).await);
    drop(write);
    world.settle().await;
    saw.result("read", server.read(&mut buffer).await);
    saw
}

pub(crate) async fn halves_of_two_streams(world: World) -> Saw {
    let mut saw = Saw::new();
    let ((one, _), (other, _)) = (pair(&world).await, pair(&world).await);
    let ((read, own), (_, write)) = (one.into_split(), other.into_split());
    let refused = read.reunite(write).expect_err("of two streams");
    saw.note("with its own", refused.0.reunite(own).is_ok());
    saw
}

pub(crate) async fn a_listener_dropped_before_its_stream(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let mut first = TcpStream::connect(address).await.expect("connected");
    let mut second = TcpStream::connect(address).await.expect("connected");
    let (accepted, peer) = listener.accept().await.expect("the first");
    saw.note("in the order of connecting", first.local_addr().ok() == Some(peer));
    world.settle().await;
    drop(listener);
    drop(accepted);
    world.settle().await;
    saw.result("who was accepted", first.read(&mut [0; 8]).await);
    saw.result("who waited", second.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn a_client_gone_before_it_is_accepted(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let mut client = TcpStream::connect(address).await.expect("connected");
    client.write_all(b"hi").await.expect("sent");
    drop(client);
    world.settle().await;
    let accepted = listener.accept().await;
    saw.note("accepted", accepted.is_ok());
    let mut text = String::new();
    saw.result("read", accepted.expect("one").0.read_to_string(&mut text).await);
    saw
}
