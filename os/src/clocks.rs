//! The clock: `clock_gettime`, `gettimeofday`, `time`, and on macOS `clock_gettime_nsec_np`.
//!
//! A linker that says "duplicate symbol" or "multiple definition" of a function here has met another crate
//! that defines it too: see the last section of `docs/determinism.md`.

use crate::{here::ask, real::pass_on, simulated::Simulated};
use libc::{c_int, c_void, clockid_t, time_t, timespec, timeval};
use std::time::Duration;

/// What a clock of this number says in a simulation; `None` for a clock of used processor time, or one
/// that is not known.
pub(crate) fn read(simulated: &dyn Simulated, clock: clockid_t) -> Option<Duration> {
    match clock {
        libc::CLOCK_REALTIME => Some(simulated.wall()),
        libc::CLOCK_MONOTONIC | libc::CLOCK_MONOTONIC_RAW => Some(simulated.monotonic()),
        #[cfg(target_os = "linux")]
        libc::CLOCK_REALTIME_COARSE | libc::CLOCK_REALTIME_ALARM | libc::CLOCK_TAI => Some(simulated.wall()),
        #[cfg(target_os = "linux")]
        libc::CLOCK_MONOTONIC_COARSE | libc::CLOCK_BOOTTIME | libc::CLOCK_BOOTTIME_ALARM => {
            Some(simulated.monotonic())
        }
        #[cfg(target_os = "macos")]
        libc::CLOCK_MONOTONIC_RAW_APPROX | libc::CLOCK_UPTIME_RAW | libc::CLOCK_UPTIME_RAW_APPROX => {
            Some(simulated.monotonic())
        }
        _ => None,
    }
}

pub(crate) fn timespec(since: Duration) -> timespec {
    // SAFETY: it is plain numbers, for which all bits zero is a value.
    let mut time: timespec = unsafe { std::mem::zeroed() };
    time.tv_sec = since.as_secs() as time_t;
    time.tv_nsec = since.subsec_nanos().into();
    time
}

fn timeval(since: Duration) -> timeval {
    // SAFETY: it is plain numbers, for which all bits zero is a value.
    let mut time: timeval = unsafe { std::mem::zeroed() };
    time.tv_sec = since.as_secs() as time_t;
    time.tv_usec = since.subsec_micros() as _;
    time
}

/// # Safety
///
/// That of the C function: `out` may be written to.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn clock_gettime(clock: clockid_t, out: *mut timespec) -> c_int {
    if let Some(Some(since)) = ask(|simulated| read(simulated, clock))
        && !out.is_null()
    {
        // SAFETY: it is not null, and the caller lets it be written to.
        unsafe { out.write(timespec(since)) };
        return 0;
    }
    pass_on!(clock_gettime(clock: clockid_t, out: *mut timespec) -> c_int)
}

/// # Safety
///
/// That of the C function: `out` is null or may be written to, and so is `zone`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn gettimeofday(out: *mut timeval, zone: *mut c_void) -> c_int {
    // The time zone has not been meant to be asked for since the nineties.
    if let Some(since) = ask(|simulated| simulated.wall())
        && !out.is_null()
        && zone.is_null()
    {
        // SAFETY: it is not null, and the caller lets it be written to.
        unsafe { out.write(timeval(since)) };
        return 0;
    }
    pass_on!(gettimeofday(out: *mut timeval, zone: *mut c_void) -> c_int)
}

/// # Safety
///
/// That of the C function: `out` is null or may be written to.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn time(out: *mut time_t) -> time_t {
    if let Some(since) = ask(|simulated| simulated.wall()) {
        let seconds = since.as_secs() as time_t;
        if !out.is_null() {
            // SAFETY: it is not null, and the caller lets it be written to.
            unsafe { out.write(seconds) };
        }
        return seconds;
    }
    pass_on!(time(out: *mut time_t) -> time_t)
}

/// Nanoseconds of a clock.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn clock_gettime_nsec_np(clock: clockid_t) -> u64 {
    if let Some(Some(since)) = ask(|simulated| read(simulated, clock)) {
        return since.as_nanos() as u64;
    }
    pass_on!(clock_gettime_nsec_np(clock: clockid_t) -> u64)
}
