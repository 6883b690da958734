//! Places in the code under test that misbehave when a fault plan says so.
//!
//! Rim. Without a fault plan that has such faults, and outside of runs, they never do.

use crate::{
    context,
    effect::FaultKind,
    hash,
    id::StreamId,
    tape::{Kind, Stream},
};

const BUGGIFY: u64 = hash::bytes(b"buggify");

/// Whether the place that asks is to misbehave: at the rate of the fault plan, or at one of its own.
#[doc(hidden)]
#[track_caller]
pub fn buggify(own: Option<(u64, u64)>) -> bool {
    if let Some((num, den)) = own {
        assert!(den > 0 && num <= den, "`buggify!({num}, {den})` is no chance: it must lie between 0 and 1");
    }
    let asked = context::try_with(|world| {
        let core = &mut world.core;
        let (num, den) = core.buggify?;
        if core.actor.inert || core.ending {
            return None;
        }
        // Where this kind of fault is off, only the tape may say yes.
        let (num, den) = if num == 0 { (0, 1) } else { own.unwrap_or((num, den)) };
        let (path, counters) = core.identity();
        let mut stream = Stream { id: StreamId(hash::combine(path, BUGGIFY)), seq: counters.buggify };
        let misbehaves = core.rarely(&mut stream, Kind::Buggify, 2, num, den) == 1;
        core.identity().1.buggify = stream.seq;
        if misbehaves {
            let effect = core.stats.faults.of(FaultKind::Buggify);
            effect.scheduled += 1;
            effect.applied += 1;
            effect.effective += 1;
        }
        Some(misbehaves)
    });
    asked.flatten().unwrap_or(false)
}
