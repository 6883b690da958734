//! How bytes flow.

use super::{World, wire::pair};
use crate::Saw;
use std::io::{ErrorKind, IoSlice};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) async fn many_small_writes_are_read_at_once(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    for i in 0..10 {
        client.write_all(&[i; 3]).await.expect("sent");
    }
    world.settle().await;
    let mut buffer = [0; 64];
    saw.result("read", server.read(&mut buffer).await);
    saw.note("bytes", &buffer[..30]);
    saw
}

pub(crate) async fn reads_smaller_than_writes(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    client.write_all(b"0123456789").await.expect("sent");
    drop(client);
    world.settle().await;
    for _ in 0..5 {
        let mut buffer = [0; 3];
        saw.result("read", server.read(&mut buffer).await);
        saw.note("bytes", buffer);
    }
    saw
}

pub(crate) async fn a_megabyte(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    let sent: Vec<u8> = (0..1_u32 << 20).map(|i| (i % 251) as u8).collect();
    let write = async {
        client.write_all(&sent).await?;
        client.shutdown().await
    };
    let mut read = Vec::new();
    let (written, received) = futures::join!(write, server.read_to_end(&mut read));
    saw.result("write", written);
    saw.result("read", received);
    saw.note("the same", read == sent);
    saw
}

pub(crate) async fn nothing_read_or_written(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("write", client.write(&[]).await);
    saw.note("a byte is waited for", world.waits(server.read(&mut [0])).await);
    drop(client);
    world.settle().await;
    saw.result("read at the end", server.read(&mut []).await);
    saw
}

pub(crate) async fn several_buffers_in_one_write(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    let slices = [b"one ".as_slice(), b"", b"two ", b"three"].map(IoSlice::new);
    saw.result("write", client.write_vectored(&slices).await);
    drop(client);
    let mut text = String::new();
    saw.result("read", server.read_to_string(&mut text).await);
    saw.note("text", text);
    saw
}

pub(crate) async fn a_look_ahead(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.note("waits", world.waits(server.peek(&mut [0; 8])).await);
    client.write_all(b"abc").await.expect("sent");
    client.write_all(b"def").await.expect("sent");
    world.settle().await;
    for size in [2, 4, 8] {
        let mut buffer = vec![0; size];
        saw.result("peek", server.peek(&mut buffer).await);
        saw.note("bytes", buffer);
    }
    saw.result("read", server.read(&mut [0; 4]).await);
    saw.result("peek", server.peek(&mut [0; 8]).await);
    drop(client);
    world.settle().await;
    saw.result("read", server.read(&mut [0; 4]).await);
    saw.result("peek at the end", server.peek(&mut [0; 8]).await);
    saw.result("read at the end", server.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn tries_that_would_wait(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, server) = pair(&world).await;
    saw.result("try to read", server.try_read(&mut [0; 8]));
    client.writable().await.expect("open");
    saw.result("try to write", client.try_write(b"abc"));
    server.readable().await.expect("open");
    world.settle().await;
    saw.result("try to read", server.try_read(&mut [0; 8]));
    saw.result("try to read", server.try_read(&mut [0; 8]));
    drop(client);
    server.readable().await.expect("open");
    saw.result("try to read at the end", server.try_read(&mut [0; 8]));
    saw
}

pub(crate) async fn readiness(world: World) -> Saw {
    let mut saw = Saw::new();
    let (mut client, mut server) = pair(&world).await;
    saw.result("writable", server.writable().await);
    client.write_all(b"x").await.expect("sent");
    saw.result("readable", server.readable().await);
    saw.result("read", server.read(&mut [0; 8]).await);
    drop(client);
    saw.result("readable at the end", server.readable().await);
    saw.result("writable at the end", server.writable().await);
    saw
}

pub(crate) async fn a_writer_waits_for_its_reader(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, mut server) = pair(&world).await;
    let mut written = 0;
    loop {
        match client.try_write(&[7; 1 << 16]) {
            Ok(n) => written += n,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if world.waits(client.writable()).await {
                    break;
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    saw.note("much is written", written >= 1 << 16);
    let read = async {
        let mut left = written;
        let mut buffer = vec![0; 1 << 16];
        while left > 0 {
            left -= server.read(&mut buffer).await.expect("bytes");
        }
    };
    let (_, writable) = futures::join!(read, client.writable());
    saw.result("writable again", writable);
    saw.result("write", client.try_write(b"last"));
    saw.result("read", server.read(&mut [0; 8]).await);
    saw
}

pub(crate) async fn both_ways_at_once(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, server) = pair(&world).await;
    let each = |stream, byte: u8| async move {
        let (mut read, mut write) = tokio::io::split(stream);
        let mut all = Vec::new();
        let send = async {
            write.write_all(&vec![byte; 300_000]).await.expect("sent");
            write.shutdown().await.expect("open");
        };
        let (_, n) = futures::join!(send, read.read_to_end(&mut all));
        (n.ok(), all.iter().all(|&other| other != byte))
    };
    saw.note("client and server", futures::join!(each(client, 1), each(server, 2)));
    saw
}

pub(crate) async fn halves(world: World) -> Saw {
    let mut saw = Saw::new();
    let (client, mut server) = pair(&world).await;
    let (read, mut write) = client.into_split();
    saw.result("write", write.write_all(b"abc").await);
    let mut buffer = [0; 3];
    saw.result("read", server.read_exact(&mut buffer).await);
    server.write_all(b"back").await.expect("sent");
    let mut whole = read.reunite(write).expect("of one stream");
    let mut buffer = [0; 4];
    saw.result("read by the whole", whole.read_exact(&mut buffer).await);
    saw
}
