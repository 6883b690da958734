//! Services of real crates inside the simulation: what they promise, and that they follow the seed.

#[path = "services/bad_input.rs"]
mod bad_input;
#[path = "services/chat.rs"]
mod chat;
#[path = "services/determinism.rs"]
mod determinism;
#[path = "services/facade.rs"]
mod facade;
#[path = "services/grpc.rs"]
mod grpc;
#[path = "services/http.rs"]
mod http;
#[path = "services/raft.rs"]
mod raft;
#[path = "services/web.rs"]
mod web;
