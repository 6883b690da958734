//! What fixes a sweep.
//!
//! Pure data: the builder writes it, `run` lets the environment go before it.

use super::{plan::Plan, seeds::SeedSet, shrink::Shrink, site::Site};
use crate::{env::Shard, simulation::Simulation};
use std::borrow::Cow;

/// What fixes a sweep, apart from the test.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// What is the same in all runs.
    pub(crate) template: Simulation,
    pub(crate) seeds: SeedSet,
    /// How many threads make runs.
    pub(crate) jobs: usize,
    /// One run in so many is compared with a second one; 0: none.
    pub(crate) determinism: u64,
    /// How hard a failing run is made small.
    pub(crate) shrink: Shrink,
    /// How many distinct findings end the sweep.
    pub(crate) keep_going: usize,
    /// The names of assertions that some run is to come by.
    pub(crate) reaches: Vec<Cow<'static, str>>,
    /// Where the test is written, if the test attribute made the sweep.
    pub(crate) site: Option<Site>,
}

impl Settings {
    /// The runs to make.
    pub(crate) fn plan(&self) -> Plan {
        let name = self.template.called().to_owned();
        Plan { name, header: *self.template.header(), seeds: self.seeds.clone(), own: 2, shard: Shard::WHOLE }
    }
}
