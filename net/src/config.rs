//! How the network behaves, as numbers: latency, loss, windows.
//!
//! Pure data. Nothing here is drawn: what becomes of each packet is drawn by the link.

use reenact_sim::hash_combine;
use std::{ops::Range, time::Duration};

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

/// How the network behaves.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::Config;
/// use std::time::Duration;
///
/// let ms = Duration::from_millis;
/// let phone = Config::default().latency(ms(80)..ms(200)).loss(1, 100).window(16 << 10);
/// assert_ne!(phone, Config::wan());
/// // The presets are plain numbers too: only what becomes of each packet is drawn.
/// assert_eq!(Config::wan(), Config::default().latency(ms(20)..ms(150)));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// Least latency one way, in nanoseconds.
    pub(crate) least: u64,
    /// How many nanoseconds above the least there are to draw from.
    pub(crate) spread: u64,
    pub(crate) loss: Ratio,
    pub(crate) duplicate: Ratio,
    pub(crate) window: u32,
}

/// What a sender may have on the way before the reader has made room: 256 KiB.
const WINDOW: u32 = 256 << 10;

impl Default for Config {
    /// Each packet takes 1 to 10 ms one way, uniformly; nothing is lost.
    fn default() -> Self {
        Config::uniform(Duration::from_millis(1), Duration::from_millis(10))
    }
}

impl Config {
    const fn uniform(least: Duration, below: Duration) -> Self {
        let least_ns = least.as_nanos() as u64;
        let spread = below.as_nanos() as u64 - least_ns;
        Config { least: least_ns, spread, loss: Ratio::NEVER, duplicate: Ratio::NEVER, window: WINDOW }
    }

    /// No latency at all, nothing lost: what is sent arrives as soon as no task is ready.
    pub const fn ideal() -> Self {
        Config::uniform(Duration::ZERO, Duration::ZERO)
    }

    /// A local network: 0.1 to 0.8 ms one way (the base latency of FoundationDB's simulator).
    pub const fn lan() -> Self {
        Config::uniform(Duration::from_micros(100), Duration::from_micros(800))
    }

    /// Between continents: 20 to 150 ms one way.
    pub const fn wan() -> Self {
        Config::uniform(Duration::from_millis(20), Duration::from_millis(150))
    }

    /// A bad network: 1 to 50 ms one way, 5 % lost, 1 % twice.
    pub const fn lossy() -> Self {
        let mut config = Config::uniform(Duration::from_millis(1), Duration::from_millis(50));
        config.loss = Ratio::new(5, 100);
        config.duplicate = Ratio::new(1, 100);
        config
    }

    /// Latency one way, drawn uniformly from the range for each packet; if it ends where it starts,
    /// it is always that.
    ///
    /// # Panics
    ///
    /// If the range ends before it starts.
    #[must_use]
    #[track_caller]
    pub fn latency(mut self, range: Range<Duration>) -> Self {
        let Range { start, end } = range;
        assert!(
            start <= end,
            "a latency between {start:?} and {end:?} is none: write the least first, as in `{end:?}..{start:?}`"
        );
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.least = nanos(start);
        self.spread = nanos(end).saturating_sub(self.least);
        self
    }

    /// How many packets are lost: `num` in `den`, each on its own. Below TCP, loss shows as delay,
    /// since what is lost is sent again.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn loss(mut self, num: u64, den: u64) -> Self {
        self.loss = Ratio::new(num, den);
        self
    }

    /// How many datagrams arrive twice, `num` in `den`; the second copy has a latency of its own.
    /// TCP hides duplicates.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn duplicate(mut self, num: u64, den: u64) -> Self {
        self.duplicate = Ratio::new(num, den);
        self
    }

    /// How many bytes of a TCP stream may be sent before the reader has made room: 256 KiB unless
    /// set here. Writing waits when the window is full.
    ///
    /// # Panics
    ///
    /// If it is 0, with which nothing could ever be sent.
    #[must_use]
    #[track_caller]
    pub fn window(mut self, bytes: u32) -> Self {
        assert!(bytes > 0, "a window of 0 bytes lets nothing through: give it at least 1");
        self.window = bytes;
        self
    }

    /// The same with latencies that reach up to so many times as far.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// use reenact::net::Config;
    /// use std::time::Duration;
    ///
    /// let ms = Duration::from_millis;
    /// let slow = Config::default().latency(ms(1)..ms(10)).slower(5);
    /// assert_eq!(slow, Config::default().latency(ms(1)..ms(46)));
    /// ```
    #[must_use]
    pub fn slower(mut self, times: u64) -> Self {
        self.spread = self.spread.saturating_mul(times);
        self
    }

    /// A hash of all of it, to tell configurations apart in tokens.
    pub fn fingerprint(&self) -> u64 {
        let Config { least, spread, loss, duplicate, window } = self;
        [*least, *spread, loss.num, loss.den, duplicate.num, duplicate.den, *window as u64]
            .into_iter()
            .fold(0, hash_combine)
    }
}
