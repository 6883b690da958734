//! Random bytes: `getrandom` and `getentropy`, and on macOS `CCRandomGenerateBytes` and `arc4random`.
//!
//! A linker that says "duplicate symbol" or "multiple definition" of a function here has met another crate
//! that defines it too: see the last section of `docs/determinism.md`.

use crate::{
    here::{ask, draws},
    real::pass_on,
};
use libc::{c_int, c_void, size_t};

/// Fills a buffer with random bytes of the simulation; says whether there is one.
///
/// # Safety
///
/// So many bytes may be written there.
pub(crate) unsafe fn fill(out: *mut c_void, len: usize) -> bool {
    if len == 0 {
        // Asked only to find out whether it could be: nothing is drawn.
        return false;
    }
    draws();
    if out.is_null() {
        return false;
    }
    ask(|simulated| {
        let mut from = 0;
        while from < len {
            // Not filled in place: what is there may not have a value yet, which no slice may show.
            let mut bytes = [0; 256];
            let bytes = &mut bytes[..(len - from).min(256)];
            simulated.fill(bytes);
            // SAFETY: `from` is below `len`, so this is within the buffer or at its end.
            let to = unsafe { out.cast::<u8>().add(from) };
            // SAFETY: the rest of the buffer is at least as long as `bytes`, which is a local array.
            unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            from += bytes.len();
        }
    })
    .is_some()
}

/// # Safety
///
/// That of the C function: `len` bytes at `out` may be written to.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn getrandom(
    out: *mut c_void,
    len: size_t,
    flags: libc::c_uint,
) -> libc::ssize_t {
    // SAFETY: the caller's promise is the one that is asked for.
    if unsafe { fill(out, len) } {
        return len as libc::ssize_t;
    }
    pass_on!(getrandom(out: *mut c_void, len: size_t, flags: libc::c_uint) -> libc::ssize_t)
}

/// # Safety
///
/// That of the C function: `len` bytes at `out` may be written to.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn getentropy(out: *mut c_void, len: size_t) -> c_int {
    // More than 256 bytes are an error, which the C library words.
    // SAFETY: the caller's promise is the one that is asked for.
    if len <= 256 && unsafe { fill(out, len) } {
        return 0;
    }
    pass_on!(getentropy(out: *mut c_void, len: size_t) -> c_int)
}

/// # Safety
///
/// That of the C function: `len` bytes at `out` may be written to.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn CCRandomGenerateBytes(out: *mut c_void, len: size_t) -> i32 {
    // SAFETY: the caller's promise is the one that is asked for.
    if unsafe { fill(out, len) } {
        return 0;
    }
    pass_on!(CCRandomGenerateBytes(out: *mut c_void, len: size_t) -> i32)
}

/// # Safety
///
/// That of the C function: `len` bytes at `out` may be written to.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn arc4random_buf(out: *mut c_void, len: size_t) {
    // SAFETY: the caller's promise is the one that is asked for.
    if !unsafe { fill(out, len) } {
        pass_on!(arc4random_buf(out: *mut c_void, len: size_t) -> libc::c_long);
    }
}

/// Any 32 bits.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn arc4random() -> u32 {
    let mut bytes = [0; 4];
    // SAFETY: it has four bytes.
    if unsafe { fill(bytes.as_mut_ptr().cast(), 4) } {
        return u32::from_ne_bytes(bytes);
    }
    pass_on!(arc4random() -> u32)
}
