//! Hashes of strings and bytes: SipHash-1-3 with a key that follows from `PYTHONHASHSEED`.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher13;

/// The key of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashKey {
    k0: u64,
    k1: u64,
}

impl HashKey {
    /// The key without a secret: that of `PYTHONHASHSEED=0`.
    pub const WITHOUT_SECRET: Self = Self { k0: 0, k1: 0 };

    /// From 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let key = u128::from_le_bytes(bytes);
        Self { k0: key as u64, k1: (key >> 64) as u64 }
    }

    /// From `PYTHONHASHSEED`; 0 is [`Self::WITHOUT_SECRET`].
    pub fn from_seed(seed: u32) -> Self {
        if seed == 0 {
            return Self::WITHOUT_SECRET;
        }
        let mut state = seed;
        Self::from_random(std::array::from_fn(|_| {
            state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
            (state >> 16) as u8
        }))
    }

    /// The value of `PYTHONHASHSEED`: `None` for `random` or what asks for it, an error for what is neither
    /// that nor a number from 0 to 4294967295.
    pub fn parse_seed(text: &str) -> Result<Option<u32>, InvalidSeed> {
        if text.is_empty() || text == "random" {
            return Ok(None);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().map(Some).map_err(|_| InvalidSeed) } else { Err(InvalidSeed) }
    }

    /// `hash(bytes)`: of no bytes it is 0.
    pub fn hash_bytes(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        let mut hasher = SipHasher13::new_with_keys(self.k0, self.k1);
        hasher.write(bytes);
        match hasher.finish() as i64 {
            -1 => -2,
            hash => hash,
        }
    }

    /// `hash(str)` as CPython has it: over one, two or four bytes for each code point, as many as the widest
    /// needs. An ASCII string hashes as its bytes do.
    pub fn hash_text(&self, text: crate::Text<'_>) -> i64 {
        let bytes = text.bytes();
        if text.is_ascii() {
            return self.hash_bytes(bytes);
        }
        // The first byte of the widest code point tells its size.
        let widest = bytes.iter().copied().max().unwrap_or(0);
        let chars = text.wtf8().code_points().map(rustpython_wtf8::CodePoint::to_u32);
        let units: Vec<u8> = if widest <= 0xC3 {
            chars.map(|c| c as u8).collect()
        } else if widest <= 0xEF {
            chars.flat_map(|c| (c as u16).to_ne_bytes()).collect()
        } else {
            chars.flat_map(u32::to_ne_bytes).collect()
        };
        self.hash_bytes(&units)
    }
}

/// `PYTHONHASHSEED` is neither `random` nor a number that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSeed;

impl std::fmt::Display for InvalidSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]")
    }
}

impl std::error::Error for InvalidSeed {}
