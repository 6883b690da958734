//! Connections that break because a fault plan says so.
//!
//! Seam. An end that breaks fails as by a reset that it got; it sends none. If its peer does not break
//! too, it finds out when it next sends, and is then answered with a reset: a half-open connection.

use super::{Connections, State};
use crate::fabric::Net;
use reenact_sim::{Core, NodeId};
use std::io;

impl Connections {
    /// The ends that a process of a node holds and that can still break.
    pub(in crate::fabric) fn open_ends(&mut self, node: NodeId) -> Vec<u32> {
        let places = 0..self.list.len() as u32 * 2;
        places.filter(|&place| self.can_break(place) && self.end(place).node == node).collect()
    }

    fn can_break(&mut self, place: u32) -> bool {
        let in_use = self.connection(place).in_use;
        let end = self.end(place);
        in_use && end.held && !end.failed && matches!(end.state, State::Open | State::Queued)
    }
}

/// Breaks an end; says whether there was one to break.
pub(in crate::fabric) fn broken_end(net: &mut Net, core: &mut Core, place: u32) -> bool {
    let breaks = net.tcp.can_break(place);
    if breaks {
        net.fail_end(core, place, io::ErrorKind::ConnectionReset);
    }
    breaks
}
