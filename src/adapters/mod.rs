//! What other crates ask of a runtime, answered by the simulation: a feature and a file for each.
//!
//! No tokio runtime is involved, and none of these crates is named elsewhere: the traits for streams
//! are beside the streams, in the network's crate, and everything else is here. What a crate does
//! behind its own seams (a `tokio::spawn`, a `tokio::time::sleep`) is out of reach from here; the
//! guide in `docs/services.md` says which crates those are.

#[cfg(feature = "hyper")]
pub mod hyper;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "tonic")]
pub mod tonic;
#[cfg(feature = "openraft")]
pub mod openraft;
