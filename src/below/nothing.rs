//! A build without the overrides: a run answers nothing that is asked below Rust.

use crate::os::Os;
use reenact_sim::{Core, Failure};

/// What one run answers: nothing.
pub(crate) struct Below;

impl Below {
    pub(crate) fn new(_os: Os, _generators: bool) -> Self {
        Below
    }

    pub(crate) fn attach(&self, _core: &Core) {}

    pub(crate) fn during<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    pub(crate) fn tell(&self, _name: &str, _failure: Option<&mut Failure>) -> Option<String> {
        None
    }
}

pub(crate) fn outside<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// Nothing that is drawn on a thread can be known of.
pub(crate) fn is_fresh() -> bool {
    true
}

/// Nothing is overridden, so nothing is missing.
pub(crate) fn missing() -> Option<&'static str> {
    None
}

pub(crate) fn look_for_generators() {}

/// What draws from a generator that does not follow a run.
pub(crate) fn unseeded(_os: Os) -> Vec<&'static str> {
    vec!["tokio::select!", "futures::select!"]
}
