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
    /// All orders that lie at most so many delays from first in, first out: those with one delay
    /// first, then those with two, and so on.
    ///
    /// A delay lets a task that is ready be overtaken by one other; what is not an order keeps its
    /// simplest value. A sweep under this strategy runs no seeds but such orders, each once, and
    /// when it has run all of them, its report has a certificate that says so: whatever bug is left
    /// takes more delays, or something that is not about the order. A single run is the first of
    /// them, with no delay.
    ///
    /// Delay-bounded scheduling: Emmi, Qadeer and Rakamarić, POPL 2011.
    Delay {
        /// The most delays an order may have.
        budget: u64,
    },
}

impl Strategy {
    /// The numbers that stand for it in a token: which, never reused, and its parameter.
    pub(crate) fn code(self) -> (u8, u64) {
        match self {
            Strategy::Fifo => (0, 0),
            Strategy::Random => (1, 0),
            Strategy::Delay { budget } => (2, budget),
        }
    }

    pub(crate) fn from_code(code: u8, parameter: u64) -> Option<Self> {
        match (code, parameter) {
            (0, 0) => Some(Strategy::Fifo),
            (1, 0) => Some(Strategy::Random),
            (2, budget) => Some(Strategy::Delay { budget }),
            _ => None,
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Strategy::Fifo => f.write_str("fifo"),
            Strategy::Random => f.write_str("random"),
            Strategy::Delay { budget } => write!(f, "delay {budget}"),
        }
    }
}
