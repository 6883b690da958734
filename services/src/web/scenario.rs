//! What is simulated: a crowd, a balancer that crashes, a network with trouble; and what must hold.

use super::{
    api::{SHOPS, Ticket},
    balancer, customer, payments,
    shop::{self, WhilePaying},
};
use reenact::{Sim, clock, draw, net};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

/// What sweeps and tapes of this scenario are called.
pub const NAME: &str = "box office";

/// How much goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Load {
    pub customers: u32,
    pub seats: u32,
}

impl Load {
    /// An ordinary evening.
    pub const EVENING: Load = Load { customers: 200, seats: 150 };
}

/// The network between the machines: a packet in two hundred is lost, and sent again.
pub fn net() -> net::Config {
    net::Config::lan().loss(1, 200)
}

/// One run. It fails if a seat is sold twice.
pub async fn run(sim: Sim, load: Load, while_paying: WhilePaying) {
    sim.node("payments").start(payments::serve);
    for number in 0..SHOPS {
        sim.node(format!("shop-{number}")).start(move || shop::serve(while_paying));
    }
    sim.node("balancer").start(balancer::serve);

    let sold = Sold::default();
    let crowd = sim.node("crowd");
    let client = reenact::hyper::client();
    let customers: Vec<_> = (0..load.customers)
        .map(|number| {
            let (client, sold) = (client.clone(), sold.clone());
            crowd.spawn(async move {
                if let Some(ticket) = customer::visit(number, client, load.seats).await {
                    sold.note(ticket);
                }
            })
        })
        .collect();
    let trouble = reenact::spawn(trouble(sim));
    for customer in customers {
        customer.await.expect("a customer neither panics nor is cancelled");
    }
    trouble.abort();
}

/// The tickets that customers have in their hands, by seat.
#[derive(Clone, Default)]
struct Sold(Rc<RefCell<BTreeMap<u32, u32>>>);

impl Sold {
    fn note(&self, Ticket { seat, customer }: Ticket) {
        if let Some(other) = self.0.borrow_mut().insert(seat, customer) {
            panic!("seat {seat} is sold twice: to customers {other} and {customer}");
        }
    }
}

/// Now and then a shop cannot reach the payments for a while, or the balancer loses its power.
async fn trouble(sim: Sim) {
    loop {
        clock::sleep(Duration::from_millis(draw::range(200..2_000))).await;
        if draw::chance(1, 4) {
            let balancer = sim.node("balancer");
            balancer.crash();
            clock::sleep(Duration::from_millis(draw::range(50..500))).await;
            balancer.restart();
        } else {
            let shop = format!("shop-{}", draw::range(0..SHOPS));
            let _cut = sim.net().partition(&[shop], &["payments"]);
            clock::sleep(Duration::from_millis(draw::range(50..2_500))).await;
        }
    }
}
