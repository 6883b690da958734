//! A job is done twice: its first worker was slow, not dead.
//!
//! A queue hands a job to a worker, and to another if it has not heard of its end after a while. A worker
//! lets a store do what the job is about, and then tells the queue. Bigger sizes have more jobs.

use super::{
    Body, Program,
    Version::{self, Buggy},
    datagrams::{ask, number, receive},
};
use futures::FutureExt;
use reenact::{Sim, clock, net::UdpSocket};
use std::{cell::RefCell, collections::BTreeMap, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "job_twice",
    about: "A job that is not acknowledged in time is handed out again, and its effect is not known by its id.",
    sizes: &[1, 4, 16],
    minimum: 1,
    minimum_in_words: "What the store answers is 9 ms late, so that the job is handed out again.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// After how long a job is handed out again.
const PATIENCE: Duration = Duration::from_millis(12);

/// How often each job had its effect.
type Effects = Rc<RefCell<BTreeMap<u64, u64>>>;

async fn store(version: Version, effects: Effects) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (job, from) = receive(&socket).await?;
        let job = number(&job)?;
        // The fix: a job that is known has had its effect.
        if version == Buggy || !effects.borrow().contains_key(&job) {
            *effects.borrow_mut().entry(job).or_default() += 1;
        }
        socket.send_to(b"done", from).await?;
    }
}

async fn work() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (job, queue) = receive(&socket).await?;
        ask("store:7000", &job).await?;
        socket.send_to(job.as_bytes(), queue).await?;
    }
}

/// Hands jobs out, one after the other, until each is acknowledged.
async fn queue(jobs: usize) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    let acknowledged = async |job: usize| {
        // An acknowledgement of an earlier job may come once more.
        while number::<usize>(&receive(&socket).await?.0)? != job {}
        io::Result::Ok(())
    };
    let mut workers = ["worker-0:7000", "worker-1:7000"].into_iter().cycle();
    for job in 0..jobs {
        for worker in workers.by_ref() {
            socket.send_to(job.to_string().as_bytes(), worker).await?;
            if let Ok(heard) = clock::timeout(PATIENCE, acknowledged(job)).await {
                heard?;
                break;
            }
        }
    }
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    let effects = Effects::default();
    let shared = effects.clone();
    sim.node("store").start(move || store(version, shared.clone()));
    for worker in 0..2 {
        sim.node(format!("worker-{worker}")).start(work);
    }
    let queue = sim.node("queue").spawn(queue(size));
    queue.await.expect("the queue does not panic").expect("all nodes are up");
    // Longer than anything is under way.
    clock::sleep(Duration::from_millis(100)).await;
    assert!(effects.borrow().values().all(|&times| times == 1), "a job was done twice");
}
