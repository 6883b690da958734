//! Which event of one recording is which of the other: chain by chain.
//!
//! Pure. What one task did is aligned as a sequence, by Myers' algorithm ("An O(ND) difference algorithm
//! and its variations", Algorithmica 1986) of the crate `similar`; what arrives from a peer may come in any
//! order, so there the first of a kind is the first of that kind.

use super::side::{Chain, Side};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::BTreeMap;

/// How much work a comparison may be, in elements of one chain times those of the other, all together.
/// Chains that would need more are aligned as far as their share goes.
const WORK: u64 = 400_000_000;

/// Neighbours in a chain that have no counterpart, on either side.
#[derive(Default)]
pub(super) struct Gap {
    /// By index, for each side.
    pub(super) events: [Vec<u32>; 2],
}

/// Two recordings, side by side.
pub(super) struct Alignment {
    /// For each event of each side that is compared, the gap it is in, if it has no counterpart.
    pub(super) gap_of: [Vec<Option<u32>>; 2],
    pub(super) gaps: Vec<Gap>,
    /// How many events were not looked at, since their chains are too different.
    pub(super) given_up: u64,
}

/// What of two sequences has no counterpart: neighbouring places, for each side.
type Unlike = Vec<[std::ops::Range<usize>; 2]>;

pub(super) fn align(sides: [&Side<'_>; 2]) -> Alignment {
    let [left, right] = sides;
    let mut alignment = Alignment {
        gap_of: [vec![None; left.keys.len()], vec![None; right.keys.len()]],
        gaps: Vec::new(),
        given_up: 0,
    };
    let empty = Chain { events: Vec::new(), ordered: true };
    let actors: std::collections::BTreeSet<u64> =
        left.chains.keys().chain(right.chains.keys()).copied().collect();
    let pairs: Vec<[&Chain; 2]> =
        actors.iter().map(|actor| sides.map(|side| side.chains.get(actor).unwrap_or(&empty))).collect();
    let different = pairs.iter().filter(|pair| differs(sides, pair)).count().max(1) as u64;
    for pair in pairs {
        let keys = |side: usize| -> Vec<u64> {
            pair[side].events.iter().map(|&index| sides[side].keys[index as usize]).collect()
        };
        let (one, other) = (keys(0), keys(1));
        if pair.iter().any(|chain| chain.ordered) {
            let unlike = sequences(&one, &other, WORK / different, &mut alignment.given_up);
            for [left, right] in unlike {
                alignment.enter([&pair[0].events[left], &pair[1].events[right]]);
            }
        } else {
            let [left, right] = bags(&one, &other);
            for place in left {
                alignment.enter([&[pair[0].events[place]], &[]]);
            }
            for place in right {
                alignment.enter([&[], &[pair[1].events[place]]]);
            }
        }
    }
    alignment
}

fn differs(sides: [&Side<'_>; 2], pair: &[&Chain; 2]) -> bool {
    let key = |side: usize, index: u32| sides[side].keys[index as usize];
    let [one, other] = pair;
    one.events.len() != other.events.len()
        || one.events.iter().zip(&other.events).any(|(&one, &other)| key(0, one) != key(1, other))
}

impl Alignment {
    fn enter(&mut self, events: [&[u32]; 2]) {
        let gap = self.gaps.len() as u32;
        for (gap_of, events) in self.gap_of.iter_mut().zip(events) {
            for &index in events {
                gap_of[index as usize] = Some(gap);
            }
        }
        self.gaps.push(Gap { events: events.map(<[u32]>::to_vec) });
    }

    /// Whether an event has a counterpart, or is not compared at all.
    pub(super) fn is_matched(&self, side: usize, index: u32) -> bool {
        self.gap_of[side][index as usize].is_none()
    }
}

fn sequences(one: &[u64], other: &[u64], work: u64, given_up: &mut u64) -> Unlike {
    let start = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (mut one, mut other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    if one.is_empty() && other.is_empty() {
        return Vec::new();
    }
    // In the worst case all of one meets all of the other.
    let side = work.isqrt() as usize;
    if (one.len() as u64).saturating_mul(other.len() as u64) > work {
        let (first, second) = (one.len().min(side), other.len().min(side));
        *given_up += (one.len() - first + other.len() - second) as u64;
        (one, other) = (&one[..first], &other[..second]);
    }
    let mut unlike = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, one, other) {
        let [left, right] = match op {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { old_index, old_len, new_index } => {
                [old_index..old_index + old_len, new_index..new_index]
            }
            DiffOp::Insert { old_index, new_index, new_len } => {
                [old_index..old_index, new_index..new_index + new_len]
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                [old_index..old_index + old_len, new_index..new_index + new_len]
            }
        };
        let shifted = |range: std::ops::Range<usize>| range.start + start..range.end + start;
        unlike.push([shifted(left), shifted(right)]);
    }
    unlike
}

/// The places of each side of whose key the other has fewer.
fn bags(one: &[u64], other: &[u64]) -> [Vec<usize>; 2] {
    let count = |keys: &[u64]| {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        keys.iter().for_each(|&key| *counts.entry(key).or_insert(0) += 1);
        counts
    };
    let surplus = |keys: &[u64], mut counts: BTreeMap<u64, usize>| {
        let mut left = Vec::new();
        for (place, key) in keys.iter().enumerate() {
            match counts.get_mut(key).filter(|count| **count > 0) {
                Some(count) => *count -= 1,
                None => left.push(place),
            }
        }
        left
    };
    [surplus(one, count(other)), surplus(other, count(one))]
}
