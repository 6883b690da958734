//! What is left at the end of a run beside tasks: sockets and whatever else devices have, timers, callbacks.
//!
//! Seam: it reads the whole machine and changes nothing. All of it is the machine's own bookkeeping, so it
//! does not matter who holds the handles: tasks, or a static, or nobody any more.

use crate::{due::Alarm, failure::Held, id::NodeId, world::World};

impl World {
    /// What processes hold beside tasks, by node, and of each first what devices have.
    pub(crate) fn held(&mut self) -> Vec<Held> {
        let mut held: Vec<(NodeId, String)> = Vec::new();
        for device in self.devices.iter().flatten() {
            held.extend(device.left());
        }
        let mut timers: Vec<_> = self.core.agenda.iter().collect();
        timers.sort_by_key(|&(at, key, _)| (at, key));
        for (at, _, due) in timers {
            let (node, what) = match due.alarm() {
                // One that outlived its task is kept by something of the test's.
                Alarm::Task(task) => {
                    let hot = self.core.tasks.get(task);
                    (hot.map_or(NodeId::TEST, |hot| NodeId(hot.node)), "timer")
                }
                Alarm::Waker(place) => match self.core.timers.peek(place) {
                    Some(timer) => (timer.owner.node, "timer"),
                    None => continue,
                },
                Alarm::Callback(place) => match self.core.callbacks.peek(place) {
                    Some(callback) => (callback.node, "callback"),
                    None => continue,
                },
                Alarm::Device(..) => continue,
            };
            held.push((node, format!("a {what} due at {at}")));
        }
        held.sort_by_key(|&(node, _)| node);
        let core = &self.core;
        held.into_iter().map(|(node, what)| Held { node: core.node_name(node).to_owned(), what }).collect()
    }
}
