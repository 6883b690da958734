//! Worse weather: what the network does to packets, streams and lookups while a plan is in force.
//!
//! Rim. These kinds of faults are chances that the network itself draws for; the plan only sets them for
//! the whole network, and asks the network's counters what came of it.

use super::plan::Plan;
use reenact_net::{Config, NetStats};
use reenact_sim::{self as machine, Effect, FaultKind, World};
use std::{collections::BTreeMap, time::Duration};

/// By how much packets are held up at the most, so that others overtake them.
const REORDER_WINDOW: Duration = Duration::from_millis(200);

/// The weather while a plan is in force.
pub(super) struct Weather {
    /// How the network was before.
    calm: Config,
    /// How often each kind had had an effect when it was last counted.
    seen: BTreeMap<FaultKind, u64>,
}

impl Weather {
    /// The kinds that it consists of.
    pub(super) const KINDS: [FaultKind; 8] = [
        FaultKind::Loss,
        FaultKind::Latency,
        FaultKind::Duplicate,
        FaultKind::Reorder,
        FaultKind::Fragment,
        FaultKind::Corrupt,
        FaultKind::Lookup,
        FaultKind::Unreachable,
    ];

    /// The network with one of these kinds of faults, at a rate of one in `den`.
    fn worse(config: Config, kind: FaultKind, den: u64) -> Config {
        match kind {
            FaultKind::Loss => config.loss(1, den),
            // The rarer, the longer: up to a hundred times.
            FaultKind::Latency => config.slower(den),
            FaultKind::Duplicate => config.duplicate(1, den),
            FaultKind::Reorder => config.reorder(1, den, REORDER_WINDOW),
            FaultKind::Fragment => config.fragment(1, den),
            FaultKind::Corrupt => config.corrupt(1, den),
            FaultKind::Lookup => config.lookup_failure(1, den),
            FaultKind::Unreachable => config.unreachable(1, den),
            _ => config,
        }
    }

    /// How often a kind has had an effect since the run began.
    fn count(kind: FaultKind, world: &mut World, net: &NetStats) -> u64 {
        match kind {
            FaultKind::Loss => world.core.stats_mut().packets_lost_on_links,
            FaultKind::Latency => world.core.stats_mut().packets_sent,
            FaultKind::Duplicate => net.duplicated,
            FaultKind::Reorder => net.reordered,
            FaultKind::Fragment => net.fragmented,
            FaultKind::Corrupt => net.corrupted,
            FaultKind::Lookup => net.lookups_failed,
            FaultKind::Unreachable => net.unreachable,
            _ => 0,
        }
    }
}

impl Plan {
    /// The network becomes worse as far as that is on; other places where things may go wrong are told how
    /// often.
    pub(super) fn worsen(&mut self) {
        let rates: Vec<_> =
            Weather::KINDS.into_iter().filter_map(|kind| Some((kind, *self.rates.get(&kind)?))).collect();
        if !rates.is_empty() {
            let (calm, seen) = machine::with("Faults", |world| {
                let net = reenact_net::counters(world);
                let seen = rates.iter().map(|&(kind, _)| (kind, Weather::count(kind, world, &net))).collect();
                (reenact_net::config(world), seen)
            });
            let worse =
                rates.iter().fold(calm.clone(), |config, &(kind, den)| Weather::worse(config, kind, den));
            self.weather = Some(Weather { calm, seen });
            reenact_net::configure(worse);
        }
        let asked = |kind| {
            let rate = self.rates.get(&kind);
            self.faults.has(kind).then(|| rate.map_or((0, 1), |&den| (1, den)))
        };
        let (buggify, cancel) = (asked(FaultKind::Buggify), asked(FaultKind::Cancel));
        let late = asked(FaultKind::Timer);
        machine::with("Faults", |world| world.core.set_hazards(buggify, cancel, late));
    }

    /// The weather is as it was.
    pub(super) fn clear_up(&mut self) {
        machine::with("Faults", |world| {
            self.count(world);
            world.core.set_hazards(None, None, None);
        });
        if let Some(Weather { calm, .. }) = self.weather.take() {
            reenact_net::configure(calm);
        }
    }

    /// Counts what the weather has done since it was last counted.
    pub(super) fn count_weather(&mut self, world: &mut World, net: &NetStats) {
        let Some(weather) = &mut self.weather else { return };
        for (&kind, seen) in &mut weather.seen {
            let now = Weather::count(kind, world, net);
            let since = now - std::mem::replace(seen, now);
            let Effect { scheduled, applied, effective } = world.core.stats_mut().faults.of(kind);
            *scheduled += since;
            *applied += since;
            *effective += since;
        }
    }
}
