//! How nodes reach each other: a request over HTTP for each call of the protocol.

use super::Types;
use crate::json::{HttpClient, post};
use openraft::{
    BasicNode, RaftNetwork, RaftNetworkFactory,
    error::{InstallSnapshotError, NetworkError, RPCError, RaftError, RemoteError},
    network::RPCOption,
    raft::{
        AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse,
        VoteRequest, VoteResponse,
    },
};
use reenact::clock;
use serde::{Serialize, de::DeserializeOwned};
use std::{error::Error, io, time::Duration};

/// How long a node that cannot be reached is left alone.
const PAUSE: Duration = Duration::from_millis(100);

/// The name of a node.
pub fn name(id: u64) -> String {
    format!("raft-{id}")
}

/// Makes a [`Peer`] for each other node; they share a pool of connections.
pub struct Peers(HttpClient);

impl Peers {
    pub fn new() -> Self {
        Peers(reenact::hyper::client())
    }
}

impl Default for Peers {
    fn default() -> Self {
        Peers::new()
    }
}

impl RaftNetworkFactory<Types> for Peers {
    type Network = Peer;

    async fn new_client(&mut self, id: u64, _node: &BasicNode) -> Peer {
        Peer { id, client: self.0.clone() }
    }
}

/// Another node, as openraft calls it.
pub struct Peer {
    id: u64,
    client: HttpClient,
}

type Answer<A, E> = Result<A, RPCError<u64, BasicNode, E>>;

impl Peer {
    async fn ask<A, E>(
        &self,
        what: &str,
        request: &(impl Serialize + Sync),
        option: RPCOption,
    ) -> Answer<A, E>
    where
        A: DeserializeOwned,
        E: DeserializeOwned + Error,
    {
        let uri = format!("http://{}/raft/{what}", name(self.id));
        match post::<Result<A, E>>(&self.client, &uri, request, option.hard_ttl()).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(RemoteError::new(self.id, error).into()),
            Err(status) => {
                // openraft's own pause, after `Unreachable`, is a `tokio::select!`, whose order of
                // branches follows the seed in the first run of a process only.
                clock::sleep(PAUSE).await;
                Err(NetworkError::new(&io::Error::other(status.to_string())).into())
            }
        }
    }
}

impl RaftNetwork<Types> for Peer {
    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Types>,
        option: RPCOption,
    ) -> Answer<AppendEntriesResponse<u64>, RaftError<u64>> {
        self.ask("append", &request, option).await
    }

    async fn install_snapshot(
        &mut self,
        request: InstallSnapshotRequest<Types>,
        option: RPCOption,
    ) -> Answer<InstallSnapshotResponse<u64>, RaftError<u64, InstallSnapshotError>> {
        self.ask("snapshot", &request, option).await
    }

    async fn vote(
        &mut self,
        request: VoteRequest<u64>,
        option: RPCOption,
    ) -> Answer<VoteResponse<u64>, RaftError<u64>> {
        self.ask("vote", &request, option).await
    }
}
