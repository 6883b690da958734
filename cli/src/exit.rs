//! What the exit code says.
//!
//! Pure.

use std::process::ExitCode;

/// What a command came to, for scripts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Nothing is wrong; two traces are the same.
    Clean = 0,
    /// A test fails; two traces differ.
    Failures = 1,
    /// What was asked for makes no sense.
    Usage = 2,
    /// A program died, failed outside its checks, could not be built, or a file could not be read or written.
    Harness = 3,
    /// No test was selected.
    Nothing = 4,
    /// A run did not follow its seed, or left something behind for the next.
    Nondeterminism = 5,
    /// A recorded case, or a token, comes to something else than when it was recorded.
    Stale = 6,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command could not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) exit: Exit,
    pub(crate) words: String,
}

impl Trouble {
    pub(crate) fn usage(words: impl Into<String>) -> Self {
        Trouble { exit: Exit::Usage, words: words.into() }
    }

    pub(crate) fn harness(words: impl Into<String>) -> Self {
        Trouble { exit: Exit::Harness, words: words.into() }
    }

    pub(crate) fn nothing(words: impl Into<String>) -> Self {
        Trouble { exit: Exit::Nothing, words: words.into() }
    }
}
