//! Who runs next, by name.
//!
//! Pure data: the queues that carry the strategies out live in `ready.rs` and `explore/`.

use crate::hash;
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
    /// Probabilistic concurrency testing: each task has a random priority, the ready one with the
    /// highest runs, and at `depth - 1` random steps the one that would run is put below all others.
    ///
    /// A bug of depth d, one that takes d constraints of the form “this before that”, shows in a run
    /// with a probability of at least 1 / (n k^(d - 1)), for n tasks and k picks among several. The
    /// i-th change gives the fixed priority i, as in the paper; always the lowest would leave orders
    /// out. Links have priorities too: those with high ones are fast, and a change makes one slow. After
    /// ten times the picks of the sweep's first run, or 10,000, the rest of a run is fair.
    ///
    /// Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010; chains for messages: Kulahcioglu
    /// Ozkan, Majumdar, Niksic, Tabaei Befrouei and Weissenbacher, OOPSLA 2018.
    Pct {
        /// For bugs of how many constraints; 0 is taken for 1.
        depth: u32,
    },
    /// Partial order sampling: each task that becomes ready has a random priority, the highest runs,
    /// and those that compete with it for something draw theirs again.
    ///
    /// Two polls compete if they touched the same thing (a socket, what woke them, what is named with
    /// `task::touch`), as far as that is known from the sweep's first run; if nothing is known of one of
    /// them, with every other one on its node. A pick takes time in proportion to the ready tasks, as long as polls of
    /// which something is known (2,048 touches at most) are among them.
    ///
    /// Yuan, Yang and Gu, CAV 2018.
    Pos,
    /// Selectively uniform random walk: all interleavings of the polls that matter are equally likely, in
    /// so far as the tasks poll as often as they did in the sweep's first run.
    ///
    /// In each run, what matters is what touches one thing, drawn in proportion to how often it was
    /// touched, or everything. A task is picked in proportion to how many such polls it and those that
    /// it will spawn have left, so a short task comes late as often as early. A single run, which has no
    /// first run to go by, takes all tasks for equally long.
    ///
    /// Zhao, Wolff, Mathur and Roychoudhury, ASPLOS 2025.
    Surw,
    /// First one of the groups of which somebody is ready, then one of that group, each equally likely; a
    /// group are the tasks that one task has spawned.
    ///
    /// So a task that watches a hundred workers is picked as often as all of them, and may come between
    /// two of them, which the [`Random`](Strategy::Random) walk lets it do once in a hundred times. It is no
    /// algorithm of the literature, and promises nothing.
    Grouped,
    /// One of the others, by a hash of the seed: of 20 runs 5 each are [`Surw`](Strategy::Surw) and
    /// [`Random`](Strategy::Random), 4 [`Grouped`](Strategy::Grouped), 3 [`Pos`](Strategy::Pos), and 3
    /// [`Pct`](Strategy::Pct) of a depth of 2, 3 or 10. No single one finds everything.
    Portfolio,
}

/// The portfolio, in shares of 20.
const PORTFOLIO: [Strategy; 20] = {
    use Strategy::{Grouped, Pct, Pos, Random, Surw};
    let [two, three, ten] = [Pct { depth: 2 }, Pct { depth: 3 }, Pct { depth: 10 }];
    [
        Surw, Surw, Surw, Surw, Surw, Random, Random, Random, Random, Random, Grouped, Grouped, Grouped,
        Grouped, Pos, Pos, Pos, two, three, ten,
    ]
};

impl Strategy {
    /// The one that a run of this seed is made with: itself, unless it is the
    /// [`Portfolio`](Strategy::Portfolio).
    ///
    /// ```
    /// # use reenact_sim as reenact;
    /// use reenact::Strategy;
    ///
    /// assert_eq!(Strategy::Pos.of_seed(7), Strategy::Pos);
    /// assert!((0..100).any(|seed| Strategy::Portfolio.of_seed(seed) == Strategy::Surw));
    /// ```
    pub fn of_seed(self, seed: u64) -> Strategy {
        match self {
            Strategy::Portfolio => {
                let share = hash::combine(seed, hash::bytes(b"portfolio")) % PORTFOLIO.len() as u64;
                PORTFOLIO[share as usize]
            }
            other => other,
        }
    }

    /// Whether it, or a strategy of the portfolio, has use for a [`Profile`](crate::Profile) of the program.
    pub fn wants_profile(self) -> bool {
        matches!(self, Strategy::Pct { .. } | Strategy::Pos | Strategy::Surw | Strategy::Portfolio)
    }

    /// The numbers that stand for it in a token: which, never reused, and its parameter.
    pub(crate) fn code(self) -> (u8, u64) {
        match self {
            Strategy::Fifo => (0, 0),
            Strategy::Random => (1, 0),
            Strategy::Delay { budget } => (2, budget),
            Strategy::Pct { depth } => (3, depth.into()),
            Strategy::Pos => (4, 0),
            Strategy::Surw => (5, 0),
            Strategy::Portfolio => (6, 0),
            Strategy::Grouped => (7, 0),
        }
    }

    pub(crate) fn from_code(code: u8, parameter: u64) -> Option<Self> {
        match (code, parameter) {
            (0, 0) => Some(Strategy::Fifo),
            (1, 0) => Some(Strategy::Random),
            (2, budget) => Some(Strategy::Delay { budget }),
            (3, depth) => Some(Strategy::Pct { depth: depth.try_into().ok()? }),
            (4, 0) => Some(Strategy::Pos),
            (5, 0) => Some(Strategy::Surw),
            (6, 0) => Some(Strategy::Portfolio),
            (7, 0) => Some(Strategy::Grouped),
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
            Strategy::Pct { depth } => write!(f, "pct {depth}"),
            Strategy::Pos => f.write_str("pos"),
            Strategy::Surw => f.write_str("surw"),
            Strategy::Portfolio => f.write_str("portfolio"),
            Strategy::Grouped => f.write_str("grouped"),
        }
    }
}
