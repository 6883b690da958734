//! Programs whose point is a fault: a fault plan breaks something, and their mistake is what they do then.
//!
//! On the empty tape nothing breaks. What else is decided, as how late messages are, seldom matters here.

use super::Program;
use reenact::{FaultKind, Faults, Sim};

mod cancelled_transfer;
mod dedup_evicts;
mod done_twice_after_crash;
mod empty_replica;
mod half_a_frame;
mod last_write_by_wall_clock;
mod lease_by_wall_clock;
mod old_goodbye;
mod retry_under_new_id;
mod two_primaries;
mod write_after_pause;

pub(super) const PROGRAMS: [Program; 11] = [
    lease_by_wall_clock::PROGRAM,
    last_write_by_wall_clock::PROGRAM,
    write_after_pause::PROGRAM,
    done_twice_after_crash::PROGRAM,
    empty_replica::PROGRAM,
    two_primaries::PROGRAM,
    half_a_frame::PROGRAM,
    old_goodbye::PROGRAM,
    cancelled_transfer::PROGRAM,
    retry_under_new_id::PROGRAM,
    dedup_evicts::PROGRAM,
];

/// From now on, these kinds of faults befall these nodes, one at a time.
fn plan<N: Into<String>>(sim: &Sim, kinds: &[FaultKind], victims: impl IntoIterator<Item = N>) {
    sim.faults().start(Faults::only(kinds.iter().copied()).victims(victims).tolerate(1));
}
