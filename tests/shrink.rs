//! From a failing seed to the decisions that matter: shrinking, explaining, and the bounded search.

#[path = "shrink/programs.rs"]
mod programs;

#[path = "shrink/delay.rs"]
mod delay;
#[path = "shrink/explained.rs"]
mod explained;
#[path = "shrink/instead.rs"]
mod instead;
#[path = "shrink/small.rs"]
mod small;
#[path = "shrink/trouble.rs"]
mod trouble;
#[path = "shrink/workload.rs"]
mod workload;
