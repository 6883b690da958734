//! What is simulated: three members and a storage, with everything that can happen to them; what must
//! hold, and what must come to pass afterwards.

use crate::{
    member::{self, MEMBERS},
    storage::{self, Fence, Log},
};
use reenact::{Check, FaultKind, Faults, Sim, clock};
use std::{cell::Cell, rc::Rc, time::Duration};

/// What sweeps and tapes of this scenario are called.
pub(crate) const NAME: &str = "lease";

/// How long things go wrong.
const CHAOS: Duration = Duration::from_secs(20);
/// After that, how much time there is to write how much.
const CALM: Duration = Duration::from_secs(15);
const WRITTEN: usize = 20;

/// A sweep over so many seeds, each with another mix of faults.
pub(crate) fn check(seeds: u64) -> Check {
    use FaultKind::{Clock, Crash, Kill, Loss, Partition, Pause};
    let faults = Faults::only([Crash, Kill, Pause, Partition, Clock, Loss]).victims(MEMBERS);
    Check::new(NAME).seeds(0..seeds).faults(faults)
}

/// One run.
pub(crate) async fn run(sim: Sim, fence: Fence) {
    let log = Log::default();
    let disk = log.clone();
    sim.node("storage").start(move || storage::serve(fence, disk.clone()));
    for (id, name) in (0..).zip(MEMBERS) {
        let disk = Rc::new(Cell::new(0));
        sim.node(name).start(move || member::run(id, disk.clone()));
    }
    let written = log.clone();
    sim.invariant("who was replaced writes no more", move || {
        let log = written.borrow();
        match log[..] {
            [.., former, last] if last < former => {
                Err(format!("an entry of term {last} stands behind one of term {former}"))
            }
            _ => Ok(()),
        }
    });
    clock::sleep(CHAOS).await;
    let calm = sim.calm().within(CALM);
    let before = log.borrow().len();
    let progress = || match log.borrow().len() - before {
        WRITTEN.. => Ok(()),
        n => Err(format!("{n} entries since, and not {WRITTEN}")),
    };
    calm.until(progress).await;
}
