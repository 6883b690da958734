//! A register kept by Raft: openraft on three to five nodes, spoken to over HTTP.
//!
//! `openraft` decides; `disk` is what a node keeps through a crash, `machine` the register, `network`
//! how nodes reach each other, `server` a node, and `client` who uses it.

pub mod disk;
pub mod machine;
pub mod network;
pub mod server;
pub mod client;
pub mod history;
pub mod scenario;

openraft::declare_raft_types!(
    /// A write is a number, and its answer the register after it; all else is openraft's default.
    pub Types:
        D = u64,
        R = u64,
        SnapshotData = std::io::Cursor<Vec<u8>>,
        AsyncRuntime = reenact::openraft::Runtime,
);
