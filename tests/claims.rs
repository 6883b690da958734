//! What the code and its test claim: assertions, invariants, and how they are added up over a sweep.

mod common;

#[path = "claims/assertions.rs"]
mod assertions;
#[path = "claims/invariants.rs"]
mod invariants;
#[path = "claims/sweeps.rs"]
mod sweeps;
