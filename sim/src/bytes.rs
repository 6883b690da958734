//! Random bytes that follow the seed, for whoever cannot ask the machine.
//!
//! Pure. What answers in the place of the operating system's randomness is called from anywhere,
//! also while the machine is borrowed: so it keeps a key and a counter of its own. These bytes are no
//! decisions: nothing simpler than a random key exists, and zeros break what is built on them. They
//! are the same for each tape of one seed.

use crate::hash;

/// A stream of random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes {
    key: u64,
    words: u64,
}

impl Bytes {
    pub(crate) fn new(key: u64) -> Self {
        Bytes { key, words: 0 }
    }

    /// The next bytes. What is left of the last eight that were drawn is not kept.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = hash::prf(self.key, self.words).to_le_bytes();
            self.words = self.words.wrapping_add(1);
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn golden_bytes_are_what_they_were() {
        let mut bytes = [0; 11];
        Bytes::new(7).fill(&mut bytes);
        let word = |counter| crate::hash::prf(7, counter).to_le_bytes();
        assert_eq!(bytes[..8], word(0));
        assert_eq!(bytes[8..], word(1)[..3]);
        assert_eq!(u64::from_le_bytes(word(3)), 0xe7cb_36c3_09fd_4e0b);
    }

    #[test]
    fn calls_follow_each_other() {
        let mut stream = Bytes::new(9);
        let (mut first, mut second, mut both) = ([0; 8], [0; 8], [0; 16]);
        stream.fill(&mut first);
        stream.fill(&mut second);
        Bytes::new(9).fill(&mut both);
        assert_eq!([first, second].concat(), both);
    }
}
