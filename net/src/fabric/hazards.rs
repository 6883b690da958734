//! What a fault plan does to the network beside partitions: it breaks connections, and looks at the
//! weather.
//!
//! Seam. Which connection breaks, and when, is decided by the plan.

use super::{Net, tcp::broken_end};
use crate::config::Config;
use reenact_sim::{Core, NodeId};

impl Net {
    /// How the network behaves.
    pub(crate) fn config(&self) -> &Config {
        &self.links.config
    }

    /// The ends of connections that the process of a node holds, in the order of their places.
    pub(crate) fn ends_of(&mut self, node: NodeId) -> Vec<u32> {
        self.tcp.open_ends(node)
    }

    /// Breaks the connection of an end: it hears of it, its peer does, or both. Says whether a process
    /// was there to hear of it.
    pub(crate) fn break_end(&mut self, core: &mut Core, place: u32, here: bool, there: bool) -> bool {
        let mut heard = false;
        for (place, breaks) in [(place, here), (place ^ 1, there)] {
            if breaks {
                heard |= broken_end(self, core, place);
            }
        }
        heard
    }
}
