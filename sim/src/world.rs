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
pub trait Device: Any {
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

    /// Forgets everything, keeping allocations: another run begins.
    fn reset(&mut self);
}

impl Core {
    /// Lets a value of the user's go that a device has kept, and whose destructor may run any code: it is
    /// dropped outside of the machine.
    pub fn discard(&mut self, value: Box<dyn Any>) {
        self.limbo.values.push((self.actor.bystander(), value));
    }
}

/// A device that has its place in the machine.
pub trait Plugged: Device {
    /// The place; no two devices of a machine share one.
    const SLOT: DeviceSlot;
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

    /// A device, which is plugged in at first use.
    pub fn plug<D: Plugged + Default>(&mut self) -> &mut D {
        self.devices[D::SLOT as usize].get_or_insert_with(|| Box::new(D::default()));
        self.device::<D>().expect("it was plugged in a line above").0
    }

    /// A device and the core it works with; `None` if the device was never plugged in.
    #[inline]
    pub fn device<D: Plugged>(&mut self) -> Option<(&mut D, &mut Core)> {
        let device: &mut dyn Any = self.devices[D::SLOT as usize].as_deref_mut()?;
        Some((device.downcast_mut()?, &mut self.core))
    }

    pub(crate) fn each_device(&mut self, mut f: impl FnMut(&mut dyn Device, &mut Core)) {
        for device in self.devices.iter_mut().flatten() {
            f(&mut **device, &mut self.core);
        }
    }
}
