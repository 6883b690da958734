//! A deposit is made twice: its id is recorded after the effect, and a crash falls between.
//!
//! A client sends each deposit, under an id, until it is acknowledged. The server knows the ids that it
//! has seen, on the same disk as the balance, and acknowledges a deposit seen before without making it.
//! At some moment the test cuts the server's power, and a little later starts it again.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    datagrams::{number, receive},
};
use futures::FutureExt;
use reenact::{Sim, clock, draw, net::UdpSocket};
use std::{cell::RefCell, collections::BTreeSet, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "dedup_after_effect",
    about: "A request's effect and its id are two writes to the disk, the effect first.",
    sizes: &[1, 4, 16],
    minimum: 1,
    minimum_in_words: "The server crashes 4 ms after the start, between the two writes of the first deposit.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// How long the disk takes for a write.
const WRITE: Duration = Duration::from_millis(2);
/// A client that has heard nothing for so long sends again.
const TIME_OUT: Duration = Duration::from_millis(40);
/// How long the server is down after a crash.
const DOWN: Duration = Duration::from_millis(20);
/// The crash falls somewhere in so many milliseconds for each deposit.
const CRASH_WITHIN: u64 = 25;
const AMOUNT: u64 = 10;

/// What outlives a crash.
#[derive(Default)]
struct Disk {
    balance: u64,
    seen: BTreeSet<u64>,
}

type SharedDisk = Rc<RefCell<Disk>>;

/// A write happens whole, or not at all.
async fn write(disk: &SharedDisk, change: impl FnOnce(&mut Disk)) {
    clock::sleep(WRITE).await;
    change(&mut disk.borrow_mut());
}

async fn serve(version: Version, disk: SharedDisk) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (request, from) = receive(&socket).await?;
        let Some((id, amount)) = request.split_once(' ') else { continue };
        let (id, amount) = (number(id)?, number::<u64>(amount)?);
        let seen = disk.borrow().seen.contains(&id);
        if !seen {
            match version {
                Buggy => {
                    write(&disk, |disk| disk.balance += amount).await;
                    write(&disk, |disk| disk.seen.extend([id])).await;
                }
                // The fix: both in one write.
                Fixed => {
                    let both = |disk: &mut Disk| {
                        disk.balance += amount;
                        disk.seen.extend([id]);
                    };
                    write(&disk, both).await;
                }
            }
        }
        socket.send_to(id.to_string().as_bytes(), from).await?;
    }
}

async fn deposit(socket: &UdpSocket, id: u64) -> io::Result<()> {
    let acknowledged = async || {
        // An acknowledgement of an earlier deposit may come once more.
        while number::<u64>(&receive(socket).await?.0)? != id {}
        io::Result::Ok(())
    };
    loop {
        socket.send_to(format!("{id} {AMOUNT}").as_bytes(), "server:7000").await?;
        if let Ok(heard) = clock::timeout(TIME_OUT, acknowledged()).await {
            return heard;
        }
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let disk = SharedDisk::default();
    let server = sim.node("server");
    let servers = disk.clone();
    server.start(move || serve(version, servers.clone()));
    let client = sim.node("client").spawn(async move {
        let socket = UdpSocket::bind("0.0.0.0:0").await?;
        for id in 0..size as u64 {
            deposit(&socket, id).await?;
        }
        io::Result::Ok(())
    });
    // Never, or after so many milliseconds.
    let crash_after = draw::below(CRASH_WITHIN * size as u64);
    if crash_after > 0 {
        clock::sleep(Duration::from_millis(crash_after)).await;
        server.crash();
        clock::sleep(DOWN).await;
        server.restart();
    }
    client.await.expect("the client does not panic").expect("a lost datagram is no error");
    assert_eq!(disk.borrow().balance, AMOUNT * size as u64, "not what was deposited");
}
