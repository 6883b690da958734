//! Numbers in LEB128 and words, as they stand in tokens.
//!
//! Pure. What is cut short or too large is refused in a few words, which `token` puts into a sentence.

/// Appends a number in LEB128.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What is left to read.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl Input<'_> {
    pub(super) fn byte(&mut self) -> Result<u8, &'static str> {
        let (&first, rest) = self.0.split_first().ok_or("cut short")?;
        self.0 = rest;
        Ok(first)
    }

    pub(super) fn word(&mut self) -> Result<u64, &'static str> {
        let (word, rest) = self.0.split_first_chunk().ok_or("cut short")?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*word))
    }

    pub(super) fn number(&mut self) -> Result<u64, &'static str> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = (byte & 0x7f) as u64;
            if (bits << shift) >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number too large")
    }

    /// A number that fits 32 bits.
    pub(super) fn short(&mut self) -> Result<u32, &'static str> {
        u32::try_from(self.number()?).map_err(|_| "a number too large")
    }
}
