//! What each strategy promises, measured: chances against the bounds of its paper.

#[path = "strategies/chains.rs"]
mod chains;
#[path = "strategies/pct.rs"]
mod pct;
#[path = "strategies/portfolio.rs"]
mod portfolio;
#[path = "strategies/pos.rs"]
mod pos;
#[path = "strategies/profiles.rs"]
mod profiles;
#[path = "strategies/surw.rs"]
mod surw;
