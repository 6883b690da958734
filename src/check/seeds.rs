//! Which seeds a sweep runs, as a rule rather than a list.
//!
//! Pure. The runs that a sweep adds of its own (`zero` and `fifo`) are in `plan`, and reading seeds
//! from text is in `env`.

use reenact_sim::{hash_bytes, hash_combine};
use std::ops::{Range, RangeInclusive};

/// What [`Check::seeds`](crate::Check::seeds) takes: how many seeds to derive from the name of the
/// test (a count), or which ones to run (a range or a list of numbers). An integer is a count: write
/// `[7]` for the seed 7.
///
/// ```
/// use reenact::{Check, Seeds};
///
/// fn runs(seeds: impl Seeds) -> u64 {
///     Check::new("seeds").seeds(seeds).report(|_sim| async {}).runs()
/// }
/// // Two runs are the sweep's own.
/// assert_eq!([runs(7), runs(1..=7), runs([7])], [2 + 7, 2 + 7, 2 + 1]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which seeds to run",
    label = "expected a count, a range or a list",
    note = "write a count such as `200`, a range such as `0..1000`, or a list of `u64` such as `[7, 0xff]`"
)]
pub trait Seeds: sealed::Sealed {
    #[doc(hidden)]
    fn into_set(self) -> SeedSet;
}

/// Seeds by place: a rule that gives the same seeds on every machine.
#[doc(hidden)]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SeedSet {
    /// So many, derived from the name of the test.
    Derived(u64),
    /// These, in this order.
    List(Vec<u64>),
    /// All from the first to the last of each pair.
    Spans(Vec<(u64, u64)>),
}

impl SeedSet {
    /// The default of a sweep.
    pub(crate) const DEFAULT: SeedSet = SeedSet::Derived(256);

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        match self {
            SeedSet::Derived(count) => *count,
            SeedSet::List(list) => list.len() as u64,
            SeedSet::Spans(spans) => spans
                .iter()
                .fold(0, |sum: u64, (first, last)| sum.saturating_add((last - first).saturating_add(1))),
        }
    }

    /// The seed at a place below [`len`](Self::len), for the test of this name.
    pub(crate) fn get(&self, name: &str, place: u64) -> u64 {
        match self {
            SeedSet::Derived(_) => hash_combine(hash_bytes(name.as_bytes()), place),
            SeedSet::List(list) => list[place as usize],
            SeedSet::Spans(spans) => {
                let mut left = place;
                for (first, last) in spans {
                    if left <= last - first {
                        return first + left;
                    }
                    left -= last - first + 1;
                }
                unreachable!("place {place} is not below the number of seeds, {}", self.len())
            }
        }
    }
}

macro_rules! counts {
    ($($integer:ty),*) => {$(
        impl sealed::Sealed for $integer {}
        impl Seeds for $integer {
            fn into_set(self) -> SeedSet {
                // A negative count is no seed at all, and refused as that.
                SeedSet::Derived(u64::try_from(self).unwrap_or(0))
            }
        }
    )*};
}
counts!(i32, u32, u64, usize);

impl sealed::Sealed for Range<u64> {}
impl Seeds for Range<u64> {
    fn into_set(self) -> SeedSet {
        let span = (self.start < self.end).then(|| (self.start, self.end - 1));
        SeedSet::Spans(span.into_iter().collect())
    }
}

impl sealed::Sealed for RangeInclusive<u64> {}
impl Seeds for RangeInclusive<u64> {
    fn into_set(self) -> SeedSet {
        let span = (!self.is_empty()).then(|| (*self.start(), *self.end()));
        SeedSet::Spans(span.into_iter().collect())
    }
}

impl sealed::Sealed for Vec<u64> {}
impl Seeds for Vec<u64> {
    fn into_set(self) -> SeedSet {
        SeedSet::List(self)
    }
}

impl sealed::Sealed for &Vec<u64> {}
impl Seeds for &Vec<u64> {
    fn into_set(self) -> SeedSet {
        SeedSet::List(self.clone())
    }
}

impl sealed::Sealed for &[u64] {}
impl Seeds for &[u64] {
    fn into_set(self) -> SeedSet {
        SeedSet::List(self.to_vec())
    }
}

impl<const N: usize> sealed::Sealed for [u64; N] {}
impl<const N: usize> Seeds for [u64; N] {
    fn into_set(self) -> SeedSet {
        SeedSet::List(self.into())
    }
}

impl<const N: usize> sealed::Sealed for &[u64; N] {}
impl<const N: usize> Seeds for &[u64; N] {
    fn into_set(self) -> SeedSet {
        SeedSet::List(self.into())
    }
}

mod sealed {
    pub trait Sealed {}
}

#[cfg(test)]
mod tests {
    use super::{SeedSet, Seeds};

    fn all(seeds: impl Seeds) -> Vec<u64> {
        let set = seeds.into_set();
        (0..set.len()).map(|place| set.get("a test", place)).collect()
    }

    #[test]
    fn literals_need_no_types() {
        assert_eq!(all(3).len(), 3);
        assert_eq!(all(3usize), all(3u64));
        assert_eq!(all(2..5), [2, 3, 4]);
        assert_eq!(all(2..=5), [2, 3, 4, 5]);
        assert_eq!(all([7, 0xff, 7]), [7, 255, 7]);
        assert_eq!(all(vec![1, 2]), [1, 2]);
        let list = [1, 2];
        #[expect(clippy::needless_borrows_for_generic_args, reason = "that is what is tested")]
        let borrowed = all(&list);
        assert_eq!(borrowed, list);
        assert_eq!(all(list.as_slice()), list);
    }

    #[test]
    fn nothing_is_no_seed() {
        assert_eq!(SeedSet::Derived(0).len(), 0);
        assert_eq!((-3).into_set().len(), 0);
        assert!(all(5..5).is_empty());
        #[expect(clippy::reversed_empty_ranges, reason = "that is the point")]
        let reversed = (all(6..5), all(6..=5));
        assert_eq!(reversed, (vec![], vec![]));
        assert!(all(Vec::new()).is_empty());
    }

    #[test]
    fn spans_follow_each_other_and_may_reach_the_end_of_the_numbers() {
        let set = SeedSet::Spans(vec![(1, 1), (5, 7), (u64::MAX - 1, u64::MAX)]);
        let seeds: Vec<u64> = (0..set.len()).map(|place| set.get("", place)).collect();
        assert_eq!(seeds, [1, 5, 6, 7, u64::MAX - 1, u64::MAX]);
        assert_eq!((0..=u64::MAX).into_set().len(), u64::MAX);
    }

    #[test]
    fn derived_seeds_are_what_they_were_and_differ_between_tests() {
        let set = SeedSet::Derived(4);
        assert_eq!(set.get("raft::elects_one_leader", 0), 0x8ae9_43b4_b212_da55);
        assert_ne!(set.get("a", 0), set.get("b", 0));
        assert_ne!(set.get("a", 0), set.get("a", 1));
    }
}
