//! Which sockets processes hold at the end of a run.
//!
//! Pure.

use super::Net;
use reenact_sim::NodeId;

impl Net {
    /// All sockets, in words, and on which nodes: listeners, streams, datagram sockets, each in the order in
    /// which their places are.
    pub(crate) fn left(&self) -> Vec<(NodeId, String)> {
        let listeners = self.tcp.open_listeners();
        let listeners = listeners.map(|(node, local)| (node, format!("a listener on {local}")));
        let streams = self.tcp.held_ends();
        let streams = streams.map(|(node, local, peer)| (node, format!("a stream from {local} to {peer}")));
        let sockets = self.udp.open();
        let sockets = sockets.map(|(node, local)| (node, format!("a datagram socket on {local}")));
        listeners.chain(streams).chain(sockets).collect()
    }
}
