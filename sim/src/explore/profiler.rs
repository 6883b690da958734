//! Gathers from a run what the strategies of others are told before theirs.

use super::chooser::Woken;
use crate::tape::{Chain, Profile};

#[derive(Default)]
pub(crate) struct Profiler {
    profile: Profile,
    /// The poll that is going on: the task's path, and its how-many-eth it is.
    running: Option<(u64, u32)>,
}

impl Profiler {
    pub(crate) fn spawned(&mut self, parent: u64, child: u64) {
        self.profile.chains.insert(child, Chain { parent, polls: 0 });
    }

    pub(crate) fn woken(&mut self, woken: Woken) {
        if woken.cause != 0 {
            self.touch(woken.cause, woken.path, woken.readiness);
        }
    }

    /// A poll begins; so many others are ready.
    pub(crate) fn polls(&mut self, path: u64, readiness: u32, others: usize) {
        self.running = Some((path, readiness));
        self.profile.polls += 1;
        self.profile.picks += u64::from(others > 0);
        self.profile.chains.entry(path).or_default().polls += 1;
    }

    pub(crate) fn touched(&mut self, object: u64) {
        if let Some((path, readiness)) = self.running {
            self.touch(object, path, readiness);
        }
    }

    fn touch(&mut self, object: u64, path: u64, readiness: u32) {
        self.profile.objects.entry(object).or_default().insert((path, readiness));
    }

    pub(crate) fn finish(mut self, packets: u64) -> Profile {
        self.profile.messages = packets;
        self.profile.tidy();
        self.profile
    }
}
