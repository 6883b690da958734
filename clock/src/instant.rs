//! A point of virtual time.
//!
//! Why it exists: `std::time::Instant` can only be made by asking the machine
//! it runs on, and is opaque. This one is a plain number, so a run can say
//! "1.204s" and mean the same everywhere.
//!
//! What it does not do: read a clock, know a node's skew, or panic. All its
//! arithmetic saturates: the far future is [`Instant::MAX`], "never", and the
//! past ends at [`Instant::ZERO`]. A pure room.

use std::fmt::{self, Write as _};
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// A point of virtual time: nanoseconds since the run began.
///
/// It prints as seconds, with three, six or nine decimals, whatever it takes
/// to lose nothing; [`Instant::MAX`] prints as `never`.
///
/// ```
/// use reenact_clock::Instant;
/// use std::time::Duration;
///
/// let start = Instant::ZERO + Duration::from_millis(1_204);
/// assert_eq!(start.to_string(), "1.204s");
/// assert_eq!(format!("{start:>8}"), "  1.204s");
/// assert_eq!((start + Duration::MAX).to_string(), "never");
/// assert_eq!(start - Instant::ZERO, Duration::from_millis(1_204));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

impl Instant {
    /// The start of the run.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// assert_eq!(Instant::ZERO, Instant::default());
    /// assert_eq!(Instant::ZERO.as_nanos(), 0);
    /// ```
    pub const ZERO: Instant = Instant(0);

    /// Never: later than all that can happen (585 years).
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// assert_eq!(Instant::MAX.to_string(), "never");
    /// ```
    pub const MAX: Instant = Instant(u64::MAX);

    /// The instant so many nanoseconds after the start of the run.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// const TICK: Instant = Instant::from_nanos(1_500_000);
    /// assert_eq!(TICK.to_string(), "0.001500s");
    /// ```
    #[inline]
    pub const fn from_nanos(nanos: u64) -> Instant {
        Instant(nanos)
    }

    /// Nanoseconds since the start of the run.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// assert_eq!(Instant::from_nanos(7).as_nanos(), 7);
    /// ```
    #[inline]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// How long after the start of the run this is.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// # use std::time::Duration;
    /// assert_eq!(Instant::from_nanos(2_000).since_start(), Duration::from_micros(2));
    /// ```
    #[inline]
    pub const fn since_start(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// The later instant, or `None` if there is no number for it.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// # use std::time::Duration;
    /// let second = Duration::from_secs(1);
    /// assert_eq!(Instant::ZERO.checked_add(second), Some(Instant::from_nanos(1_000_000_000)));
    /// assert_eq!(Instant::MAX.checked_add(second), None);
    /// ```
    #[inline]
    pub fn checked_add(self, duration: Duration) -> Option<Instant> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_add(nanos).map(Instant)
    }

    /// The earlier instant, or `None` if that is before the start of the run.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// # use std::time::Duration;
    /// let micro = Duration::from_micros(1);
    /// assert_eq!(Instant::from_nanos(1_000).checked_sub(micro), Some(Instant::ZERO));
    /// assert_eq!(Instant::from_nanos(999).checked_sub(micro), None);
    /// ```
    #[inline]
    pub fn checked_sub(self, duration: Duration) -> Option<Instant> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_sub(nanos).map(Instant)
    }

    /// How long after `earlier` this is; zero if it is not after it.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// # use std::time::Duration;
    /// let (one, three) = (Instant::from_nanos(1), Instant::from_nanos(3));
    /// assert_eq!(three.duration_since(one), Duration::from_nanos(2));
    /// assert_eq!(one.duration_since(three), Duration::ZERO);
    /// ```
    #[inline]
    pub const fn duration_since(self, earlier: Instant) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The same as [`duration_since`](Instant::duration_since), said aloud.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// # use std::time::Duration;
    /// assert_eq!(Instant::ZERO.saturating_duration_since(Instant::MAX), Duration::ZERO);
    /// ```
    #[inline]
    pub const fn saturating_duration_since(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }

    /// How long after `earlier` this is, or `None` if it is before it.
    ///
    /// ```
    /// # use reenact_clock::Instant;
    /// # use std::time::Duration;
    /// let (one, three) = (Instant::from_nanos(1), Instant::from_nanos(3));
    /// assert_eq!(three.checked_duration_since(one), Some(Duration::from_nanos(2)));
    /// assert_eq!(one.checked_duration_since(three), None);
    /// ```
    #[inline]
    pub fn checked_duration_since(self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(Duration::from_nanos)
    }
}

/// Stops at [`Instant::MAX`] instead of overflowing.
impl Add<Duration> for Instant {
    type Output = Instant;

    #[inline]
    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration).unwrap_or(Instant::MAX)
    }
}

/// Stops at [`Instant::MAX`] instead of overflowing.
impl AddAssign<Duration> for Instant {
    #[inline]
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

/// Stops at [`Instant::ZERO`] instead of overflowing.
impl Sub<Duration> for Instant {
    type Output = Instant;

    #[inline]
    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration).unwrap_or(Instant::ZERO)
    }
}

/// Stops at [`Instant::ZERO`] instead of overflowing.
impl SubAssign<Duration> for Instant {
    #[inline]
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

/// The same as [`Instant::duration_since`].
impl Sub<Instant> for Instant {
    type Output = Duration;

    #[inline]
    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Instant::MAX {
            return pad("never", f);
        }
        // Written from the right: an "s", nine decimals at most, a point, and
        // eleven digits at most.
        let mut text = [0; 22];
        let mut start = text.len();
        let mut put = |byte| {
            start -= 1;
            text[start] = byte;
        };
        put(b's');
        let mut decimals = self.0 % NANOS_PER_SEC;
        let mut groups = 3;
        while groups > 1 && decimals.is_multiple_of(1_000) {
            decimals /= 1_000;
            groups -= 1;
        }
        for _ in 0..groups * 3 {
            put(digit(decimals));
            decimals /= 10;
        }
        put(b'.');
        let mut seconds = self.0 / NANOS_PER_SEC;
        loop {
            put(digit(seconds));
            seconds /= 10;
            if seconds == 0 {
                break;
            }
        }
        pad(str::from_utf8(&text[start..]).expect("all is ASCII"), f)
    }
}

/// The last decimal digit of a number.
fn digit(number: u64) -> u8 {
    b'0' + (number % 10) as u8
}

/// Like `Formatter::pad`, but a precision does not cut the text: `{:.1}` of
/// 12 seconds must not be "1".
fn pad(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let missing = f.width().unwrap_or(0).saturating_sub(text.len());
    let before = match f.align() {
        None | Some(fmt::Alignment::Left) => 0,
        Some(fmt::Alignment::Center) => missing / 2,
        Some(fmt::Alignment::Right) => missing,
    };
    let fill = f.fill();
    for _ in 0..before {
        f.write_char(fill)?;
    }
    f.write_str(text)?;
    for _ in before..missing {
        f.write_char(fill)?;
    }
    Ok(())
}

/// The same as `Display`: a bare number of nanoseconds helps nobody.
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seconds_print_in_groups_of_three_decimals() {
        let printed = |nanos| Instant::from_nanos(nanos).to_string();
        assert_eq!(printed(0), "0.000s");
        assert_eq!(printed(1), "0.000000001s");
        assert_eq!(printed(1_000), "0.000001s");
        assert_eq!(printed(1_204_000_000), "1.204s");
        assert_eq!(printed(1_204_567_000), "1.204567s");
        assert_eq!(printed(1_204_567_800), "1.204567800s");
        assert_eq!(printed(2_000_000_000), "2.000s");
        assert_eq!(printed(u64::MAX - 1), "18446744073.709551614s");
        assert_eq!(printed(u64::MAX), "never");
        assert_eq!(format!("{:?}", Instant::ZERO), "0.000s");
    }

    #[test]
    fn width_fill_and_alignment_are_honoured_and_precision_is_not() {
        let at = Instant::from_nanos(12_500_000_000);
        assert_eq!(format!("[{at:10}]"), "[12.500s   ]");
        assert_eq!(format!("[{at:>10}]"), "[   12.500s]");
        assert_eq!(format!("[{at:*^10}]"), "[*12.500s**]");
        assert_eq!(format!("[{at:3}]"), "[12.500s]");
        assert_eq!(format!("[{at:.1}]"), "[12.500s]");
        assert_eq!(format!("[{:->8?}]", Instant::MAX), "[---never]");
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_time() {
        let (second, age) = (Duration::from_secs(1), Duration::MAX);
        assert_eq!(Instant::from_nanos(5) + age, Instant::MAX);
        assert_eq!(Instant::MAX + second, Instant::MAX);
        assert_eq!(Instant::from_nanos(5) - second, Instant::ZERO);
        assert_eq!(Instant::MAX - age, Instant::ZERO);
        assert_eq!(Instant::ZERO - Instant::MAX, Duration::ZERO);
        let mut at = Instant::MAX;
        at -= second;
        assert_eq!(Instant::MAX - at, second);
        at += age;
        assert_eq!(at, Instant::MAX);
    }

    proptest! {
        #[test]
        fn printing_loses_nothing(nanos in 0..u64::MAX, zeros in 0..10u32) {
            let nanos = nanos / 10u64.pow(zeros) * 10u64.pow(zeros);
            let printed = Instant::from_nanos(nanos).to_string();
            let (seconds, decimals) = printed.trim_end_matches('s').split_once('.').unwrap();
            prop_assert!(decimals.len() == 3 || !decimals.ends_with("000"));
            prop_assert_eq!(decimals.len() % 3, 0);
            let read: u64 = format!("{seconds}{decimals:0<9}").parse().unwrap();
            prop_assert_eq!(read, nanos);
        }

        #[test]
        fn adding_and_subtracting_agree(at: u64, nanos: u64, seconds: u64) {
            let (at, by) = (Instant::from_nanos(at), Duration::from_nanos(nanos));
            if let Some(later) = at.checked_add(by) {
                prop_assert_eq!(later, at + by);
                prop_assert_eq!(later - at, by);
                prop_assert_eq!(later - by, at);
                prop_assert_eq!(later.checked_sub(by), Some(at));
                prop_assert_eq!(later.checked_duration_since(at), Some(by));
            } else {
                prop_assert_eq!(at + by, Instant::MAX);
            }
            let wide = u128::from(at.as_nanos()) + u128::from(seconds) * 1_000_000_000;
            let sum = at.checked_add(Duration::from_secs(seconds));
            prop_assert_eq!(sum.map(Instant::as_nanos), u64::try_from(wide).ok());
        }
    }
}
