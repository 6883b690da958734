//! A replica that has lost its disk answers as if nothing had ever been written.
//!
//! A client writes one value after the other to two replicas, until both have it, and reads from one of
//! them. Bigger sizes have more replicas.

use super::{
    super::{
        Body, Program,
        Version::{self, Fixed},
        datagrams::{ask, number, receive},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "empty_replica",
    about: "A replica whose data are lost takes its empty disk for the truth.",
    sizes: &[2, 3, 5],
    minimum: 2,
    minimum_in_words: "A replica crashes, and comes back without its data.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// Who has heard nothing for so long asks again.
const PATIENCE: Duration = Duration::from_millis(40);
const HORIZON: Duration = Duration::from_secs(3);

/// What a replica keeps: a value, and whether what it had acknowledged was lost since.
#[derive(Default)]
struct Disk {
    value: Cell<u64>,
    lost: Cell<bool>,
}

async fn replica(version: Version, disk: Rc<Disk>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (request, from) = receive(&socket).await?;
        if let Some(value) = request.strip_prefix("write ") {
            disk.value.set(number::<u64>(value)?.max(disk.value.get()));
            // What comes after all that was lost makes up for it.
            disk.lost.set(false);
        } else if version == Fixed && disk.lost.get() {
            // The fix: who does not know does not answer.
            continue;
        }
        socket.send_to(disk.value.get().to_string().as_bytes(), from).await?;
    }
}

/// Asks one replica after the other, from one on, until one answers.
async fn read(names: &[String], from: usize) -> u64 {
    for name in names.iter().cycle().skip(from) {
        if let Ok(answer) = clock::timeout(PATIENCE, ask((name.as_str(), 7000), "read")).await {
            return number(&answer.expect("datagrams are sent")).expect("a value");
        }
    }
    unreachable!("there is always one more")
}

async fn write(name: &str, value: u64) {
    while clock::timeout(PATIENCE, ask((name, 7000), &format!("write {value}"))).await.is_err() {}
}

async fn run(sim: Sim, version: Version, size: usize) {
    let names: Vec<String> = (0..size).map(|i| format!("replica-{i}")).collect();
    for name in &names {
        let disk = Rc::new(Disk::default());
        let emptied = disk.clone();
        let node = sim.node(name);
        node.on_data_loss(move || {
            emptied.value.set(0);
            emptied.lost.set(true);
        });
        node.start(move || replica(version, disk.clone()));
    }
    plan(&sim, &[FaultKind::Crash, FaultKind::DataLoss], &names);
    for value in 1.. {
        if sim.elapsed() > HORIZON {
            break;
        }
        for name in &names {
            write(name, value).await;
        }
        for from in 0..5 {
            clock::sleep(PATIENCE).await;
            assert_eq!(read(&names, from % size).await, value, "what all have acknowledged is gone");
        }
    }
}
