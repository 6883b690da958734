//! What is said of a run's order afterwards: which class it was of, and how much there was to choose.

use crate::hash;

/// The order of a run, in short.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Survey {
    /// A hash of who was polled and what arrived, in order on each node, without times. Runs of which
    /// nodes saw the same have the same: what ran on one node counts as dependent, what ran on two as
    /// independent, which is an approximation of the classes of the happens-before order.
    pub class: u64,
    /// How many picks were among several ready tasks.
    pub picks: u64,
    /// How many tasks were ready at these picks, in all.
    pub ready: u64,
    /// How many at the most.
    pub widest: u64,
}

/// Gathers it.
#[derive(Default)]
pub(crate) struct Surveyor {
    survey: Survey,
    nodes: Vec<u64>,
}

impl Surveyor {
    /// Something happens on a node.
    #[inline]
    pub(crate) fn happens(&mut self, node: u32, what: u64) {
        let node = node as usize;
        if node >= self.nodes.len() {
            self.nodes.resize(node + 1, 0);
        }
        self.nodes[node] = hash::mix(self.nodes[node].rotate_left(5) ^ what);
    }

    /// A poll begins; so many others are ready.
    #[inline]
    pub(crate) fn polls(&mut self, node: u32, path: u64, others: usize) {
        self.happens(node, path);
        if others > 0 {
            let ready = others as u64 + 1;
            self.survey.picks += 1;
            self.survey.ready += ready;
            self.survey.widest = self.survey.widest.max(ready);
        }
    }

    pub(crate) fn finish(&self) -> Survey {
        let class = self.nodes.iter().fold(0, |class, &node| hash::combine(class, node));
        Survey { class, ..self.survey }
    }
}
