//! The payment provider: takes its time, and charges once however often it is asked.

use super::api::Charge;
use axum::{Json, Router, extract::State, routing::post};
use reenact::{clock, net::TcpListener, trace};
use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The charges in the provider's database, which outlives its process.
pub type Charges = Arc<Mutex<BTreeSet<Charge>>>;

/// The main of the node `payments`.
pub async fn serve(charges: Charges) -> io::Result<()> {
    let router = Router::new().route("/charges", post(charge)).with_state(charges);
    reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router).await
}

async fn charge(State(charges): State<Charges>, Json(charge): Json<Charge>) -> Json<Charge> {
    clock::sleep(Duration::from_millis(20)).await;
    // Whoever panicked with the lock held has failed the run already.
    if charges.lock().unwrap_or_else(PoisonError::into_inner).insert(charge) {
        trace::mark("charges", format_args!("customer {} for seat {}", charge.customer, charge.seat));
    }
    Json(charge)
}
