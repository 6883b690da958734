//! Waiting until a moment of the simulation's clock, for real.
//!
//! A moment that was worked out from the simulation's clock means nothing to the operating system: it
//! may have passed long ago, or lie hours ahead. What is meant is how far it is from now.

#[cfg(target_os = "linux")]
use crate::{
    clocks::{read, timespec},
    simulated::Simulated,
};
#[cfg(target_os = "linux")]
use libc::clockid_t;
use libc::timespec;
use std::time::Duration;

/// A length of time, or a moment, as far as it is one.
///
/// # Safety
///
/// The pointer is null or may be read.
pub(crate) unsafe fn duration(time: *const timespec) -> Option<Duration> {
    if time.is_null() {
        return None;
    }
    // SAFETY: it is not null, and the caller lets it be read.
    let timespec { tv_sec, tv_nsec, .. } = unsafe { time.read() };
    let nanos = u32::try_from(tv_nsec).ok().filter(|&nanos| nanos < 1_000_000_000)?;
    Some(Duration::new(u64::try_from(tv_sec).ok()?, nanos))
}

/// How far a moment of the simulation's clock is from now, and the same moment of the real clock.
#[cfg(target_os = "linux")]
pub(crate) fn translated(
    simulated: &dyn Simulated,
    clock: clockid_t,
    moment: Duration,
) -> Option<(Duration, timespec)> {
    let left = moment.saturating_sub(read(simulated, clock)?);
    let mut now = timespec(Duration::ZERO);
    let real = crate::here::outside(|| {
        // SAFETY: it is a local variable.
        let failed = unsafe { crate::clocks::clock_gettime(clock, &mut now) };
        // SAFETY: it is a local variable.
        if failed == 0 { unsafe { duration(&now) } } else { None }
    })?;
    Some((left, timespec(real.saturating_add(left))))
}
