//! How connections end abruptly.

use super::{
    TcpStream, World,
    wire::{listener, pair},
};
use crate::Saw;
use std::io::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Closes a stream with a reset.
fn reset(stream: TcpStream) {
    stream.set_zero_linger().expect("open");
}

pub(crate) async fn a_peer_that_had_something_unread(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    client.write_all(b"unread").await.expect("sent");
    world.settle().await;
    drop(server);
    world.settle().await;
    saw.result("read", client.read(&mut [0; 8]).await);
    saw.result("read again", client.read(&mut [0; 8]).await);
    saw.result("write", client.write(b"x").await);
    saw
}

pub(crate) async fn a_linger_of_nothing(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    reset(server);
    world.settle().await;
    saw.result("read", client.read(&mut [0; 8]).await);
    saw.result("read again", client.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn bytes_before_a_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    server.write_all(b"before").await.expect("sent");
    world.settle().await;
    reset(server);
    world.settle().await;
    let mut buffer = [0; 4];
    for _ in 0..4 {
        saw.result("read", client.read(&mut buffer).await);
    }
    saw
}

pub(crate) async fn a_write_after_a_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    reset(server);
    world.settle().await;
    saw.result("write", client.write(b"x").await);
    saw.result("write again", client.write(b"x").await);
    saw.result("read", client.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn a_writer_that_waits_is_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    loop {
        match client.try_write(&[7; 1 << 16]) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if world.waits(client.writable()).await {
                    break;
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    let closing = async {
        world.settle().await;
        drop(server);
    };
    let (written, ()) = futures::join!(client.write_all(&[7; 1 << 16]), closing);
    saw.result("write", written);
    saw.result("write again", client.write(b"x").await);
    saw.result("read", client.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn an_error_taken(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    reset(server);
    world.settle().await;
    let kind = |error: Option<std::io::Error>| error.map(|error| error.kind());
    saw.result("take the error", client.take_error().map(kind));
    saw.result("and again", client.take_error().map(kind));
    saw.result("read", client.read(&mut [0; 8]).await);
    saw.result("write", client.write(b"x").await);
    saw
}

pub(crate) async fn an_end_and_then_a_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    server.write_all(b"bye").await.expect("sent");
    server.shutdown().await.expect("open");
    world.settle().await;
    client.write_all(b"unread").await.expect("sent");
    world.settle().await;
    drop(server);
    world.settle().await;
    saw.result("read", client.read(&mut [0; 8]).await);
    saw.result("read at the end", client.read(&mut [0; 8]).await);
    saw.result("write", client.write(b"x").await);
    saw.result("write again", client.write(b"x").await);
    saw
}

pub(crate) async fn addresses_after_a_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, server) = pair(&world).await;
    reset(server);
    world.settle().await;
    saw.result("the peer's", client.peer_addr().map(drop));
    saw.result("the own", client.local_addr().map(drop));
    saw
}

pub(crate) async fn readiness_after_a_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, server) = pair(&world).await;
    reset(server);
    saw.result("readable", client.readable().await);
    saw.result("writable", client.writable().await);
    saw.result("try to read", client.try_read(&mut [0; 8]));
    saw.result("try to write", client.try_write(b"x"));
    saw
}

pub(crate) async fn a_shutdown_after_a_reset(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, server) = pair(&world).await;
    reset(server);
    world.settle().await;
    saw.result("shut down", client.shutdown().await);
    saw.result("read", client.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn a_reset_before_the_accept(world: World) -> Saw {
    let mut saw = Saw::new();
    let (listener, address) = listener(&world).await;
    let client = TcpStream::connect(address).await.expect("connected");
    reset(client);
    world.settle().await;
    let (mut server, _) = listener.accept().await.expect("one");
    saw.result("read", server.read(&mut [0; 8]).await);
    saw
}
