//! A point of virtual time.
//!
//! Why it exists: `std::time::Instant` can only be made by asking the machine
//! it runs on, and is opaque. This one is a plain number, so a run can say
//! "1.204s" and mean the same everywhere.
//!
//! What it does not do: read a clock, know a node's skew, or panic. All its
//! arithmetic saturates: the far future is [`Instant::MAX`], "never", and the
//! past ends at [`Instant::ZERO`]. A pure room.

use std::fmt;
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
            return f.pad("never");
        }
        // 11 digits of seconds, a point, 9 decimals, an "s": 22 bytes at most,
        // written from the right, so that `pad` can align without a `String`.
        let mut text = [0u8; 24];
        let mut start = text.len() - 1;
        text[start] = b's';
        let (mut whole, mut decimals) = (self.0 / NANOS_PER_SEC, self.0 % NANOS_PER_SEC);
        let mut groups = 3;
        while groups > 1 && decimals.is_multiple_of(1_000) {
            decimals /= 1_000;
            groups -= 1;
        }
        for _ in 0..groups * 3 {
            start -= 1;
            text[start] = b'0' + (decimals % 10) as u8;
            decimals /= 10;
        }
        start -= 1;
        text[start] = b'.';
        loop {
            start -= 1;
            text[start] = b'0' + (whole % 10) as u8;
            whole /= 10;
            if whole == 0 {
                break;
            }
        }
        // A precision would make `pad` cut the text; nothing may be lost.
        let text = std::str::from_utf8(&text[start..]).expect("digits are ASCII");
        f.pad(text)
    }
}

/// The same as `Display`: a number of nanoseconds helps nobody.
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
