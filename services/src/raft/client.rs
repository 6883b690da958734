//! A client: asks one node after the other, from the one that answered last.

use super::network::name;
use crate::json::{HttpClient, post};
use reenact::clock;
use std::time::Duration;

/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_millis(400);
/// How long to wait before the next is asked.
const PAUSE: Duration = Duration::from_millis(30);

/// A client of a cluster.
pub struct Client {
    http: HttpClient,
    members: u64,
    last: u64,
}

impl Client {
    /// Begins with node `first`.
    pub fn new(members: u64, first: u64) -> Self {
        Client { http: reenact::hyper::client(), members, last: first % members }
    }

    /// Writes, however long that takes; what the register held then.
    pub async fn write(&mut self, value: u64) -> u64 {
        self.ask("write", value).await
    }

    /// Reads, however long that takes.
    pub async fn read(&mut self) -> u64 {
        self.ask("read", 0).await
    }

    async fn ask(&mut self, what: &str, value: u64) -> u64 {
        loop {
            let uri = format!("http://{}/{what}", name(self.last));
            if let Ok(answer) = post(&self.http, &uri, &value, PATIENCE).await {
                return answer;
            }
            self.last = (self.last + 1) % self.members;
            clock::sleep(PAUSE).await;
        }
    }
}
