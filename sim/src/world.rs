//! The machine whole: the core and the devices plugged into it.
//!
//! Seam. A device is a simulated thing with effects of its own (a network, a disk); the machine
//! tells it when its alarms ring and when nodes live and die, and knows nothing else of it.

use crate::{
    core::Core,
    due::{DEVICES, DeviceSlot},
    id::NodeId,
    node::Down,
};
use std::any::Any;

/// A simulated device.
///
/// It is always called with the machine borrowed, so it must run no user code: wakers go through
/// [`Core::wake`] and [`Core::forget`].
pub trait Device {
    /// An alarm set by [`Core::alarm`] is due.
    fn ring(&mut self, core: &mut Core, word: u64);

    /// A node's process ended; its tasks are about to be dropped, and what their destructors do
    /// must have no effect here.
    fn node_down(&mut self, core: &mut Core, node: NodeId, how: Down);

    /// A node's main is about to start.
    fn node_up(&mut self, core: &mut Core, node: NodeId);

    /// The run is over: hands every waiter it keeps to [`Core::forget`], since dropping a foreign
    /// waker may run any code.
    fn end(&mut self, core: &mut Core);

    /// What a task waits for, in words, from the numbers of its [`Wait::Device`](crate::Wait).
    fn describe(&self, code: u8, number: u32) -> String;

    /// What processes hold of it, in words, and on which nodes.
    fn left(&self) -> Vec<(NodeId, String)> {
        Vec::new()
    }

    /// Forgets everything, keeping allocations: another run begins.
    fn reset(&mut self);
}

impl Core {
    /// Lets a value of the user's go that a device has kept, and whose destructor may run any code: it is
    /// dropped outside of the machine.
    pub fn discard(&mut self, value: Box<dyn Any>) {
        self.limbo.drop_value(self.actor.bystander(), value);
    }
}

/// The machine whole.
pub struct World {
    /// The machine without its devices.
    pub core: Core,
    pub(crate) devices: [Option<Box<dyn Device>>; DEVICES],
}

impl World {
    pub(crate) fn new(core: Core) -> Self {
        World { core, devices: Default::default() }
    }

    /// Plugs a device in, unless one is at this place.
    pub fn plug(&mut self, slot: DeviceSlot, device: impl FnOnce() -> Box<dyn Device>) {
        self.devices[slot as usize].get_or_insert_with(device);
    }

    /// Whether a device is plugged in at this place.
    #[inline]
    pub fn has_device(&self, slot: DeviceSlot) -> bool {
        self.devices[slot as usize].is_some()
    }

    pub(crate) fn each_device(&mut self, mut f: impl FnMut(&mut dyn Device, &mut Core)) {
        for device in self.devices.iter_mut().flatten() {
            f(&mut **device, &mut self.core);
        }
    }
}
