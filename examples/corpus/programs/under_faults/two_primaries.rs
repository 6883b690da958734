//! Two servers take themselves for the primary: the backup has heard nothing of it, though it lives.
//!
//! A primary tells a backup again and again that it is there. A backup that hears nothing takes over. There is
//! a witness, which only the fixed twin asks. Bigger sizes have more backups, the first of which takes over.

use super::{
    super::{
        Body, Program,
        Version::{self, Fixed},
        datagrams::{ask, receive},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{cell::RefCell, collections::BTreeSet, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "two_primaries",
    about: "Silence is taken for death: a backup that is cut off takes over from a primary that is alive.",
    sizes: &[1, 2, 4],
    minimum: 1,
    minimum_in_words: "The primary is cut off from all others.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const HEARTBEAT: Duration = Duration::from_millis(10);
/// Silence of so long is death.
const SILENCE: Duration = Duration::from_millis(60);
/// How long the witness's word for a primary counts, for the primary and for everybody else.
const TERM: Duration = Duration::from_millis(50);
const TERM_FOR_OTHERS: Duration = Duration::from_millis(100);
const HORIZON: Duration = Duration::from_secs(2);

/// Who takes itself for the primary.
type Primaries = Rc<RefCell<BTreeSet<String>>>;

/// Says who is the primary: who asked first, until it has not asked for a while.
async fn witness() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7001").await?;
    let mut term: Option<(String, clock::Instant)> = None;
    loop {
        let (who, from) = receive(&socket).await?;
        let now = clock::now();
        if term.as_ref().is_none_or(|(primary, ends)| *primary == who || now >= *ends) {
            term = Some((who.clone(), now + TERM_FOR_OTHERS));
            socket.send_to(b"yes", from).await?;
        }
    }
}

/// Leads, for ever or for as long as the witness says so.
async fn lead(version: Version, me: &str, backups: usize, primaries: &Primaries) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    let mut ends = clock::now();
    loop {
        if version == Fixed {
            // The fix: it takes two of three to be the primary.
            let asked = clock::now();
            let patience = if asked < ends { ends - asked } else { TERM };
            match clock::timeout(patience, ask("witness:7001", me)).await {
                Ok(answer) => drop(answer?),
                Err(_) => return Ok(()),
            }
            ends = asked + TERM;
            if clock::now() >= ends {
                return Ok(());
            }
        }
        primaries.borrow_mut().insert(me.to_owned());
        assert_eq!(primaries.borrow().len(), 1, "there are two primaries");
        for backup in 0..backups {
            socket.send_to(b"here", (format!("backup-{backup}"), 7000)).await?;
        }
        clock::sleep(HEARTBEAT).await;
    }
}

async fn primary(version: Version, backups: usize, primaries: Primaries) -> io::Result<()> {
    loop {
        lead(version, "primary", backups, &primaries).await?;
        primaries.borrow_mut().remove("primary");
        clock::sleep(SILENCE).await;
    }
}

async fn backup(version: Version, number: usize, backups: usize, primaries: Primaries) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let me = format!("backup-{number}");
    loop {
        // The later ones give those before them time to take over.
        let patience = SILENCE * (number as u32 + 1);
        if clock::timeout(patience, receive(&socket)).await.is_err() {
            lead(version, &me, backups, &primaries).await?;
            primaries.borrow_mut().remove(&me);
        }
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let primaries = Primaries::default();
    let mut names = vec!["primary".to_owned(), "witness".to_owned()];
    let shared = primaries.clone();
    sim.node("primary").start(move || primary(version, size, shared.clone()));
    sim.node("witness").start(witness);
    for i in 0..size {
        let primaries = primaries.clone();
        let name = format!("backup-{i}");
        sim.node(&name).start(move || backup(version, i, size, primaries.clone()));
        names.push(name);
    }
    // Before the first word of the primary, silence says nothing.
    clock::sleep(HEARTBEAT).await;
    plan(&sim, &[FaultKind::Partition], names);
    clock::sleep(HORIZON).await;
}
