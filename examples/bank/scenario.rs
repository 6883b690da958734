//! What is simulated: three customers, a bank, and a network with hiccups; and what must hold.

use crate::{
    client::Client,
    protocol::{Answer, Request, Transfer},
    server::{self, Remember},
};
use reenact::{Sim, clock, draw};
use std::{collections::BTreeMap, time::Duration};

/// What sweeps and tapes of this scenario are called.
pub(crate) const NAME: &str = "bank";

const CUSTOMERS: [&str; 3] = ["alice", "bob", "carol"];
const OPENING: u32 = 100;
/// How many transfers each customer makes.
const TRANSFERS: u32 = 3;

/// One run. It fails if an account does not hold what its customers were told.
pub(crate) async fn run(sim: Sim, remember: Remember) {
    let opening = || CUSTOMERS.map(|name| (name.to_owned(), OPENING)).to_vec();
    sim.node("bank").start(move || server::serve(remember, opening()));
    let customers = CUSTOMERS.map(|name| sim.node(name).spawn(customer(name)));
    let hiccups = reenact::spawn(hiccups(sim));
    let mut receipts = Vec::new();
    for customer in customers {
        receipts.extend(customer.await.expect("a customer neither panics nor is cancelled"));
    }
    hiccups.abort();
    // Old copies of requests may still be under way.
    clock::sleep(Duration::from_secs(1)).await;
    audit(&receipts).await;
}

/// Sends some money to others; returns what was asked for, and what the bank said.
async fn customer(name: &'static str) -> Vec<(Transfer, Answer)> {
    let others: Vec<&str> = CUSTOMERS.into_iter().filter(|&other| other != name).collect();
    let mut client = Client::default();
    let mut receipts = Vec::new();
    for number in 1..=TRANSFERS {
        clock::sleep(Duration::from_millis(draw::range(0..100))).await;
        let transfer = Transfer {
            id: format!("{name}-{number}"),
            from: name.to_owned(),
            to: (*draw::pick(&others)).to_owned(),
            amount: draw::range(1..=50),
        };
        let answer = client.ask(&Request::Transfer(transfer.clone())).await;
        receipts.push((transfer, answer));
    }
    receipts
}

/// Now and then, one customer and the bank cannot reach each other for some milliseconds. What is
/// lost then, TCP sends again 200 ms later.
async fn hiccups(sim: Sim) {
    loop {
        clock::sleep(Duration::from_millis(draw::range(50..500))).await;
        let _cut = sim.net().partition(&[*draw::pick(&CUSTOMERS)], &["bank"]);
        clock::sleep(Duration::from_millis(draw::range(1..10))).await;
    }
}

/// Compares each balance with what the receipts leave.
async fn audit(receipts: &[(Transfer, Answer)]) {
    let mut expected =
        CUSTOMERS.map(|name| (name, i64::from(OPENING))).into_iter().collect::<BTreeMap<_, _>>();
    for (transfer, _) in receipts.iter().filter(|(_, answer)| *answer == Answer::Done) {
        for (account, change) in
            [(&transfer.from, -i64::from(transfer.amount)), (&transfer.to, transfer.amount.into())]
        {
            *expected.get_mut(account.as_str()).expect("transfers are among customers") += change;
        }
    }
    let mut client = Client::default();
    let mut wrong = Vec::new();
    for (account, expected) in expected {
        let answer = client.ask(&Request::Balance(account.to_owned())).await;
        let Answer::Balance(balance) = answer else { panic!("the bank does not know {account}: {answer}") };
        if i64::from(balance) != expected {
            wrong.push(format!("{account} has {balance} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "balances are not what the customers were told: {}", wrong.join(", "));
}
