//! A node: openraft behind an axum router, for its peers and for clients.
//!
//! How it reads is the difference between a register that is linearizable and one that seems to be.

use super::{
    Types,
    disk::Disk,
    machine::Register,
    network::{Peers, name},
};
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use openraft::{
    BasicNode, Config, Raft, SnapshotPolicy,
    error::{InstallSnapshotError, RaftError},
    raft::{
        AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse,
        VoteRequest, VoteResponse,
    },
};
use reenact::net::TcpListener;
use std::{collections::BTreeMap, io, sync::Arc};

/// How a node answers a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reads {
    /// If it takes itself for the leader. Cut off from the others, it may have been deposed.
    AsLeader,
    /// When a majority has confirmed that it is the leader, and all before that is applied.
    Confirmed,
}

#[derive(Clone)]
struct Node {
    id: u64,
    raft: Raft<Types>,
    register: Register,
    reads: Reads,
}

/// The main of node `id` of a cluster of `members`.
pub async fn serve(id: u64, members: u64, disk: Disk, reads: Reads) -> io::Result<()> {
    let config = Config {
        heartbeat_interval: 100,
        election_timeout_min: 300,
        election_timeout_max: 600,
        snapshot_policy: SnapshotPolicy::LogsSinceLast(20),
        max_in_snapshot_log_to_keep: 5,
        ..Config::default()
    };
    let register = Register::new(disk.clone());
    let raft = Raft::new(id, Arc::new(config), Peers::new(), disk, register.clone());
    let raft = raft.await.map_err(io::Error::other)?;
    if !raft.is_initialized().await.map_err(io::Error::other)? {
        let all = (0..members).map(|id| (id, BasicNode::new(name(id)))).collect::<BTreeMap<_, _>>();
        // Another node may have been quicker, with the same members.
        let _ = raft.initialize(all).await;
    }
    let router = Router::new()
        .route("/raft/append", post(append))
        .route("/raft/vote", post(vote))
        .route("/raft/snapshot", post(snapshot))
        .route("/write", post(write))
        .route("/read", post(read))
        .route("/leader", get(leader))
        .with_state(Node { id, raft, register, reads });
    reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router).await
}

type Answer<A, E = RaftError<u64>> = Json<Result<A, E>>;

async fn append(
    State(node): State<Node>,
    Json(request): Json<AppendEntriesRequest<Types>>,
) -> Answer<AppendEntriesResponse<u64>> {
    Json(node.raft.append_entries(request).await)
}

async fn vote(State(node): State<Node>, Json(request): Json<VoteRequest<u64>>) -> Answer<VoteResponse<u64>> {
    Json(node.raft.vote(request).await)
}

async fn snapshot(
    State(node): State<Node>,
    Json(request): Json<InstallSnapshotRequest<Types>>,
) -> Answer<InstallSnapshotResponse<u64>, RaftError<u64, InstallSnapshotError>> {
    Json(node.raft.install_snapshot(request).await)
}

async fn write(State(node): State<Node>, Json(value): Json<u64>) -> Result<Json<u64>, StatusCode> {
    let written = node.raft.client_write(value).await;
    written.map(|written| Json(written.data)).map_err(|_| StatusCode::MISDIRECTED_REQUEST)
}

async fn read(State(node): State<Node>) -> Result<Json<u64>, StatusCode> {
    let may = match node.reads {
        Reads::AsLeader => node.raft.current_leader().await == Some(node.id),
        Reads::Confirmed => node.raft.ensure_linearizable().await.is_ok(),
    };
    if may { Ok(Json(node.register.value())) } else { Err(StatusCode::MISDIRECTED_REQUEST) }
}

/// Whom this node takes for the leader.
async fn leader(State(node): State<Node>) -> Json<Option<u64>> {
    Json(node.raft.current_leader().await)
}
