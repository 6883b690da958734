//! The random walk over groups: first a group, then one of it, each equally likely.
//!
//! A group are the ready tasks that one task has spawned. So a hundred workers of one starter weigh as much
//! together as the one task that watches them, while a walk over all tasks hardly ever picks that one.

use super::chooser::{Chooser, Woken};
use crate::{
    id::TaskId,
    tape::{chacha, share},
};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Where a ready task stands.
#[derive(Clone, Copy, Default)]
struct Member {
    group: usize,
    /// Its place in the group, if it is ready.
    place: Option<usize>,
}

#[derive(Default)]
struct Group {
    ready: Vec<TaskId>,
    /// Its place among the groups of which somebody is ready.
    place: usize,
}

pub(super) struct Grouped {
    rng: ChaCha8Rng,
    members: Vec<Member>,
    groups: Vec<Group>,
    /// The group of those whom a task has spawned.
    by_parent: BTreeMap<Option<TaskId>, usize>,
    /// The groups of which somebody is ready.
    active: Vec<usize>,
    ready: usize,
}

impl Grouped {
    pub(super) fn new(seed: u64) -> Self {
        Grouped {
            rng: chacha(seed, 1),
            members: Vec::new(),
            groups: Vec::new(),
            by_parent: BTreeMap::new(),
            active: Vec::new(),
            ready: 0,
        }
    }

    /// Takes a ready task out of its group.
    fn take(&mut self, group: usize, place: usize) -> TaskId {
        let Group { ready, place: active } = &mut self.groups[group];
        let task = ready.swap_remove(place);
        self.members[task.slot()].place = None;
        match ready.get(place) {
            Some(moved) => self.members[moved.slot()].place = Some(place),
            None if ready.is_empty() => {
                let active = *active;
                self.active.swap_remove(active);
                if let Some(&moved) = self.active.get(active) {
                    self.groups[moved].place = active;
                }
            }
            None => {}
        }
        self.ready -= 1;
        task
    }
}

impl Chooser for Grouped {
    fn spawned(&mut self, parent: Option<TaskId>, child: TaskId, _path: u64) {
        let groups = &mut self.groups;
        let group = *self.by_parent.entry(parent).or_insert_with(|| {
            groups.push(Group::default());
            groups.len() - 1
        });
        if child.slot() >= self.members.len() {
            self.members.resize(child.slot() + 1, Member::default());
        }
        self.members[child.slot()] = Member { group, place: None };
    }

    fn woken(&mut self, woken: Woken) {
        let Some(member) = self.members.get_mut(woken.task.slot()) else { return };
        let group = &mut self.groups[member.group];
        member.place = Some(group.ready.len());
        group.ready.push(woken.task);
        if group.ready.len() == 1 {
            group.place = self.active.len();
            self.active.push(member.group);
        }
        self.ready += 1;
    }

    fn pick(&mut self) -> Option<TaskId> {
        if self.ready == 0 {
            return None;
        }
        // One candidate leaves nothing to decide.
        let mut one_of = |n: usize| if n == 1 { 0 } else { share(&mut self.rng, n as u64) as usize };
        let group = self.active[one_of(self.active.len())];
        let place = one_of(self.groups[group].ready.len());
        Some(self.take(group, place))
    }

    fn remove(&mut self, task: TaskId) {
        let Some(&Member { group, place: Some(place) }) = self.members.get(task.slot()) else { return };
        if self.groups[group].ready[place] == task {
            self.take(group, place);
        }
    }

    fn len(&self) -> usize {
        self.ready
    }
}
