//! The fixed hashes behind identities, streams and the digest.
//!
//! Pure. Everything a seed decides goes through these few functions, so they are written out here
//! and pinned by golden values: a library's hash may change with its version, and then every seed
//! anybody wrote down would mean another run. Not for security, and not for hash maps.

/// 2^64 divided by the golden ratio: the usual odd constant that spreads consecutive numbers.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Scrambles all 64 bits, one to one: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA
/// 2014, variant 13 of David Stafford).
#[inline]
pub(crate) const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Hashes an ordered pair: `combine(a, b) != combine(b, a)`.
#[inline]
pub const fn combine(a: u64, b: u64) -> u64 {
    combine_spread(a, spread(b))
}

/// The half of [`combine`] that needs the second of the pair only, for whoever keeps it.
#[inline]
pub const fn spread(b: u64) -> u64 {
    mix(b.wrapping_add(GOLDEN)).rotate_left(32)
}

/// The other half of [`combine`]: the second of the pair comes as [`spread`] leaves it.
#[inline]
pub const fn combine_spread(a: u64, spread: u64) -> u64 {
    mix(a.wrapping_mul(GOLDEN) ^ spread)
}

/// Hashes a name or any other bytes, eight at a time.
pub const fn bytes(data: &[u8]) -> u64 {
    let mut hash = data.len() as u64;
    let mut rest = data;
    while let Some((word, after)) = rest.split_first_chunk() {
        hash = combine(hash, u64::from_le_bytes(*word));
        rest = after;
    }
    if !rest.is_empty() {
        let (mut word, mut i) = (0, 0);
        while i < rest.len() {
            word |= (rest[i] as u64) << (8 * i);
            i += 1;
        }
        hash = combine(hash, word);
    }
    hash
}

/// A pseudo-random function of a key and a counter: draw number `counter` of the stream `key`,
/// at random access and with no state (the counter-based manner of Salmon et al., SC 2011).
#[inline]
pub(crate) const fn prf(key: u64, counter: u64) -> u64 {
    mix(mix(key.wrapping_add(counter.wrapping_mul(GOLDEN))) ^ key.rotate_left(32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_values_are_what_they_were() {
        // Worked out once by another program.
        assert_eq!(mix(1), 0x5692161d100b05e5);
        assert_eq!(combine(1, 2), 0xd6879976ae1cddaa);
        assert_eq!(bytes(b"server"), 0xc47031b45c04cff5);
        assert_eq!(bytes(b""), 0);
        assert_eq!(prf(7, 3), 0xe7cb36c309fd4e0b);
    }

    #[test]
    fn order_and_length_matter() {
        assert_ne!(combine(1, 2), combine(2, 1));
        assert_ne!(bytes(b"ab"), bytes(b"ab\0"));
        assert_ne!(prf(1, 2), prf(2, 1));
    }
}
