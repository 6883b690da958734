//! A customer: wants a seat, takes another when it is gone, and asks again when nobody answers.

use super::api::{Order, Ticket};
use crate::json::{HttpClient, post};
use hyper::StatusCode;
use reenact::{clock, draw};
use std::time::Duration;

/// How long a customer looks at a page that does not load.
const PATIENCE: Duration = Duration::from_secs(12);
/// How many seats one tries.
const TRIES: u32 = 3;

/// One customer's evening. `None` if all seats that were tried were gone.
pub async fn visit(customer: u32, client: HttpClient, seats: u32) -> Option<Ticket> {
    pause(4_000).await;
    for _ in 0..TRIES {
        let seat = draw::range(0..seats);
        let order = Order { customer };
        if post::<Order>(&client, &uri(seat, "hold"), &order, PATIENCE).await.is_ok() {
            // The form.
            pause(1_000).await;
            if let Some(ticket) = buy(&client, seat, &order).await {
                return Some(ticket);
            }
        }
        pause(1_000).await;
    }
    None
}

/// Until there is a ticket, or the seat is gone.
async fn buy(client: &HttpClient, seat: u32, order: &Order) -> Option<Ticket> {
    loop {
        match post(client, &uri(seat, "buy"), order, PATIENCE).await {
            Ok(ticket) => return Some(ticket),
            Err(StatusCode::CONFLICT) => return None,
            Err(_) => pause(500).await,
        }
    }
}

fn uri(seat: u32, what: &str) -> String {
    format!("http://balancer/seats/{seat}/{what}")
}

async fn pause(at_most: u64) {
    clock::sleep(Duration::from_millis(draw::range(0..at_most))).await;
}
