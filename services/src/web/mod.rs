//! A box office on the web: axum, hyper's pooled client, and a bug that only slow payments show.
//!
//! A balancer stands before three shops, each of which sells its share of the seats; shops charge
//! customers at a payment provider. A customer holds a seat, fills in a form, and buys. A hold is for
//! two seconds, so that nobody blocks a seat for ever.

pub mod api;
pub mod payments;
pub mod shop;
pub mod balancer;
pub mod customer;
pub mod scenario;
