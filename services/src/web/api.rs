//! What goes over the wire: no server and client can disagree about a word.

use serde::{Deserialize, Serialize};

/// How many shops there are: `shop-0`, `shop-1`, …
pub const SHOPS: u32 = 3;

/// `POST /seats/{seat}/hold` and `/buy`: who asks.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    pub customer: u32,
}

/// What a customer has bought.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket {
    pub seat: u32,
    pub customer: u32,
}

/// `POST /charges`: the same charge twice is one charge.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Charge {
    pub customer: u32,
    pub seat: u32,
    pub cents: u32,
}
