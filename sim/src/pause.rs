//! Nodes that stand still, as a process does after SIGSTOP, and go on.
//!
//! Seam. Nothing of a paused node runs; what becomes ready or due is kept in order until it goes on,
//! so timers fire late. Its host lives: devices are not told, and go on acknowledging and buffering.

use crate::{
    core::Core,
    due::{Alarm, Due},
    id::{NodeId, TaskId},
    node::Late,
    task::Flags,
    trace::{Event, Line},
};

const FOLD_PAUSE: u64 = 0x5eed_0015;
const FOLD_RESUME: u64 = 0x5eed_0016;

impl Core {
    /// Lets a node stand still; one that is down or stands still already is left as it is.
    pub fn pause_node(&mut self, node: NodeId) {
        let record = self.nodes.get_mut(node);
        if self.actor.inert || record.paused || !record.state.is_alive() {
            return;
        }
        record.paused = true;
        self.note_of(node, FOLD_PAUSE, Event::Pause);
        for id in self.tasks_of(node) {
            let hot = &mut self.tasks.hot[id.slot()];
            hot.flags.set(Flags::FROZEN);
            if hot.flags.has(Flags::READY) {
                self.unready(id);
                self.wake_late(id);
            }
        }
    }

    /// Lets a node go on that stands still: what came meanwhile comes now, in its order.
    /// Says whether anything did.
    pub fn resume_node(&mut self, node: NodeId) -> bool {
        if self.actor.inert || !self.nodes.get(node).paused {
            return false;
        }
        let seq = self.note_of(node, FOLD_RESUME, Event::Resume);
        let former = self.recorder.set_context(seq);
        let late = self.thaw(node);
        for id in self.tasks_of(node) {
            self.tasks.hot[id.slot()].flags.clear(Flags::FROZEN | Flags::LATE);
        }
        let came = !late.is_empty();
        for late in late {
            match late {
                Late::Task(id) => self.wake_task(id),
                Late::Callback(place, generation) => {
                    if let Some(callback) = self.callbacks.get(place, generation) {
                        callback.at = self.now;
                        callback.key = self.agenda.push(self.now, Due::new(Alarm::Callback(place)));
                    }
                }
            }
        }
        self.recorder.set_context(former);
        came
    }

    /// A node stands still no longer; what came late is returned.
    pub(crate) fn thaw(&mut self, node: NodeId) -> Vec<Late> {
        let record = self.nodes.get_mut(node);
        record.paused = false;
        std::mem::take(&mut record.late)
    }

    fn note_of(&mut self, node: NodeId, fold: u64, event: Event) -> u32 {
        self.recorder.fold(self.nodes.get(node).key ^ fold);
        self.recorder.record(self.now, node, Line::NO_TASK, event)
    }

    /// A task became ready whose node stands still.
    #[cold]
    #[inline(never)]
    pub(crate) fn wake_late(&mut self, id: TaskId) {
        let hot = &mut self.tasks.hot[id.slot()];
        if hot.flags.has(Flags::LATE | Flags::DONE | Flags::DOOMED) {
            return;
        }
        hot.flags.set(Flags::LATE);
        let node = NodeId(hot.node);
        self.nodes.get_mut(node).late.push(Late::Task(id));
    }

    /// Whether a callback is due on a node that stands still; then it comes late.
    pub(crate) fn is_late(&mut self, place: u32) -> bool {
        let Some(callback) = self.callbacks.peek(place) else { return false };
        let node = callback.node;
        if !self.nodes.get(node).paused {
            return false;
        }
        let generation = self.callbacks.generation(place);
        self.nodes.get_mut(node).late.push(Late::Callback(place, generation));
        true
    }
}
