//! Small numbers for messages and connections, given out as a text first names them.
//!
//! Pure. The machine's own numbers count everything a run did, so they would change with what a
//! view does not even show.

use reenact_sim::{Message, NodeId};
use std::{collections::BTreeMap, fmt};

/// What tells messages apart: sender, receiver, connection, ordinal.
type Identity = (NodeId, NodeId, u32, u32);
/// Among whose messages or connections one is counted.
type Scope = Option<(NodeId, NodeId)>;

/// The numbers that one text has given out.
#[derive(Default)]
pub(super) struct Ids {
    messages: BTreeMap<Identity, u32>,
    connections: BTreeMap<u32, u32>,
    /// Whether each pair of nodes has numbers of its own.
    by_pair: bool,
    given: BTreeMap<(char, Scope), u32>,
}

impl Ids {
    /// Numbers that count apart for each two nodes, so that nobody else's messages change them.
    pub(super) fn by_pair() -> Self {
        Ids { by_pair: true, ..Ids::default() }
    }

    /// `m1` for the first message named, and for its loss, its copies and its delivery too.
    pub(super) fn message(&mut self, message: &Message) -> impl fmt::Display + use<> {
        let identity = (message.from, message.to, message.connection, message.ordinal);
        let number = match self.messages.get(&identity) {
            Some(&number) => number,
            None => {
                let number = self.next('m', (message.from, message.to));
                self.messages.insert(identity, number);
                number
            }
        };
        Id('m', number)
    }

    /// `c1` for the first connection named, between these two nodes.
    pub(super) fn connection(
        &mut self,
        connection: u32,
        ends: (NodeId, NodeId),
    ) -> impl fmt::Display + use<> {
        let number = match self.connections.get(&connection) {
            Some(&number) => number,
            None => {
                let number = self.next('c', (ends.0.min(ends.1), ends.0.max(ends.1)));
                self.connections.insert(connection, number);
                number
            }
        };
        Id('c', number)
    }

    fn next(&mut self, kind: char, pair: (NodeId, NodeId)) -> u32 {
        let given = self.given.entry((kind, self.by_pair.then_some(pair))).or_insert(0);
        *given += 1;
        *given
    }
}

struct Id(char, u32);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}
