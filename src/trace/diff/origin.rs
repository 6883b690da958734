//! Where two recordings begin to differ, apart from what that led to.
//!
//! Pure. An event without a counterpart is an *effect* if anything it depends on has none, or if something
//! stands in its place in the other recording that is an effect. What is left are *origins*.

use super::{align::Alignment, side::Side};
use reenact_clock::Instant;

/// So often effects are carried over from one recording to the other, at most.
const ROUNDS: usize = 32;
/// Nobody's.
const NONE: u32 = u32::MAX;

/// A place at which two recordings part by themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The gap of the alignment.
    pub(super) gap: u32,
    /// When: the earlier of the two.
    pub(super) at: Instant,
    /// How many events without a counterpart come of it, itself included.
    pub(super) effects: u64,
}

/// For each event, the first gap that it depends on.
pub(super) struct Spread {
    pub(super) of: [Vec<u32>; 2],
}

/// The origins, the likeliest first, and what comes of each.
pub(super) fn origins(sides: [&Side<'_>; 2], alignment: &Alignment) -> (Vec<Place>, Spread) {
    let times: Vec<Instant> =
        (0..alignment.gaps.len() as u32).map(|gap| begins(sides, alignment, gap)).collect();
    // For each gap, the gap that it is an effect of.
    let mut because: Vec<u32> = vec![NONE; alignment.gaps.len()];
    let mut spread = [0, 1].map(|side| carry(sides[side], side, alignment, &because));
    for _ in 0..ROUNDS {
        let mut changed = false;
        for (number, gap) in alignment.gaps.iter().enumerate() {
            if because[number] != NONE {
                continue;
            }
            // What comes later in a gap may have its own reasons; it begins for that of its first event.
            let led = |side: usize| {
                let first = *gap.events[side].first()?;
                let earlier = dependence(sides[side], first, &spread[side]);
                (earlier != NONE && earlier != number as u32).then(|| root(&because, earlier))
            };
            // Two gaps may seem to lead to each other, each in one recording: the earlier one does.
            let is_before = |&gap: &u32| times[gap as usize] <= times[number] && gap != number as u32;
            if let Some(origin) = [led(0), led(1)].into_iter().flatten().find(is_before) {
                because[number] = origin;
                changed = true;
            }
        }
        if !changed {
            break;
        }
        spread = [0, 1].map(|side| carry(sides[side], side, alignment, &because));
    }
    let mut effects = vec![0u64; alignment.gaps.len()];
    for (number, gap) in alignment.gaps.iter().enumerate() {
        effects[root(&because, number as u32) as usize] += (gap.events[0].len() + gap.events[1].len()) as u64;
    }
    let mut places: Vec<Place> = (0..alignment.gaps.len() as u32)
        .filter(|&gap| because[gap as usize] == NONE)
        .map(|gap| Place { gap, at: times[gap as usize], effects: effects[gap as usize] })
        .collect();
    places.sort_by_key(|place| (place.at, std::cmp::Reverse(place.effects), place.gap));
    (places, Spread { of: spread })
}

/// The gap that a gap is an effect of in the end. Each leads to an earlier one.
fn root(because: &[u32], mut gap: u32) -> u32 {
    while because[gap as usize] != NONE {
        gap = because[gap as usize];
    }
    gap
}

/// For each event the gap that it depends on: its own, or one that something before it is in.
fn carry(side: &Side<'_>, which: usize, alignment: &Alignment, because: &[u32]) -> Vec<u32> {
    let mut spread: Vec<u32> = Vec::with_capacity(side.keys.len());
    for index in 0..side.keys.len() as u32 {
        let own = match alignment.gap_of[which][index as usize] {
            Some(gap) if because[gap as usize] != NONE => because[gap as usize],
            Some(gap) => gap,
            None => NONE,
        };
        let before = dependence(side, index, &spread);
        spread.push(if before != NONE { before } else { own });
    }
    spread
}

/// The gap that what an event depends on directly depends on.
fn dependence(side: &Side<'_>, index: u32, spread: &[u32]) -> u32 {
    let known = |earlier: u32| spread.get(earlier as usize).copied().unwrap_or(NONE);
    side.direct(index).map(known).find(|&gap| gap != NONE).unwrap_or(NONE)
}

/// When a gap begins, on either side.
fn begins(sides: [&Side<'_>; 2], alignment: &Alignment, gap: u32) -> Instant {
    let events = &alignment.gaps[gap as usize].events;
    let times = (0..2).flat_map(|side| events[side].iter().map(move |&index| (side, index)));
    times.map(|(side, index)| sides[side].raw.events[index as usize].at).min().unwrap_or(Instant::ZERO)
}
