//! What the agenda holds: one word an item.
//!
//! Pure. The upper four bits say what kind of thing is due.

use crate::id::TaskId;

/// The number of a device of the machine; see [`Device`](crate::Device).
pub type DeviceSlot = u8;

/// How many devices a machine has room for.
pub(crate) const DEVICES: usize = 4;

/// An item of the agenda, packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due(u64);

/// An item of the agenda, unpacked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Alarm {
    /// A timer whose task is woken by its number.
    Task(TaskId),
    /// A timer with a foreign waker, by its place in a side table.
    Waker(u32),
    /// A callback, by its place in a side table.
    Callback(u32),
    /// An alarm of a device, with 56 bits that only the device understands.
    Device(DeviceSlot, u64),
}

const TASK: u64 = 0;
const WAKER: u64 = 1;
const CALLBACK: u64 = 2;
const DEVICE: u64 = 8;
/// Below the kind.
const SHIFT: u32 = 60;

impl Due {
    /// What a device may say of its alarm.
    pub(crate) const DEVICE_BITS: u32 = 56;

    #[inline]
    pub(crate) fn new(alarm: Alarm) -> Due {
        Due(match alarm {
            Alarm::Task(task) => TASK << SHIFT | task.to_bits(),
            Alarm::Waker(index) => WAKER << SHIFT | index as u64,
            Alarm::Callback(index) => CALLBACK << SHIFT | index as u64,
            Alarm::Device(slot, word) => (DEVICE | slot as u64) << SHIFT | word,
        })
    }

    #[inline]
    pub(crate) fn alarm(self) -> Alarm {
        let word = self.0 & ((1 << SHIFT) - 1);
        match self.0 >> SHIFT {
            TASK => Alarm::Task(TaskId::from_bits(word)),
            WAKER => Alarm::Waker(word as u32),
            CALLBACK => Alarm::Callback(word as u32),
            kind => Alarm::Device((kind - DEVICE) as DeviceSlot, word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_alarm_comes_back_as_it_was() {
        let widest = TaskId::new(TaskId::MAX_SLOTS as u32 - 1, u32::MAX);
        for alarm in [
            Alarm::Task(widest),
            Alarm::Task(TaskId::new(0, 0)),
            Alarm::Waker(u32::MAX),
            Alarm::Callback(7),
            Alarm::Device(0, (1 << Due::DEVICE_BITS) - 1),
            Alarm::Device(DEVICES as u8 - 1, 0),
        ] {
            assert_eq!(Due::new(alarm).alarm(), alarm);
        }
    }
}
