//! How a draw is made: from the seed, the stream and the place in it, and from nothing else.
//!
//! Pure. The seed passes through ChaCha8 (RFC 8439's cipher with 8 rounds) into a master key, the master key
//! and the stream's identity through a fixed hash into the stream's key, and the draw itself is a
//! counter-based pseudo-random function. Bounds are met by multiply-shift with rejection (Lemire, ACM TOMACS
//! 2019), so every answer is equally likely, and no generator has to be kept. What a draw is for, and
//! whether a tape knows better, is decided in `dice`.

use crate::{hash, id::StreamId};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A place from which decisions are drawn in sequence: an identity and how many were drawn.
///
/// It is kept by whoever owns the decisions (a task, a socket), so that a draw touches nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stream {
    /// Who decides and for what purpose.
    pub id: StreamId,
    /// The number of the next draw.
    pub seq: u32,
}

impl Stream {
    /// The stream of `owner` for one purpose, at its beginning.
    #[inline]
    pub const fn new(owner: u64, purpose: u64) -> Self {
        Stream { id: StreamId(hash::combine(owner, purpose)), seq: 0 }
    }
}

/// What the draws of a stream are made from: worked out once by whoever draws much from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prepared(pub(super) u64);

/// The generator of the few long-lived purposes of a run (0 is the master key, 1 the strategy).
pub(crate) fn chacha(seed: u64, purpose: u64) -> ChaCha8Rng {
    let mut key = *b"........reenact: decision tape 1";
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(purpose);
    rng
}

/// One of `0..n`, for the draws of a strategy: by multiply-shift, unfair by less than `n` in 2^64.
#[inline]
pub(crate) fn share(rng: &mut ChaCha8Rng, n: u64) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(n)) >> 64) as u64
}

/// One of `0..n`, or any 64 bits where `n` is 0: draw number `seq` of the stream with this key.
#[inline]
pub(super) fn draw_keyed(key: u64, seq: u32, n: u64) -> u64 {
    let bits = hash::prf(key, seq as u64);
    if n == 0 {
        return bits;
    }
    let product = bits as u128 * n as u128;
    if (product as u64) < n { redraw(key, seq, n, product) } else { (product >> 64) as u64 }
}

/// Draws again while too few of the 2^64 numbers fall where the draw fell for all answers to be equally
/// likely.
#[cold]
#[inline(never)]
fn redraw(key: u64, seq: u32, n: u64, mut product: u128) -> u64 {
    let (short, mut counter) = (n.wrapping_neg() % n, seq as u64);
    while (product as u64) < short {
        counter += 1 << 32;
        product = hash::prf(key, counter) as u128 * n as u128;
    }
    (product >> 64) as u64
}
