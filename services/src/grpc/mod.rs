//! Weather stations over gRPC: tonic, unary and streaming, with deadlines.

pub mod messages;
pub mod station;

/// What `build.rs` wrote.
pub mod generated {
    #![allow(missing_docs, clippy::all, unreachable_pub)]
    include!(concat!(env!("OUT_DIR"), "/weather.Weather.rs"));
}

pub mod scenario;
