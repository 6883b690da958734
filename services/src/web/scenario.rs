//! What is simulated: a crowd, five machines that fail, a network with trouble; and what must hold.

use super::{
    api::{SHOPS, Ticket},
    balancer, customer,
    payments::{self, Charges},
    shop::{self, Seats, WhilePaying},
};
use reenact::{FaultKind, Faults, Sim, net};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

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

/// What goes wrong: machines stop, stand still and are cut off, clocks are wrong, connections break. Disks
/// keep what they have.
pub fn faults() -> Faults {
    let shops = (0..SHOPS).map(|number| format!("shop-{number}"));
    let machines = shops.chain(["balancer", "payments"].map(str::to_owned));
    Faults::swarm().without(FaultKind::DataLoss).victims(machines)
}

/// One run. It fails if a seat is sold twice.
pub async fn run(sim: Sim, load: Load, while_paying: WhilePaying) {
    let charges = Charges::default();
    sim.node("payments").start(move || payments::serve(charges.clone()));
    for number in 0..SHOPS {
        let seats = Seats::default();
        sim.node(format!("shop-{number}")).start(move || shop::serve(seats.clone(), while_paying));
    }
    sim.node("balancer").start(balancer::serve);

    let sold = Sold::default();
    let seen = sold.clone();
    sim.invariant("a seat is sold once", move || seen.once());
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
    for customer in customers {
        customer.await.expect("a customer neither panics nor is cancelled");
    }
}

/// The tickets that customers have in their hands.
#[derive(Clone, Default)]
struct Sold(Rc<RefCell<Tickets>>);

#[derive(Default)]
struct Tickets {
    by_seat: BTreeMap<u32, u32>,
    twice: Option<String>,
}

impl Sold {
    fn note(&self, Ticket { seat, customer }: Ticket) {
        let mut tickets = self.0.borrow_mut();
        if let Some(other) = tickets.by_seat.insert(seat, customer) {
            tickets.twice = Some(format!("seat {seat} is sold to customers {other} and {customer}"));
        }
    }

    fn once(&self) -> Result<(), String> {
        self.0.borrow().twice.clone().map_or(Ok(()), Err)
    }
}
