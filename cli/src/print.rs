//! What is printed: results, which are for scripts too, so that a full disk is no success.
//!
//! Rim.

use crate::exit::Trouble;
use std::io::{ErrorKind, Write as _};

/// Prints, and does not mind a reader that has seen enough.
///
/// # Errors
///
/// If what is printed goes to a file that cannot be written.
pub(crate) fn print(text: &str) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Trouble::harness(format!("what was to be printed cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}
