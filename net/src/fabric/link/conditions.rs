//! What single links are like, where they differ from the others.
//!
//! Pure data. Links are directed. What is set for one link counts before what is set for all links from
//! a node, that before what is set for all links to a node, and that before the network's configuration;
//! each property on its own.

use crate::{
    config::{Bandwidth, Config, Reorder},
    latency::{Latency, nanos},
    ratio::Ratio,
};
use reenact_clock::Instant;
use reenact_sim::{Core, NodeId, hash_bytes, hash_combine};
use std::{collections::BTreeMap, time::Duration};

/// Which links something is set for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// What the first sends to the second.
    Link(NodeId, NodeId),
    /// What the node sends.
    From(NodeId),
    /// What is sent to the node.
    To(NodeId),
}

impl Scope {
    pub(crate) fn key(self, core: &Core) -> u64 {
        match self {
            Scope::Link(from, to) => hash_combine(core.node_key(from), core.node_key(to)),
            Scope::From(node) => hash_combine(core.node_key(node), hash_bytes(b"from")),
            Scope::To(node) => hash_combine(core.node_key(node), hash_bytes(b"to")),
        }
    }
}

/// One property of a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Setting {
    /// How late packets are.
    Latency(Latency),
    /// How many are lost.
    Loss(Ratio),
    /// How many datagrams arrive twice.
    Duplicate(Ratio),
    /// How many are corrupted.
    Corrupt(Ratio),
    /// How many are held up, and by how much at the most.
    Reorder(Ratio, Duration),
    /// How many bytes a second pass, and how many wait.
    Bandwidth(u64, u64),
    /// Nothing arrives for so long, and then all at once.
    Clog(Duration),
    /// As the network's configuration says, in everything.
    Reset,
}

impl Setting {
    pub(crate) fn fingerprint(&self) -> u64 {
        let words = match *self {
            Setting::Latency(ref latency) => [1, latency.fingerprint(), 0],
            Setting::Loss(ratio) => [2, ratio.num, ratio.den],
            Setting::Duplicate(ratio) => [3, ratio.num, ratio.den],
            Setting::Corrupt(ratio) => [4, ratio.num, ratio.den],
            Setting::Reorder(Ratio { num, den }, window) => [5, hash_combine(num, den), nanos(window)],
            Setting::Bandwidth(rate, queue) => [6, rate, queue],
            Setting::Clog(span) => [7, nanos(span), 0],
            Setting::Reset => [8, 0, 0],
        };
        words.into_iter().fold(hash_bytes(b"setting"), hash_combine)
    }
}

/// Where some links differ.
#[derive(Clone, Default)]
struct Difference {
    latency: Option<Latency>,
    loss: Option<Ratio>,
    duplicate: Option<Ratio>,
    corrupt: Option<Ratio>,
    reorder: Option<Reorder>,
    bandwidth: Option<Bandwidth>,
    clogged_until: Option<Instant>,
}

/// What one link is like.
pub(super) struct Condition {
    pub(super) latency: Latency,
    pub(super) loss: Ratio,
    pub(super) duplicate: Ratio,
    pub(super) corrupt: Ratio,
    pub(super) reorder: Reorder,
    /// With whose queue it is: all links from a node may share one.
    pub(super) bandwidth: Option<(Scope, Bandwidth)>,
    pub(super) clogged_until: Instant,
}

/// What all links are like that differ.
#[derive(Default)]
pub(crate) struct Conditions {
    differences: BTreeMap<Scope, Difference>,
}

impl Conditions {
    pub(super) fn clear(&mut self) {
        self.differences.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    pub(crate) fn set(&mut self, scope: Scope, setting: Setting, now: Instant) {
        if setting == Setting::Reset {
            self.differences.remove(&scope);
            return;
        }
        let difference = self.differences.entry(scope).or_default();
        match setting {
            Setting::Latency(latency) => difference.latency = Some(latency),
            Setting::Loss(ratio) => difference.loss = Some(ratio),
            Setting::Duplicate(ratio) => difference.duplicate = Some(ratio),
            Setting::Corrupt(ratio) => difference.corrupt = Some(ratio),
            Setting::Reorder(ratio, window) => {
                difference.reorder = Some(Reorder { ratio, window: nanos(window) });
            }
            Setting::Bandwidth(rate, queue) => difference.bandwidth = Some(Bandwidth { rate, queue }),
            Setting::Clog(span) => difference.clogged_until = Some(now + span),
            Setting::Reset => {}
        }
    }

    /// What the link between two nodes is like.
    pub(super) fn of(&self, from: NodeId, to: NodeId, config: &Config) -> Condition {
        let scopes = [Scope::Link(from, to), Scope::From(from), Scope::To(to)];
        let layers = scopes.map(|scope| (scope, self.differences.get(&scope)));
        let ratio = |get: fn(&Difference) -> Option<Ratio>, usual: Ratio| {
            layers.iter().find_map(|(_, layer)| layer.and_then(get)).unwrap_or(usual)
        };
        let latency = layers.iter().find_map(|(_, layer)| layer.and_then(|layer| layer.latency.as_ref()));
        let reorder = layers.iter().find_map(|(_, layer)| layer.and_then(|layer| layer.reorder));
        let bandwidth =
            layers.iter().find_map(|&(scope, layer)| Some((scope, layer.and_then(|layer| layer.bandwidth)?)));
        let usual = || config.rare().bandwidth.map(|bandwidth| (Scope::Link(from, to), bandwidth));
        let clogs = layers.iter().filter_map(|(_, layer)| layer.and_then(|layer| layer.clogged_until));
        Condition {
            latency: latency.unwrap_or(&config.latency).clone(),
            loss: ratio(|layer| layer.loss, config.loss),
            duplicate: ratio(|layer| layer.duplicate, config.duplicate),
            corrupt: ratio(|layer| layer.corrupt, config.rare().corrupt),
            reorder: reorder.unwrap_or(config.rare().reorder),
            bandwidth: bandwidth.or_else(usual),
            clogged_until: clogs.max().unwrap_or(Instant::ZERO),
        }
    }
}
