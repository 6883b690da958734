//! Small numbers for messages and connections, given out as a text first names them.
//!
//! Pure. The machine's own numbers count everything a run did, so they would change with what a
//! view does not even show.

use reenact_sim::{Message, NodeId};
use std::{collections::BTreeMap, fmt};

/// What tells messages apart: sender, receiver, connection, ordinal.
type Identity = (NodeId, NodeId, u32, u32);

/// The numbers that one text has given out.
#[derive(Default)]
pub(super) struct Ids {
    messages: BTreeMap<Identity, usize>,
    connections: BTreeMap<u32, usize>,
}

impl Ids {
    /// `m1` for the first message named, and for its loss, its copies and its delivery too.
    pub(super) fn message(&mut self, message: &Message) -> impl fmt::Display + use<> {
        let identity = (message.from, message.to, message.connection, message.ordinal);
        let next = self.messages.len() + 1;
        Id('m', *self.messages.entry(identity).or_insert(next))
    }

    /// `c1` for the first connection named.
    pub(super) fn connection(&mut self, connection: u32) -> impl fmt::Display + use<> {
        let next = self.connections.len() + 1;
        Id('c', *self.connections.entry(connection).or_insert(next))
    }
}

struct Id(char, usize);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}
