//! Tasks: how they are woken, in which order they run, how they end, and what is said of one that
//! does not.

mod common;

#[path = "tasks/ends.rs"]
mod ends;
#[path = "tasks/handles.rs"]
mod handles;
#[path = "tasks/join_set.rs"]
mod join_set;
#[path = "tasks/leaks.rs"]
mod leaks;
#[path = "tasks/order.rs"]
mod order;
#[path = "tasks/panics.rs"]
mod panics;
#[path = "tasks/panics_in_drop.rs"]
mod panics_in_drop;
#[path = "tasks/stuck.rs"]
mod stuck;
#[path = "tasks/touch.rs"]
mod touch;
#[path = "tasks/waker_pool.rs"]
mod waker_pool;
#[path = "tasks/wakers.rs"]
mod wakers;
#[path = "tasks/wakers_of_others.rs"]
mod wakers_of_others;
