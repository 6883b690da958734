//! What a program says of itself, counted: assertions and invariants.
//!
//! Pure data. Who says it, and what becomes of a claim that does not hold, is in `assert` and
//! `invariant`; many runs are added up elsewhere.

use std::{borrow::Cow, collections::BTreeMap, fmt};

/// A kind of claim.
///
/// ```
/// # use reenact_sim as reenact;
/// assert_eq!(reenact::Claim::Sometimes.to_string(), "sometimes");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Claim {
    /// It holds whenever it is looked at: `always!`.
    Always,
    /// It holds at least once in a sweep: `sometimes!`.
    Sometimes,
    /// This place is reached at least once in a sweep: `reachable!`.
    Reachable,
    /// This place is never reached: `unreachable_point!`.
    Unreachable,
    /// It holds after every step: `Sim::invariant`.
    Invariant,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Claim::Always => "always",
            Claim::Sometimes => "sometimes",
            Claim::Reachable => "reachable",
            Claim::Unreachable => "unreachable",
            Claim::Invariant => "invariant",
        })
    }
}

/// How often a claim was looked at, and what was seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Tally {
    /// How often it held.
    pub held: u64,
    /// How often it did not.
    pub failed: u64,
}

/// The claims of one run, by kind and name.
///
/// ```
/// # use reenact_sim::{self as reenact, Settings, Strategy, Tape};
/// # let settings = Settings::new("doc", Tape::seed(0, Strategy::Random));
/// # let run = reenact_sim::run(&settings, |_| (), || async {
/// #     for i in 0..3 { reenact_sim::claim(reenact::Claim::Sometimes, "even", i % 2 == 0, String::new) }
/// # });
/// use reenact::Claim;
///
/// // Of a run that came by `sometimes!(i % 2 == 0, "even")` with 0, 1 and 2:
/// let tally = run.stats.claims.get(Claim::Sometimes, "even");
/// assert_eq!((tally.held, tally.failed), (2, 1));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Claims(BTreeMap<(Claim, Cow<'static, str>), Tally>);

impl Claims {
    /// How often a claim was looked at; never, if it is not known.
    pub fn get(&self, claim: Claim, name: &str) -> Tally {
        self.0.get(&(claim, Cow::Borrowed(name))).copied().unwrap_or_default()
    }

    /// All of them, in order of kind and name.
    pub fn iter(&self) -> impl Iterator<Item = (Claim, &str, Tally)> {
        self.0.iter().map(|((claim, name), tally)| (*claim, &**name, *tally))
    }

    /// Whether nothing was claimed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what was seen of a claim.
    pub fn add(&mut self, claim: Claim, name: Cow<'static, str>, seen: Tally) {
        let tally = self.0.entry((claim, name)).or_default();
        tally.held += seen.held;
        tally.failed += seen.failed;
    }
}
