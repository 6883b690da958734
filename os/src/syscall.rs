//! The C library's `syscall`: how some libraries ask the kernel for what has a function of its own.
//!
//! Numbers that are not answered here are passed on, with all that they may have for arguments.
//!
//! A linker that says "duplicate symbol" or "multiple definition" of a function here has met another crate
//! that defines it too: see the last section of `docs/determinism.md`.

use crate::{
    escapes::notice,
    here::ask,
    randomness::fill,
    real::{pass_on, set_errno},
    simulated::Escape,
    wait::{duration, translated},
};
use libc::{c_int, c_long, c_void, timespec};
use std::{ptr::with_exposed_provenance, ptr::with_exposed_provenance_mut, time::Duration};

fn place<T>(argument: c_long) -> *mut T {
    with_exposed_provenance_mut(argument as usize)
}

/// The C function takes as many arguments as the system call has, six at the most. On 64-bit x86 and ARM
/// integers that are passed to such a function stand where those of one with seven parameters do; of
/// those that the caller did not pass, any value is read and passed on, and the kernel ignores it.
///
/// # Safety
///
/// That of the system call.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    let mut d = d;
    let mut moment = crate::clocks::timespec(Duration::ZERO);
    match number {
        // SAFETY: the caller's promise to the kernel is the one that is asked for.
        libc::SYS_getrandom if unsafe { fill(place::<c_void>(a), b as usize) } => return b,
        libc::SYS_clock_gettime => {
            // SAFETY: as above.
            return unsafe { crate::clocks::clock_gettime(a as c_int, place(b)) }.into();
        }
        #[cfg(target_arch = "x86_64")]
        libc::SYS_gettimeofday => {
            // SAFETY: as above.
            return unsafe { crate::clocks::gettimeofday(place(a), place(b)) }.into();
        }
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        libc::SYS_time => return unsafe { crate::clocks::time(place(a)) },
        // SAFETY: as above.
        libc::SYS_nanosleep => return unsafe { crate::escapes::nanosleep(place(a), place(b)) }.into(),
        libc::SYS_clock_nanosleep => {
            // SAFETY: as above.
            let error =
                unsafe { crate::escapes::clock_nanosleep(a as c_int, b as c_int, place(c), place(d)) };
            if error != 0 {
                set_errno(error);
            }
            return if error == 0 { 0 } else { -1 };
        }
        libc::SYS_futex => {
            // SAFETY: as above; only operations that have it read the time.
            if let Some(real) = unsafe { timed_wait(b as c_int, with_exposed_provenance(d as usize)) } {
                moment = real;
                d = (&raw const moment).expose_provenance() as c_long;
            }
        }
        _ => {}
    }
    let done = pass_on!(syscall(number: c_long, a: c_long, b: c_long, c: c_long, d: c_long, e: c_long, f: c_long) -> c_long);
    // The kernel may have read it until here.
    let _ = std::hint::black_box(&moment);
    done
}

/// Notices a wait on a futex that ends by itself; returns the moment to wait for, if it is another.
///
/// # Safety
///
/// If the operation has a time, it may be read.
unsafe fn timed_wait(operation: c_int, time: *const timespec) -> Option<timespec> {
    let command = operation & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    if command != libc::FUTEX_WAIT && command != libc::FUTEX_WAIT_BITSET {
        return None;
    }
    ask(|simulated| {
        // SAFETY: these two have a time or none, and the caller lets it be read.
        let time = unsafe { duration(time) }?;
        if command == libc::FUTEX_WAIT {
            notice(Escape::Wait(time));
            return None;
        }
        let of_the_wall = operation & libc::FUTEX_CLOCK_REALTIME != 0;
        let clock = if of_the_wall { libc::CLOCK_REALTIME } else { libc::CLOCK_MONOTONIC };
        let (left, real) = translated(simulated, clock, time)?;
        simulated.escaped(Escape::Wait(left));
        Some(real)
    })?
}
