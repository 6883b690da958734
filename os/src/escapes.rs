//! What a simulation has no part in: sleeps, threads, copies of the process. They are noticed, and done.
//!
//! A linker that says "duplicate symbol" or "multiple definition" of a function here has met another crate
//! that defines it too: see the last section of `docs/determinism.md`.

#[cfg(target_os = "linux")]
use crate::wait::translated;
use crate::{here::ask, real::pass_on, simulated::Escape, wait::duration};
use libc::{c_int, c_uint, c_void, pid_t, pthread_attr_t, pthread_t, timespec};
use std::time::Duration;

pub(crate) fn notice(escape: Escape) {
    ask(|simulated| simulated.escaped(escape));
}

/// # Safety
///
/// That of the C function: `length` may be read, and `rest` is null or may be written to.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn nanosleep(length: *const timespec, rest: *mut timespec) -> c_int {
    // SAFETY: the caller lets it be read.
    if let Some(length) = unsafe { duration(length) } {
        notice(Escape::Sleep(length));
    }
    pass_on!(nanosleep(length: *const timespec, rest: *mut timespec) -> c_int)
}

/// # Safety
///
/// That of the C function: `time` may be read, and `rest` is null or may be written to.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn clock_nanosleep(
    clock: libc::clockid_t,
    flags: c_int,
    time: *const timespec,
    rest: *mut timespec,
) -> c_int {
    let mut moment = crate::clocks::timespec(Duration::ZERO);
    let mut time = time;
    // SAFETY: the caller lets it be read.
    if let Some(length) = unsafe { duration(time) } {
        ask(|simulated| {
            let mut length = length;
            if flags & libc::TIMER_ABSTIME != 0
                && let Some((left, real)) = translated(simulated, clock, length)
            {
                (length, moment) = (left, real);
                time = &moment;
            }
            simulated.escaped(Escape::Sleep(length));
        });
    }
    pass_on!(clock_nanosleep(clock: libc::clockid_t, flags: c_int, time: *const timespec, rest: *mut timespec) -> c_int)
}

/// The C function.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn sleep(seconds: c_uint) -> c_uint {
    notice(Escape::Sleep(Duration::from_secs(seconds.into())));
    pass_on!(sleep(seconds: c_uint) -> c_uint)
}

/// The C function.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn usleep(micros: c_uint) -> c_int {
    notice(Escape::Sleep(Duration::from_micros(micros.into())));
    pass_on!(usleep(micros: c_uint) -> c_int)
}

type Start = extern "C" fn(*mut c_void) -> *mut c_void;

/// # Safety
///
/// That of the C function: `thread` may be written to, `attributes` is null or may be read, and `start`
/// may be called with `argument` on another thread.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pthread_create(
    thread: *mut pthread_t,
    attributes: *const pthread_attr_t,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    notice(Escape::Thread);
    pass_on!(pthread_create(thread: *mut pthread_t, attributes: *const pthread_attr_t, start: Start, argument: *mut c_void) -> c_int)
}

/// # Safety
///
/// That of the C function: the child may do little before it calls `exec`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fork() -> pid_t {
    notice(Escape::Fork);
    pass_on!(fork() -> pid_t)
}
