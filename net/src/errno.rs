//! Errors that programs know by their number alone, since `std::io::ErrorKind` has no word for them
//! or too general a one.
//!
//! Pure. The number is that of the system the simulation is compiled for, as programs compare it
//! with `libc`'s. Any other error of the network has a kind, and a sentence that says more than the
//! system's does.

use std::io;

/// An error of the system: its number on Linux, on the BSDs and Apple's systems, and on Windows.
#[derive(Clone, Copy)]
pub(crate) struct Errno {
    linux: i32,
    bsd: i32,
    windows: i32,
}

/// What was asked makes no sense here, such as to leave the node from a loopback address.
pub(crate) const EINVAL: Errno = Errno { linux: 22, bsd: 22, windows: 10_022 };
/// A datagram has no address to go to.
pub(crate) const EDESTADDRREQ: Errno = Errno { linux: 89, bsd: 39, windows: 10_057 };
/// The datagram is larger than any can be.
pub(crate) const EMSGSIZE: Errno = Errno { linux: 90, bsd: 40, windows: 10_040 };

impl From<Errno> for io::Error {
    #[cold]
    fn from(error: Errno) -> io::Error {
        let number = if cfg!(windows) {
            error.windows
        } else if cfg!(any(target_os = "linux", target_os = "android")) {
            error.linux
        } else {
            error.bsd
        };
        io::Error::from_raw_os_error(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_the_system() {
        assert_eq!(io::Error::from(EINVAL).kind(), io::ErrorKind::InvalidInput);
        assert!(io::Error::from(EMSGSIZE).to_string().to_lowercase().contains("message too long"));
    }
}
