//! What strategies, the profiler and the surveyor are told of a run.
//!
//! Seam. All of it is off the hot path: it is told only in runs that somebody watches, and `Core::noted` is
//! then set.

use crate::{
    core::Core,
    explore::{Profiler, Survey, Surveyor, Watch, Woken, latencies},
    hash,
    id::{NodeId, TaskId},
    settings::Settings,
    tape::Profile,
};

const MAILBOX: u64 = hash::bytes(b"mailbox");
const WAKES: u64 = hash::bytes(b"wakes");

impl Core {
    /// Begins to watch as the settings ask; says whether anybody does.
    pub(crate) fn begin_watch(&mut self, settings: &Settings) -> bool {
        let tape = &settings.tape;
        if let Some(draw) = latencies(&tape.header, tape.profile.as_deref()) {
            self.dice.draw_latencies_by(draw);
        }
        let profiler = settings.profile.then(Profiler::default);
        let surveyor = settings.survey.then(Surveyor::default);
        let on = profiler.is_some() || surveyor.is_some() || self.ready.chooser().is_some();
        self.watch = Watch { profiler, surveyor, on };
        on
    }

    /// What was gathered.
    pub(crate) fn end_watch(&mut self) -> (Option<Profile>, Option<Survey>) {
        let Watch { profiler, surveyor, .. } = std::mem::take(&mut self.watch);
        let packets = self.stats.packets_sent;
        (profiler.map(|profiler| profiler.finish(packets)), surveyor.map(|surveyor| surveyor.finish()))
    }

    /// The stable identity of what wakes a task now: another task, or what comes to its node.
    fn cause_of_waking(&self, id: TaskId) -> u64 {
        match self.actor.task {
            by if by == id => 0,
            TaskId::NONE => self.mailbox(NodeId(self.tasks.hot[id.slot()].node)),
            by => self.tasks.hot.get(by.slot()).map_or(0, |hot| hash::combine(hot.path, WAKES)),
        }
    }

    fn mailbox(&self, node: NodeId) -> u64 {
        hash::combine(self.node_name_key(node), MAILBOX)
    }

    /// Puts a task into the queue, and tells of it.
    pub(crate) fn push_watched(&mut self, id: TaskId, readiness: u32, passes: u64) {
        if !self.watch.on {
            return self.ready.push(id, passes);
        }
        // To be spawned is no wake.
        let cause = if readiness == 0 { 0 } else { self.cause_of_waking(id) };
        let hot = &self.tasks.hot[id.slot()];
        let woken = Woken { task: id, path: hot.path, node: hot.node, readiness, cause };
        if let Some(profiler) = &mut self.watch.profiler {
            profiler.woken(woken);
        }
        self.ready.push_woken(woken, passes);
    }

    /// A poll begins.
    pub(crate) fn watch_poll(&mut self, id: TaskId) {
        if !self.watch.on {
            return;
        }
        let hot = &self.tasks.hot[id.slot()];
        let others = self.ready.len();
        if let Some(profiler) = &mut self.watch.profiler {
            profiler.polls(hot.path, hot.readiness.wrapping_sub(1), others);
        }
        if let Some(surveyor) = &mut self.watch.surveyor {
            surveyor.polls(hot.node, hot.path, others);
        }
    }

    /// A task was spawned by whoever is acting.
    pub(crate) fn watch_spawn(&mut self, id: TaskId) {
        let path = self.tasks.hot[id.slot()].path;
        let parent = (self.actor.task != TaskId::NONE).then_some(self.actor.task);
        if let Some(profiler) = &mut self.watch.profiler {
            let parent = parent.and_then(|parent| self.tasks.hot.get(parent.slot()));
            profiler.spawned(parent.map_or(0, |parent| parent.path), path);
        }
        if let Some(chooser) = self.ready.chooser() {
            chooser.spawned(parent, id, path);
        }
    }

    /// A task has ended.
    pub(crate) fn watch_end(&mut self, id: TaskId) {
        if let Some(chooser) = self.ready.chooser() {
            chooser.ended(id);
        }
    }

    /// Whether anything is told to anybody or written down, besides the digest.
    #[inline]
    pub fn is_noted(&self) -> bool {
        self.noted
    }

    /// Whoever is acting uses this object, by a stable identity: a strategy may care for the order in
    /// which tasks do.
    #[inline]
    pub fn touch(&mut self, object: u64) {
        if self.noted {
            self.touch_watched(object);
        }
    }

    /// Whoever is acting sends to a node, or takes what was sent to it.
    #[inline]
    pub fn touch_mailbox(&mut self, node: NodeId) {
        if self.noted {
            self.touch_watched(self.mailbox(node));
        }
    }

    #[cold]
    #[inline(never)]
    fn touch_watched(&mut self, object: u64) {
        if !self.watch.on || self.actor.task == TaskId::NONE || self.actor.inert {
            return;
        }
        if let Some(profiler) = &mut self.watch.profiler {
            profiler.touched(object);
        }
        if let Some(chooser) = self.ready.chooser() {
            chooser.touched(object);
        }
    }

    /// Something came to a node from outside, by a stable identity that does not depend on when.
    #[inline]
    pub fn arrived(&mut self, node: NodeId, what: u64) {
        if self.noted
            && let Some(surveyor) = &mut self.watch.surveyor
        {
            surveyor.happens(node.0, what);
        }
    }
}
