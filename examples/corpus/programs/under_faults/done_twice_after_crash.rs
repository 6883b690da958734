//! A job has its effect twice: the worker crashed after the effect, before it had written that it was done.
//!
//! A worker goes through its jobs. For each it lets a store do what the job is about, and then notes on its
//! disk that it is done. Bigger sizes have more workers, which do not share jobs.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy},
        datagrams::{ask, receive},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    io,
    rc::Rc,
    time::Duration,
};

pub(crate) const PROGRAM: Program = Program {
    name: "done_twice_after_crash",
    about: "After a crash a job is done once more, and its effect is not known by its id.",
    sizes: &[1, 4, 8],
    minimum: 1,
    minimum_in_words: "The worker crashes between a job's effect and its note of that.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// How long the disk takes.
const WRITE: Duration = Duration::from_millis(40);
const JOBS: usize = 100;
const HORIZON: Duration = Duration::from_secs(3);

/// How often each job had its effect.
type Effects = Rc<RefCell<BTreeMap<String, u64>>>;

async fn store(version: Version, effects: Effects) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (job, from) = receive(&socket).await?;
        // The fix: a job that is known has had its effect.
        if version == Buggy || !effects.borrow().contains_key(&job) {
            *effects.borrow_mut().entry(job).or_default() += 1;
        }
        socket.send_to(b"done", from).await?;
    }
}

/// The disk says how many jobs are done.
async fn work(worker: usize, disk: Rc<Cell<usize>>) -> io::Result<()> {
    while disk.get() < JOBS {
        ask("store:7000", &format!("{worker}.{}", disk.get())).await?;
        clock::sleep(WRITE).await;
        disk.set(disk.get() + 1);
    }
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    let effects = Effects::default();
    let shared = effects.clone();
    sim.node("store").start(move || store(version, shared.clone()));
    let names: Vec<String> = (0..size).map(|i| format!("worker-{i}")).collect();
    for (i, name) in names.iter().enumerate() {
        let disk = Rc::default();
        sim.node(name).start(move || work(i, Rc::clone(&disk)));
    }
    plan(&sim, &[FaultKind::Crash], &names);
    clock::sleep(HORIZON).await;
    assert!(effects.borrow().values().all(|&times| times == 1), "a job was done twice");
}
