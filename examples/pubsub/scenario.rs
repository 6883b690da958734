//! What is simulated: a broker, a publisher, many subscribers to whom everything happens; and that all
//! who are still there hear what is published afterwards.

use crate::{broker, client};
use reenact::{Check, FaultKind, Faults, NodeState, Sim, clock};
use std::{cell::Cell, rc::Rc, time::Duration};

/// What sweeps and tapes of this scenario are called.
pub(crate) const NAME: &str = "pubsub";

const TOPICS: u8 = 10;
/// How many subscribers may be down at once.
const DOWN: usize = 20;
/// How long things go wrong.
const CHAOS: Duration = Duration::from_secs(10);

fn name(subscriber: usize) -> String {
    format!("subscriber-{subscriber}")
}

/// A sweep over so many seeds, with so many subscribers.
pub(crate) fn check(seeds: u64, subscribers: usize) -> Check {
    use FaultKind::{Close, Crash, Kill, Loss, Pause};
    let faults = Faults::only([Crash, Kill, Pause, Close, Loss]);
    let faults = faults.tolerate(DOWN).victims((0..subscribers).map(name));
    Check::new(NAME).seeds(0..seeds).faults(faults)
}

/// One run.
pub(crate) async fn run(sim: Sim, subscribers: usize) {
    let published = Rc::new(Cell::new(0));
    let heard: Vec<Rc<Cell<u32>>> = (0..subscribers).map(|_| Rc::default()).collect();
    sim.node("broker").start(broker::serve);
    let count = published.clone();
    sim.node("publisher").start(move || client::publisher(TOPICS, count.clone()));
    for (number, last) in heard.iter().enumerate() {
        let (topic, last) = (number as u8 % TOPICS, last.clone());
        sim.node(name(number)).start(move || client::subscriber(topic, last.clone()));
    }
    clock::sleep(CHAOS).await;
    let calm = sim.calm().within(Duration::from_secs(15));
    let since = published.get();
    let everybody = || {
        let there = |number: usize| sim.node(name(number)).state() == NodeState::Running;
        let deaf = (0..subscribers).filter(|&number| heard[number].get() <= since && there(number)).count();
        if deaf == 0 { Ok(()) } else { Err(format!("{deaf} subscribers heard nothing of what came since")) }
    };
    calm.until(everybody).await;
}
