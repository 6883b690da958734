//! Keeps `tracing` asking whether an event is wanted.
//!
//! It remembers for the whole process the answers of those subscribers that are alive when a place in the
//! code is come by first, and takes a short cut where there is only one: it then asks the subscriber of that very
//! thread, which may have none. Two subscribers that want nothing, live as long as the process and answer
//! *sometimes* leave nothing to remember.
//!
//! Rim: a static of the process, of which no run can see anything.

use std::sync::OnceLock;
use tracing_core::{
    Dispatch, Event, Interest, LevelFilter, Metadata, Subscriber, callsite,
    span::{Attributes, Id, Record},
};

/// Wants nothing, and may want anything.
struct Undecided;

impl Subscriber for Undecided {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// From now on every event is asked for.
pub(super) fn keep() {
    static KEPT: OnceLock<[Dispatch; 2]> = OnceLock::new();
    KEPT.get_or_init(|| [Dispatch::new(Undecided), Dispatch::new(Undecided)]);
    // A place that was come by while the second of them was made may have been answered for before.
    callsite::rebuild_interest_cache();
}
