//! The messages, as `prost-build` would write them.

/// Asks for the latest reading, which takes the station a while.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Station {
    #[prost(string, tag = "1")]
    pub name: String,
    /// How many milliseconds the station takes.
    #[prost(uint64, tag = "2")]
    pub takes: u64,
}

/// Asks for readings as they are made.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Watched {
    #[prost(string, tag = "1")]
    pub name: String,
    /// How many readings.
    #[prost(uint64, tag = "2")]
    pub count: u64,
    /// How many milliseconds lie between two.
    #[prost(uint64, tag = "3")]
    pub every: u64,
}

/// One reading.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Reading {
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its number among the readings of a call, from 1.
    #[prost(uint64, tag = "2")]
    pub number: u64,
}
