//! Comparing two recordings: where they part, and what is origin and what is effect.

#[path = "diff/pairs.rs"]
mod pairs;

#[path = "diff/laws.rs"]
mod laws;
