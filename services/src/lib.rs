//! Services as people write them, run inside reenact: axum, tonic, WebSockets, openraft.
//!
//! Each module is a small program of the crates that it is about, with a `scenario` to run it in. The
//! programs in `examples/` sweep seeds over them, `tests/` holds them to what they promise, and
//! `docs/services.md` of the repository is the guide to all of it. They are a package of their own so
//! that nobody who depends on `reenact` builds these crates.

pub mod demo;
pub mod json;

pub mod web;
pub mod grpc;
pub mod chat;
pub mod raft;
pub mod facade;

/// The guide's examples, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/services.md")]
struct Guide;
