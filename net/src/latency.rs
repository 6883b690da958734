//! How late packets are: distributions, sampled in integers.
//!
//! Pure, and without floating point, whose functions differ between platforms. The tape answers which
//! quantile a packet has, and the inverse of the distribution function makes nanoseconds of it (inverse
//! transform sampling: Devroye, Non-Uniform Random Variate Generation, 1986, chapter 2). So a larger
//! answer is a later packet, and 0 is the earliest one there is, as the shrinker wants it.

use crate::ratio::Ratio;
use reenact_sim::{hash_bytes, hash_combine};
use std::{ops::Range, time::Duration};

/// Into how many quantiles a distribution is divided that is not uniform.
const QUANTILES: u64 = 1 << 32;
/// One, in the fixed-point numbers here: 32 bits behind the point.
const ONE: u128 = 1 << 32;
/// The natural logarithm of 2.
const LN_2: u128 = 2_977_044_472;
/// The standard normal quantile of 99 %: 2.3263479.
const Z_99: u128 = 9_991_588_038;

/// How late packets are, one way.
///
/// A range of durations is a uniform distribution, and a single one is constant, wherever a latency is
/// asked for.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::{Config, Latency};
/// use std::time::Duration;
///
/// let ms = Duration::from_millis;
/// let always_five = Config::default().latency(ms(5));
/// let usual = Config::default().latency(ms(1)..ms(10));
/// let mobile = Config::default().latency(Latency::log_normal(ms(40), ms(400)).at_least(ms(10)));
/// let disk_stalls = Config::default().latency(Latency::bimodal(ms(1)..ms(2), ms(100)..ms(200), 1, 1000));
/// assert_eq!(usual, Config::default());
/// # assert!(always_five != mobile && mobile != disk_stalls);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Latency {
    /// Nanoseconds that every packet takes.
    least: u64,
    above: Above,
}

/// What is added to the least latency, in nanoseconds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Above {
    /// Anything below this.
    Uniform(u64),
    /// With this mean.
    Exponential(u64),
    /// A median, and the binary logarithm of the factor by which one standard deviation differs.
    LogNormal(u64, u64),
    /// Anything below the first; but from the quantile on that comes last, the second plus anything
    /// below the third.
    Bimodal(u64, u64, u64, u64),
}

impl Latency {
    /// Every packet takes as long.
    pub const fn constant(latency: Duration) -> Self {
        Latency { least: nanos(latency), above: Above::Uniform(0) }
    }

    /// Anything of the range is equally likely; if it ends where it starts, it is always that.
    ///
    /// # Panics
    ///
    /// If the range ends before it starts.
    #[track_caller]
    pub fn uniform(range: Range<Duration>) -> Self {
        let (least, spread) = split(range);
        Latency { least, above: Above::Uniform(spread) }
    }

    pub(crate) const fn between(least: Duration, below: Duration) -> Self {
        let spread = nanos(below) - nanos(least);
        Latency { least: nanos(least), above: Above::Uniform(spread) }
    }

    /// Most packets take less than the mean, few take much longer: the time between events that do not
    /// know of each other. The longest is 22 times the mean.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// use reenact::net::{Config, Latency};
    /// use std::time::Duration;
    ///
    /// // As TigerBeetle's simulator has it: a floor, and an exponential tail above.
    /// let ms = Duration::from_millis;
    /// let config = Config::default().latency(Latency::exponential(ms(50)).at_least(ms(10)));
    /// # assert_ne!(config, Config::default());
    /// ```
    pub const fn exponential(mean: Duration) -> Self {
        Latency { least: 0, above: Above::Exponential(nanos(mean)) }
    }

    /// Half of the packets take less than `median`, and one in a hundred more than `p99`: what round
    /// trips on the internet look like.
    ///
    /// # Panics
    ///
    /// If `p99` is less than `median`, or `median` is zero.
    #[track_caller]
    pub fn log_normal(median: Duration, p99: Duration) -> Self {
        assert!(
            !median.is_zero() && median <= p99,
            "a latency with the median {median:?} and the 99th percentile {p99:?} is none: the median must be above zero, and the percentile no less than it"
        );
        let (median, p99) = (nanos(median), nanos(p99));
        let octaves = u128::from(log2(p99) - log2(median));
        Latency { least: 0, above: Above::LogNormal(median, (octaves * ONE / Z_99) as u64) }
    }

    /// Anything of the first range; in `num` of `den` cases anything of the second: a cache that
    /// misses, a path that is congested.
    ///
    /// # Panics
    ///
    /// If a range ends before it starts, or the second starts before the first, or `den` is 0 or less
    /// than `num`.
    #[track_caller]
    pub fn bimodal(mostly: Range<Duration>, rarely: Range<Duration>, num: u64, den: u64) -> Self {
        let rare = Ratio::new(num, den);
        let (least, spread) = split(mostly);
        let (late, late_spread) = split(rarely);
        assert!(
            least <= late,
            "what is rare here would be earlier than the rest: write the later range second"
        );
        let rest = u128::from(rare.den - rare.num);
        let from = (u128::from(QUANTILES) * rest / u128::from(rare.den)) as u64;
        Latency { least, above: Above::Bimodal(spread, late - least, late_spread, from) }
    }

    /// The same, so much later.
    #[must_use]
    pub const fn at_least(mut self, least: Duration) -> Self {
        self.least = self.least.saturating_add(nanos(least));
        self
    }

    /// The same, so many times as far above the least.
    pub(crate) fn slower(mut self, times: u64) -> Self {
        let far = |span: u64| span.saturating_mul(times);
        self.above = match self.above {
            Above::Uniform(spread) => Above::Uniform(far(spread)),
            Above::Exponential(mean) => Above::Exponential(far(mean)),
            Above::LogNormal(median, octaves) => Above::LogNormal(far(median), octaves),
            Above::Bimodal(spread, late, rare, from) => {
                Above::Bimodal(far(spread), far(late), far(rare), from)
            }
        };
        self
    }

    /// How many answers the tape has.
    #[inline]
    pub(crate) fn answers(&self) -> u64 {
        match self.above {
            Above::Uniform(spread) => spread,
            _ => QUANTILES,
        }
    }

    /// The nanoseconds that an answer stands for.
    #[inline]
    pub(crate) fn nanos(&self, answer: u64) -> u64 {
        match self.above {
            Above::Uniform(_) => self.least + answer,
            _ => self.least.saturating_add(self.quantile(answer)),
        }
    }

    #[cold]
    fn quantile(&self, answer: u64) -> u64 {
        match self.above {
            Above::Uniform(_) => answer,
            Above::Exponential(mean) => scaled(mean, minus_ln(QUANTILES - answer, 32)),
            Above::LogNormal(median, octaves) => {
                let z = normal_quantile(answer);
                let power = (i128::from(octaves) * i128::from(z)) >> 32;
                scaled(median, exp2(power))
            }
            Above::Bimodal(spread, _, _, from) if answer < from => part(spread, answer, from),
            Above::Bimodal(_, late, spread, from) => late + part(spread, answer - from, QUANTILES - from),
        }
    }

    pub(crate) fn fingerprint(&self) -> u64 {
        let words = match self.above {
            Above::Uniform(spread) => [spread, 0, 0, 0],
            Above::Exponential(mean) => [hash_bytes(b"exponential"), mean, 0, 0],
            Above::LogNormal(median, octaves) => [hash_bytes(b"log-normal"), median, octaves, 0],
            Above::Bimodal(a, b, c, d) => [hash_bytes(b"bimodal") ^ a, b, c, d],
        };
        words.into_iter().fold(self.least, hash_combine)
    }

    /// The least, and how many nanoseconds above it there are to draw from, if all are equally likely.
    pub(crate) fn as_uniform(&self) -> Option<(u64, u64)> {
        match self.above {
            Above::Uniform(spread) => Some((self.least, spread)),
            _ => None,
        }
    }
}

impl From<Duration> for Latency {
    fn from(latency: Duration) -> Self {
        Latency::constant(latency)
    }
}

impl From<Range<Duration>> for Latency {
    #[track_caller]
    fn from(range: Range<Duration>) -> Self {
        Latency::uniform(range)
    }
}

/// A span in nanoseconds; the longest there are, if it is longer.
pub(crate) const fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
}

#[track_caller]
fn split(Range { start, end }: Range<Duration>) -> (u64, u64) {
    assert!(
        start <= end,
        "a latency between {start:?} and {end:?} is none: write the least first, as in `{end:?}..{start:?}`"
    );
    (nanos(start), nanos(end) - nanos(start))
}

/// The `answer`-th of `of` equal parts of a span.
fn part(span: u64, answer: u64, of: u64) -> u64 {
    (u128::from(span) * u128::from(answer) / u128::from(of.max(1))) as u64
}

/// A whole number times a fixed-point one.
fn scaled(whole: u64, factor: u128) -> u64 {
    u64::try_from(u128::from(whole).saturating_mul(factor) >> 32).unwrap_or(u64::MAX)
}

/// The binary logarithm of a whole number above 0, bit by bit: squaring doubles it.
fn log2(x: u64) -> u64 {
    let zeros = x.leading_zeros();
    let (mut mantissa, mut fraction) = (x << zeros, 0);
    for _ in 0..32 {
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        let carry = (square >> 64) as u64;
        mantissa = (square >> carry) as u64;
        fraction = fraction << 1 | carry;
    }
    u64::from(63 - zeros) << 32 | fraction
}

/// The negative natural logarithm of `x` over 2 to this power.
fn minus_ln(x: u64, power: u64) -> u128 {
    (u128::from((power << 32) - log2(x)) * LN_2) >> 32
}

/// Two to this power: the whole part shifts, and the series of the exponential makes the rest.
fn exp2(power: i128) -> u128 {
    let (whole, fraction) = (power >> 32, (power & (ONE as i128 - 1)) as u128);
    let x = (fraction * LN_2) >> 32;
    let (mut term, mut sum) = (ONE, ONE);
    for k in 1..=14 {
        term = ((term * x) >> 32) / k;
        sum += term;
    }
    match whole {
        0.. => sum.checked_shl(whole as u32).filter(|_| whole < 64).unwrap_or(u128::MAX),
        _ => sum.checked_shr(whole.unsigned_abs() as u32).unwrap_or(0),
    }
}

/// The standard normal variable at the middle of this quantile, by the rational approximation of Hastings
/// (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23), which errs by less than 0.00045.
fn normal_quantile(answer: u64) -> i64 {
    let (below, above) = (2 * answer + 1, 2 * (QUANTILES - answer) - 1);
    let t = ((2 * minus_ln(below.min(above), 33)) << 32).isqrt();
    let horner = |coefficients: &[u128]| {
        coefficients.iter().rev().fold(0, |sum, &coefficient| ((sum * t) >> 32) + coefficient)
    };
    // 2.515517 + 0.802853 t + 0.010328 t² over 1 + 1.432788 t + 0.189269 t² + 0.001308 t³.
    let above_line = horner(&[10_804_063_247, 3_448_227_379, 44_358_422]);
    let below_line = horner(&[ONE, 6_153_777_602, 812_904_165, 5_617_817]);
    let z = t as i64 - ((above_line << 32) / below_line) as i64;
    if below < above { -z } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, proptest};

    const MS: Duration = Duration::from_millis(1);

    fn all() -> [Latency; 5] {
        [
            Latency::constant(5 * MS),
            Latency::uniform(MS..10 * MS),
            Latency::exponential(20 * MS).at_least(3 * MS),
            Latency::log_normal(40 * MS, 400 * MS),
            Latency::bimodal(MS..2 * MS, 100 * MS..200 * MS, 1, 100),
        ]
    }

    /// The latency at this share of the packets, in milliseconds.
    fn at(latency: &Latency, num: u64, den: u64) -> f64 {
        let answer = (u128::from(latency.answers()) * u128::from(num) / u128::from(den)) as u64;
        latency.nanos(answer) as f64 / 1e6
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() <= 0.002 * b.abs().max(0.001), "{a} is not {b}");
    }

    proptest! {
        #[test]
        fn a_larger_answer_is_never_an_earlier_packet(a: u32, b: u32) {
            for latency in all() {
                let n = latency.answers().max(1);
                let (a, b) = (u64::from(a) % n, u64::from(b) % n);
                prop_assert!(latency.nanos(a.min(b)) <= latency.nanos(a.max(b)), "{latency:?} {a} {b}");
            }
        }

        #[test]
        fn logarithms_and_powers_are_those_of_mathematics(x in 1u64.., power in -40.0f64..31.0) {
            prop_assert!((log2(x) as f64 / ONE as f64 - (x as f64).log2()).abs() < 1e-9);
            let two = exp2((power * ONE as f64) as i128) as f64 / ONE as f64;
            prop_assert!((two - power.exp2()).abs() <= 1e-8 * power.exp2() + 1e-9, "{two}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_distributions() {
        let [constant, uniform, exponential, log_normal, bimodal] = all();
        near(at(&constant, 1, 2), 5.0);
        near(at(&uniform, 1, 3), 4.0);
        near(at(&exponential, 0, 1), 3.0);
        near(at(&exponential, 1, 2), 3.0 + 20.0 * 2f64.ln());
        near(at(&exponential, 999, 1000), 3.0 + 20.0 * 1000f64.ln());
        near(at(&log_normal, 1, 2), 40.0);
        near(at(&log_normal, 99, 100), 400.0);
        near(at(&log_normal, 1, 100), 4.0);
        near(at(&bimodal, 98, 99), 1.0 + 98.0 / 99.0 / 0.99);
        near(at(&bimodal, 995, 1000), 150.0);
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        // The middle of each of so many equal parts.
        let mean = |latency: &Latency| {
            let parts = 20_000;
            (0..parts).map(|i| at(latency, 2 * i + 1, 2 * parts)).sum::<f64>() / parts as f64
        };
        let [constant, uniform, exponential, log_normal, bimodal] = all();
        near(mean(&constant), 5.0);
        near(mean(&uniform), 5.5);
        near(mean(&exponential), 23.0);
        near(mean(&bimodal), 0.99 * 1.5 + 0.01 * 150.0);
        // The mean of a log-normal variable is its median times exp(sigma² / 2).
        let sigma = 10f64.ln() / 2.326_347_9;
        let error = mean(&log_normal) / (40.0 * (sigma * sigma / 2.0).exp());
        assert!((0.99..1.01).contains(&error), "{error}");
    }

    #[test]
    fn the_ends_of_the_range_are_finite() {
        for latency in all() {
            let longest = latency.nanos(latency.answers().saturating_sub(1));
            assert!(longest < 60_000_000_000, "{latency:?} {longest}");
        }
        let absurd = Latency::log_normal(MS, Duration::MAX);
        assert_eq!(absurd.nanos(QUANTILES - 1), u64::MAX);
    }
}
