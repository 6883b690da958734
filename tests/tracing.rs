//! What code says with `tracing`, in traces and in what subscribers print.

#[path = "tracing/layer.rs"]
mod layer;

#[path = "tracing/parallel.rs"]
mod parallel;

#[path = "tracing/sweeps.rs"]
mod sweeps;

#[path = "tracing/time.rs"]
mod time;
