//! A shop: JSON handlers over seats in memory, and a middleware that lets no request take for ever.
//!
//! A sale is two steps with a payment between them: see that the customer holds the seat, and write
//! down that it is sold. What happens to the seat in between is the difference between the shop that
//! ships and the one that is right.

use super::api::{Charge, Order, Ticket};
use crate::json::{HttpClient, post};
use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing,
};
use reenact::{clock, net::TcpListener, trace};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long a seat is held for a customer who has not paid.
pub const HOLD: Duration = Duration::from_secs(2);
/// How long a payment may take.
const PAYING: Duration = Duration::from_secs(6);
/// How long any request may take.
const REQUEST: Duration = Duration::from_secs(8);

/// What a shop does with a seat while its payment is under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhilePaying {
    /// Nothing: the customer holds it. The tests pass: a payment takes 30 ms, a hold two seconds.
    Hold,
    /// It is the customer's until the payment has succeeded or failed, however long that takes.
    Claim,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seat {
    Held { by: u32, until: clock::Instant },
    Claimed { by: u32 },
    Sold { to: u32 },
}

/// The seats in the database of a shop, which outlives its process; it takes no time and never fails.
#[derive(Clone, Default, Debug)]
pub struct Seats(Arc<Mutex<BTreeMap<u32, Seat>>>);

struct Shop {
    seats: Seats,
    payments: HttpClient,
    while_paying: WhilePaying,
}

/// The main of a shop.
pub async fn serve(seats: Seats, while_paying: WhilePaying) -> io::Result<()> {
    let shop = Shop { seats, payments: reenact::hyper::client(), while_paying };
    let router = Router::new()
        .route("/seats/{seat}/hold", routing::post(hold))
        .route("/seats/{seat}/buy", routing::post(buy))
        .layer(middleware::from_fn(in_time))
        .with_state(Arc::new(shop));
    reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router).await
}

async fn in_time(request: Request, next: Next) -> Result<Response, StatusCode> {
    clock::timeout(REQUEST, next.run(request)).await.map_err(|_| StatusCode::GATEWAY_TIMEOUT)
}

async fn hold(
    State(shop): State<Arc<Shop>>,
    Path(seat): Path<u32>,
    Json(Order { customer }): Json<Order>,
) -> Result<Json<Order>, StatusCode> {
    let now = clock::now();
    let mut seats = shop.seats();
    match seats.get(&seat) {
        Some(Seat::Held { by, until }) if *by != customer && now < *until => Err(StatusCode::CONFLICT),
        Some(Seat::Claimed { .. } | Seat::Sold { .. }) => Err(StatusCode::CONFLICT),
        _ => {
            seats.insert(seat, Seat::Held { by: customer, until: now + HOLD });
            trace::mark("holds", format_args!("seat {seat} for customer {customer}"));
            Ok(Json(Order { customer }))
        }
    }
}

async fn buy(
    State(shop): State<Arc<Shop>>,
    Path(seat): Path<u32>,
    Json(Order { customer }): Json<Order>,
) -> Result<Json<Ticket>, StatusCode> {
    let now = clock::now();
    match shop.seats().get_mut(&seat) {
        Some(held @ Seat::Held { .. }) if held.is_held(customer, now) => {
            if shop.while_paying == WhilePaying::Claim {
                *held = Seat::Claimed { by: customer };
            }
        }
        // Asked before, and heard no answer.
        Some(Seat::Claimed { by }) if *by == customer => {}
        Some(Seat::Sold { to }) if *to == customer => return Ok(Json(Ticket { seat, customer })),
        _ => return Err(StatusCode::CONFLICT),
    }
    shop.charge(Charge { customer, seat, cents: 4_900 }).await?;
    shop.seats().insert(seat, Seat::Sold { to: customer });
    trace::mark("sells", format_args!("seat {seat} to customer {customer}"));
    Ok(Json(Ticket { seat, customer }))
}

impl Seat {
    fn is_held(&self, customer: u32, now: clock::Instant) -> bool {
        matches!(self, Seat::Held { by, until } if *by == customer && now < *until)
    }
}

impl Shop {
    async fn charge(&self, charge: Charge) -> Result<Charge, StatusCode> {
        post(&self.payments, "http://payments/charges", &charge, PAYING).await
    }

    fn seats(&self) -> MutexGuard<'_, BTreeMap<u32, Seat>> {
        // No code that can panic runs with the lock held.
        self.seats.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
