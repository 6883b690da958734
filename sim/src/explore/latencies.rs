//! The latencies of a run under `Pct`: links are chains with priorities, too.
//!
//! A link is fast or slow for a whole run, or each of its packets is (every other run), since datagrams
//! may overtake each other; at as many random packets as there are changes of priority, a link becomes
//! slow, the label saying how slow. So what is decided about a run are few things, and the rest follows.

use crate::{
    hash,
    strategy::Strategy,
    tape::{DrawLatency, Header, Profile, chacha, share},
};
use rand::Rng;

/// How many packets a run without a profile is taken to have.
const GUESS: u64 = 64;
/// Labels are so many parts of the range apart.
const PARTS: u64 = 64;

/// What draws latencies instead of the seed alone.
struct Latencies {
    key: u64,
    /// Whether packets of one link are alike.
    by_link: bool,
    seen: u64,
    /// At which packets a link becomes slow, with the label; the last is next.
    changes: Vec<(u64, u64)>,
    slow: Vec<(u64, u64)>,
}

/// What the strategy of a run makes of latencies, if it is not the seed's business.
pub(crate) fn latencies(header: &Header, profile: Option<&Profile>) -> Option<DrawLatency> {
    let mut latencies = Latencies::new(header, profile)?;
    Some(Box::new(move |stream, seq, n| latencies.draw(stream.0, seq, n)))
}

impl Latencies {
    fn new(header: &Header, profile: Option<&Profile>) -> Option<Self> {
        let Strategy::Pct { depth } = header.strategy.of_seed(header.seed) else { return None };
        let mut rng = chacha(header.seed, 2);
        let length = profile.map_or(GUESS, |profile| profile.messages).max(1);
        let labels = u64::from(depth.saturating_sub(1)).min(length).min(PARTS - 1);
        let mut changes: Vec<(u64, u64)> =
            (0..labels).map(|label| (share(&mut rng, length), label)).collect();
        changes.sort_by(|a, b| b.cmp(a));
        let (key, by_link) = (rng.next_u64(), rng.next_u64().is_multiple_of(2));
        Some(Latencies { key, by_link, seen: 0, changes, slow: Vec::new() })
    }

    /// How late a packet of a link is, among `n` possibilities.
    fn draw(&mut self, link: u64, seq: u32, n: u64) -> u64 {
        while let Some(&(at, label)) = self.changes.last()
            && at == self.seen
        {
            self.changes.pop();
            self.slow.push((link, label));
        }
        self.seen += 1;
        let label = self.slow.iter().rev().find(|(slow, _)| *slow == link).map(|(_, label)| *label);
        if let Some(label) = label {
            // The lowest label is the latest.
            return (n - 1) - label * (n / PARTS);
        }
        let counter = if self.by_link { 0 } else { u64::from(seq) + 1 };
        let bits = hash::prf(hash::combine(self.key, link), counter);
        ((u128::from(bits) * u128::from(n)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seed: u64, depth: u32) -> Latencies {
        let header = Header { seed, strategy: Strategy::Pct { depth }, ..Header::default() };
        Latencies::new(&header, None).expect("Pct draws latencies")
    }

    #[test]
    fn a_change_makes_a_link_slow_for_good() {
        let by_link = (0..50).map(|seed| of(seed, 2)).filter(|latencies| latencies.by_link);
        for mut latencies in by_link {
            let drawn: Vec<u64> = (0..100).map(|seq| latencies.draw(7, seq, 1_000)).collect();
            let change = drawn.iter().position(|&late| late == 999).expect("within the first 64");
            assert!(change < 64 && drawn[change..].iter().all(|&late| late == 999));
            assert!(drawn[..change].windows(2).all(|pair| pair[0] == pair[1]));
        }
    }

    #[test]
    fn no_answer_is_out_of_range() {
        for seed in 0..200 {
            let mut latencies = of(seed, 10);
            assert!((1..70).all(|n| latencies.draw(seed % 3, n as u32, n) < n));
        }
    }

    #[test]
    fn other_strategies_leave_latencies_to_the_seed() {
        let header = Header { strategy: Strategy::Surw, ..Header::default() };
        assert!(latencies(&header, None).is_none());
    }
}
