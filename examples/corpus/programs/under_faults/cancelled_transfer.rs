//! Money is gone: a transfer was cancelled between the two accounts.
//!
//! A server takes from one account and adds to another, with a wait for the disk between. Who asked may
//! hang up at any time, and the future of its request is dropped. Bigger sizes have more requests.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy, Fixed},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, task};
use std::{cell::Cell, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "cancelled_transfer",
    about: "A request that is dropped half-way leaves half of its effect.",
    sizes: &[1, 4, 16],
    minimum: 1,
    minimum_in_words: "The transfer is cancelled when it has taken the money, and waits for the disk.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const WRITE: Duration = Duration::from_millis(1);
const BALANCE: u64 = 100;

#[derive(Default)]
struct Accounts {
    from: Cell<u64>,
    to: Cell<u64>,
}

async fn transfer(accounts: Rc<Accounts>) {
    clock::sleep(WRITE).await;
    accounts.from.set(accounts.from.get() - 1);
    clock::sleep(WRITE).await;
    accounts.to.set(accounts.to.get() + 1);
}

async fn request(version: Version, accounts: Rc<Accounts>) {
    match version {
        Buggy => transfer(accounts).await,
        // The fix: once it is begun, it goes on, whoever waits for it.
        Fixed => reenact::spawn(transfer(accounts)).await.expect("a transfer does not panic"),
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    plan(&sim, &[FaultKind::Cancel], ["server"]);
    let accounts = Rc::new(Accounts { from: Cell::new(BALANCE), to: Cell::new(0) });
    let server = sim.node("server");
    let requests: Vec<_> =
        (0..size).map(|_| server.spawn(task::cancellable(request(version, accounts.clone())))).collect();
    for request in requests {
        // Whether it was cancelled, only who hung up would know.
        let _ = request.await.expect("no request panics");
    }
    // Longer than a transfer takes.
    clock::sleep(WRITE * 10).await;
    assert_eq!(accounts.from.get() + accounts.to.get(), BALANCE, "money is gone");
}
