//! Integers of any type and range, ordered by their distance from zero.
//!
//! Rim, thin over one draw: what is here is arithmetic.

use super::{bits, one_of};
use std::ops::{Range, RangeInclusive};

/// An integer of the range, all equally likely; the one nearest to zero is the simplest.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// assert!((-5..5).contains(&draw::range(-5..5)));
/// assert!((1..=6).contains(&draw::range(1..=6u8)));
/// # });
/// ```
///
/// # Panics
///
/// If the range is empty, and outside a run.
#[track_caller]
pub fn range<T: Integer>(range: impl Span<T>) -> T {
    let (low, high) = range.bounds();
    let Some(high) = high.filter(|high| low <= *high) else {
        panic!("`draw::range` was given an empty range");
    };
    let (low, high) = (low.to_i128(), high.to_i128());
    let size = (high - low) as u128 + 1;
    let index = if size > u64::MAX as u128 {
        bits("draw::range") as u128 % size
    } else {
        one_of("draw::range", size as u64) as u128
    };
    T::from_i128(nearest_to_zero(low, high, index as i128))
}

/// The integer of `low..=high` that comes at `index` when they are ordered by their distance from
/// zero, the positive first.
fn nearest_to_zero(low: i128, high: i128, index: i128) -> i128 {
    if low >= 0 {
        return low + index;
    }
    if high <= 0 {
        return high - index;
    }
    // Both signs alternate until the shorter side is used up.
    let short = high.min(-low);
    if index <= 2 * short {
        return if index % 2 == 1 { (index + 1) / 2 } else { -(index / 2) };
    }
    let beyond = index - 2 * short;
    if high > short { short + beyond } else { -(short + beyond) }
}

/// An integer that [`range`] can draw.
pub trait Integer: Copy + PartialOrd + sealed::Sealed {
    #[doc(hidden)]
    fn to_i128(self) -> i128;
    #[doc(hidden)]
    fn from_i128(value: i128) -> Self;
    #[doc(hidden)]
    fn before(self) -> Option<Self>;
}

/// A range that [`range`] accepts: `a..b` or `a..=b`.
pub trait Span<T> {
    #[doc(hidden)]
    fn bounds(self) -> (T, Option<T>);
}

impl<T: Integer> Span<T> for Range<T> {
    fn bounds(self) -> (T, Option<T>) {
        (self.start, self.end.before())
    }
}

impl<T: Integer> Span<T> for RangeInclusive<T> {
    fn bounds(self) -> (T, Option<T>) {
        (*self.start(), Some(*self.end()))
    }
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl sealed::Sealed for $integer {}
        impl Integer for $integer {
            fn to_i128(self) -> i128 {
                self as i128
            }
            fn from_i128(value: i128) -> Self {
                value as $integer
            }
            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

#[cfg(test)]
mod tests {
    use super::nearest_to_zero;

    #[test]
    fn integers_come_in_the_order_of_their_distance_from_zero() {
        let order = |low: i128, high: i128| {
            (0..=high - low).map(|i| nearest_to_zero(low, high, i)).collect::<Vec<_>>()
        };
        assert_eq!(order(3, 6), [3, 4, 5, 6]);
        assert_eq!(order(-6, -3), [-3, -4, -5, -6]);
        assert_eq!(order(-2, 4), [0, 1, -1, 2, -2, 3, 4]);
        assert_eq!(order(-4, 2), [0, 1, -1, 2, -2, -3, -4]);
        assert_eq!(order(0, 2), [0, 1, 2]);
    }
}
