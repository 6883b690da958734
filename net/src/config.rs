//! How the network behaves, as numbers: latency, loss, windows.
//!
//! Pure data. Nothing here is drawn: what becomes of each packet is drawn by the link.

use crate::{latency::Latency, ratio::Ratio};
use reenact_sim::{hash_bytes, hash_combine};
use std::time::Duration;

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
    pub(crate) latency: Latency,
    pub(crate) loss: Ratio,
    pub(crate) duplicate: Ratio,
    pub(crate) window: u32,
    /// What a network does only where it is asked to; nothing of it is `None`.
    rare: Option<Box<Rare>>,
}

/// What a network does only where it is asked to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Rare {
    pub(crate) corrupt: Ratio,
    pub(crate) reorder: Reorder,
    pub(crate) bandwidth: Option<Bandwidth>,
    /// Reads, writes and segments that are done in part.
    pub(crate) fragment: Ratio,
    /// Segments at whose arrival the connection breaks.
    pub(crate) reset: Ratio,
    /// Connects to a host that is down of which the network tells.
    pub(crate) unreachable: Ratio,
    /// Lookups of names that fail.
    pub(crate) lookup: Ratio,
    /// The largest packet; 0 for any.
    pub(crate) mtu: u32,
}

impl Rare {
    pub(crate) const NONE: Rare = Rare {
        corrupt: Ratio::NEVER,
        reorder: Reorder { ratio: Ratio::NEVER, window: 0 },
        bandwidth: None,
        fragment: Ratio::NEVER,
        reset: Ratio::NEVER,
        unreachable: Ratio::NEVER,
        lookup: Ratio::NEVER,
        mtu: 0,
    };

    fn fingerprint(&self) -> u64 {
        let Rare { corrupt, reorder, bandwidth, fragment, reset, unreachable, lookup, mtu } = self;
        let bandwidth = bandwidth.map_or([0, 0], |Bandwidth { rate, queue }| [rate, queue]);
        let ratios = [corrupt, fragment, reset, unreachable, lookup].map(|ratio| [ratio.num, ratio.den]);
        let numbers = [reorder.fingerprint(), u64::from(*mtu)].into_iter().chain(bandwidth);
        numbers.chain(ratios.into_iter().flatten()).fold(hash_bytes(b"rare"), hash_combine)
    }
}

/// How many packets are held up, and by how many nanoseconds at the most.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Reorder {
    pub(crate) ratio: Ratio,
    pub(crate) window: u64,
}

impl Reorder {
    #[track_caller]
    pub(crate) fn new(num: u64, den: u64, window: Duration) -> Self {
        let window = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX);
        Reorder { ratio: Ratio::new(num, den), window }
    }

    pub(crate) fn fingerprint(&self) -> u64 {
        [self.ratio.num, self.ratio.den, self.window].into_iter().fold(0, hash_combine)
    }
}

/// How many bytes a second pass a link, and how many wait in front of it before some are dropped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Bandwidth {
    pub(crate) rate: u64,
    pub(crate) queue: u64,
}

impl Bandwidth {
    #[track_caller]
    pub(crate) fn new(rate: u64, queue: u64) -> Self {
        assert!(rate > 0, "a bandwidth of 0 bytes a second lets nothing through: cut the link instead");
        Bandwidth { rate, queue }
    }
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
    /// What it does only where it is asked to.
    pub(crate) fn rare(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(const { &Rare::NONE })
    }

    /// Whether it does nothing of that.
    pub(crate) fn is_plain(&self) -> bool {
        self.rare.is_none()
    }

    fn set_rare(&mut self, set: impl FnOnce(&mut Rare)) {
        let mut rare = self.rare().clone();
        set(&mut rare);
        self.rare = (rare != Rare::NONE).then(|| Box::new(rare));
    }

    const fn uniform(least: Duration, below: Duration) -> Self {
        let latency = Latency::between(least, below);
        let (loss, duplicate) = (Ratio::NEVER, Ratio::NEVER);
        Config { latency, loss, duplicate, window: WINDOW, rare: None }
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

    /// Latency one way, drawn for each packet: uniformly from a range of durations, or as any other
    /// [`Latency`] says.
    ///
    /// # Panics
    ///
    /// If a range ends before it starts.
    #[must_use]
    #[track_caller]
    pub fn latency(mut self, latency: impl Into<Latency>) -> Self {
        self.latency = latency.into();
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

    /// How many packets are corrupted on the way, `num` in `den`: of a datagram one bit is another one
    /// when it arrives. TCP's checksum finds it out, so there it is a loss.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn corrupt(mut self, num: u64, den: u64) -> Self {
        let corrupt = Ratio::new(num, den);
        self.set_rare(|rare| rare.corrupt = corrupt);
        self
    }

    /// How many packets are held up, `num` in `den`, by up to `window` more than their latency, so that
    /// others overtake them. Within a TCP stream nothing is overtaken: there it is delay.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn reorder(mut self, num: u64, den: u64, window: Duration) -> Self {
        let reorder = Reorder::new(num, den, window);
        self.set_rare(|rare| rare.reorder = reorder);
        self
    }

    /// How many bytes a second pass each link, and how many wait in front of it: what finds the queue
    /// full is lost (tail drop), and what waits is late by as long (bufferbloat). Unlimited unless set
    /// here. Counted with 40 bytes of headers a packet.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// use reenact::net::Config;
    ///
    /// // Ten megabits, with a buffer of 64 KiB.
    /// let dsl = Config::wan().bandwidth(1_250_000, 64 << 10);
    /// # assert_ne!(dsl, Config::wan());
    /// ```
    ///
    /// # Panics
    ///
    /// If `bytes_per_second` is 0.
    #[must_use]
    #[track_caller]
    pub fn bandwidth(mut self, bytes_per_second: u64, queue: u64) -> Self {
        let bandwidth = Some(Bandwidth::new(bytes_per_second, queue));
        self.set_rare(|rare| rare.bandwidth = bandwidth);
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

    /// The same with latencies that reach up to so many times as far above the least.
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
        self.latency = self.latency.slower(times);
        self
    }

    /// How many reads and writes of a stream are short, and how many segments are cut in two on the
    /// way, `num` in `den`: as every program must expect, and few do.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// use reenact::net::Config;
    ///
    /// // Half of all deliveries are a prefix, as in FoundationDB's simulator.
    /// let choppy = Config::default().fragment(1, 2);
    /// # assert_ne!(choppy, Config::default());
    /// ```
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn fragment(mut self, num: u64, den: u64) -> Self {
        let fragment = Ratio::new(num, den);
        self.set_rare(|rare| rare.fragment = fragment);
        self
    }

    /// At how many arrivals of bytes a connection breaks, `num` in `den`: for one of its ends, the
    /// other, or both, all three equally often. An end that hears nothing of it finds out when it sends.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn reset(mut self, num: u64, den: u64) -> Self {
        let reset = Ratio::new(num, den);
        self.set_rare(|rare| rare.reset = reset);
        self
    }

    /// How many connects to a host that is down fail at once with `HostUnreachable`, `num` in `den`, as
    /// where a router tells of it. The others time out.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn unreachable(mut self, num: u64, den: u64) -> Self {
        let unreachable = Ratio::new(num, den);
        self.set_rare(|rare| rare.unreachable = unreachable);
        self
    }

    /// How many lookups of names fail for the moment, `num` in `den`. Addresses need no lookup.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[must_use]
    #[track_caller]
    pub fn lookup_failure(mut self, num: u64, den: u64) -> Self {
        let lookup = Ratio::new(num, den);
        self.set_rare(|rare| rare.lookup = lookup);
        self
    }

    /// The largest packet that leaves a node: a larger datagram is refused with `EMSGSIZE`. Headers (28
    /// bytes over IPv4, 48 over IPv6) count. Without it only what no datagram can carry is refused: IP
    /// cuts large ones into pieces and puts them together again.
    ///
    /// # Panics
    ///
    /// If it is less than 68, which every network carries (RFC 791).
    #[must_use]
    #[track_caller]
    pub fn mtu(mut self, bytes: u32) -> Self {
        assert!(bytes >= 68, "an MTU of {bytes} bytes is none: every network carries 68 (RFC 791)");
        self.set_rare(|rare| rare.mtu = bytes);
        self
    }

    /// A hash of all of it, to tell configurations apart in tokens.
    pub fn fingerprint(&self) -> u64 {
        let Config { latency, loss, duplicate, window, rare } = self;
        let (least, spread) = latency.as_uniform().unwrap_or((0, latency.fingerprint()));
        let plain = [least, spread, loss.num, loss.den, duplicate.num, duplicate.den, *window as u64]
            .into_iter()
            .fold(0, hash_combine);
        rare.as_ref().map_or(plain, |rare| hash_combine(plain, rare.fingerprint()))
    }
}
