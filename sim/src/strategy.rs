//! Who runs next, by name.
//!
//! Pure data: the ready queues that carry the strategies out live in `ready.rs`.

use std::fmt;

/// How the scheduler picks among the tasks that are ready.
///
/// A strategy draws from a stream of its own; a replay never needs it, because the order it led
/// to is on the tape.
///
/// How well a random walk finds bugs beside other strategies: Thomson, Donaldson and Betts,
/// “Concurrency Testing Using Controlled Schedulers”, ACM TOPC 2 (2016).
///
/// ```
/// # use reenact_sim as reenact;
/// use reenact::Strategy;
///
/// assert_eq!(Strategy::default(), Strategy::Random);
/// assert_eq!(Strategy::Fifo.to_string(), "fifo");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Strategy {
    /// First woken, first polled: what a plain single-threaded executor does.
    Fifo,
    /// Uniformly among all ready tasks, at each pick: the random walk.
    #[default]
    Random,
}

impl Strategy {
    /// The number that stands for it in a token; never reused.
    pub(crate) fn code(self) -> u8 {
        match self {
            Strategy::Fifo => 0,
            Strategy::Random => 1,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Strategy::Fifo),
            1 => Some(Strategy::Random),
            _ => None,
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Strategy::Fifo => "fifo",
            Strategy::Random => "random",
        })
    }
}
