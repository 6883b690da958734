//! Probabilities without floating point.
//!
//! Pure.

/// A probability as a fraction of integers: `Ratio::new(3, 100)` is three in a hundred.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::Ratio;
///
/// assert_eq!(Ratio::new(3, 100).to_string(), "3/100");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ratio {
    pub(crate) num: u64,
    pub(crate) den: u64,
}

impl Ratio {
    /// Never.
    pub const NEVER: Ratio = Ratio { num: 0, den: 1 };

    /// `num` in `den`.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[track_caller]
    pub const fn new(num: u64, den: u64) -> Self {
        assert!(den > 0 && num <= den, "a probability must lie between 0 and 1, and its denominator above 0");
        Ratio { num, den }
    }
}

impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}
