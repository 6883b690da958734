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
    let last = T::span(low, high);
    let index = match u64::try_from(last) {
        Ok(u64::MAX) => bits("draw::range").into(),
        Ok(last) => one_of("draw::range", last + 1).into(),
        Err(_) => wide(last),
    };
    T::at(low, high, index)
}

/// One of `0..=last`, all equally likely, where that takes more than 64 bits: in two words, drawn
/// again while they come out above it.
#[track_caller]
fn wide(last: u128) -> u128 {
    loop {
        let high = match (last >> 64) as u64 {
            u64::MAX => bits("draw::range"),
            high => one_of("draw::range", high + 1),
        };
        let index = u128::from(high) << 64 | u128::from(bits("draw::range"));
        if index <= last {
            return index;
        }
    }
}

/// The integer of `low..=high` that comes at `index` when they are ordered by their distance from
/// zero, the positive first. Of 128 bits, so sums that leave the type wrap around to the right one.
fn nearest_to_zero(low: i128, high: i128, index: u128) -> i128 {
    if low >= 0 {
        return low.wrapping_add(index as i128);
    }
    if high <= 0 {
        return high.wrapping_sub(index as i128);
    }
    // Both signs alternate until the shorter side is used up.
    let (below, above) = (low.unsigned_abs(), high.unsigned_abs());
    let short = above.min(below);
    if index <= 2 * short {
        let distance = (index / 2 + index % 2) as i128;
        return if index % 2 == 1 { distance } else { -distance };
    }
    let beyond = (index - short) as i128;
    if above > short { beyond } else { beyond.wrapping_neg() }
}

/// An integer that [`range`] can draw.
pub trait Integer: Copy + PartialOrd + sealed::Sealed {
    /// How many integers of `low..=high` there are besides the first.
    #[doc(hidden)]
    fn span(low: Self, high: Self) -> u128;
    /// The integer of `low..=high` that is so far from the simplest.
    #[doc(hidden)]
    fn at(low: Self, high: Self, index: u128) -> Self;
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
    ($($integer:ty as $wide:ty, $at:expr;)*) => {$(
        impl sealed::Sealed for $integer {}
        impl Integer for $integer {
            fn span(low: Self, high: Self) -> u128 {
                (high as $wide).wrapping_sub(low as $wide) as u128
            }
            fn at(low: Self, high: Self, index: u128) -> Self {
                let at: fn($wide, $wide, u128) -> $wide = $at;
                at(low as $wide, high as $wide, index) as $integer
            }
            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
    (unsigned: $($integer:ty)*) => {
        integers! { $($integer as u128, |low, _, index| low + index;)* }
    };
    (signed: $($integer:ty)*) => {
        integers! { $($integer as i128, nearest_to_zero;)* }
    };
}

integers!(unsigned: u8 u16 u32 u64 u128 usize);
integers!(signed: i8 i16 i32 i64 i128 isize);

#[cfg(test)]
mod tests {
    use super::{nearest_to_zero, range};

    #[test]
    fn integers_come_in_the_order_of_their_distance_from_zero() {
        let order = |low: i128, high: i128| {
            (0..=(high - low) as u128).map(|i| nearest_to_zero(low, high, i)).collect::<Vec<_>>()
        };
        assert_eq!(order(3, 6), [3, 4, 5, 6]);
        assert_eq!(order(-6, -3), [-3, -4, -5, -6]);
        assert_eq!(order(-2, 4), [0, 1, -1, 2, -2, 3, 4]);
        assert_eq!(order(-4, 2), [0, 1, -1, 2, -2, -3, -4]);
        assert_eq!(order(0, 2), [0, 1, 2]);
    }

    #[test]
    fn the_whole_of_128_bits_is_ordered_too() {
        let at = |index| nearest_to_zero(i128::MIN, i128::MAX, index);
        assert_eq!([0, 1, 2, 3].map(at), [0, 1, -1, 2]);
        assert_eq!(at(u128::MAX - 2), i128::MAX);
        assert_eq!([u128::MAX - 1, u128::MAX].map(at), [-i128::MAX, i128::MIN]);
        assert_eq!(nearest_to_zero(i128::MIN, -1, 1 << 126), -1 - (1 << 126));
    }

    #[test]
    fn ranges_of_more_than_64_bits_are_drawn_evenly() {
        crate::doc(|| async {
            const WIDE: i128 = 1_000_000_000_000_000_000_000_000_000_000;
            let drawn: Vec<i128> = (0..400).map(|_| range(-WIDE..2 * WIDE)).collect();
            assert!(drawn.iter().all(|value| (-WIDE..2 * WIDE).contains(value)));
            for third in [-WIDE..0, 0..WIDE, WIDE..2 * WIDE] {
                let hits = drawn.iter().filter(|value| third.contains(value)).count();
                assert!((90..180).contains(&hits), "{hits} of 400 in {third:?}");
            }
            let high = (0..400).filter(|_| range(0..=u128::MAX) > u128::MAX / 2).count();
            assert!((140..260).contains(&high), "{high} of 400");
            assert_eq!(range(i128::MIN..=i128::MIN), i128::MIN);
            assert!(range(u128::MAX - 1..=u128::MAX) >= u128::MAX - 1);
        });
    }
}
