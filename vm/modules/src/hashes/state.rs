//! The state of a hash under way, whatever the algorithm.

use md5::Digest;
use sha3::digest::{ExtendableOutput, XofReader};

/// A hash under way.
#[derive(Clone)]
pub(super) enum State {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
    Shake128(sha3::Shake128),
    Shake256(sha3::Shake256),
    Blake2b(Box<blake2b_simd::State>, usize),
    Blake2s(Box<blake2s_simd::State>, usize),
}

macro_rules! each {
    ($state:expr, $hash:ident => $digest:expr, $xof:ident => $shake:expr, $blake:ident => $blake2:expr) => {
        match $state {
            State::Md5($hash) => $digest,
            State::Sha1($hash) => $digest,
            State::Sha224($hash) => $digest,
            State::Sha256($hash) => $digest,
            State::Sha384($hash) => $digest,
            State::Sha512($hash) => $digest,
            State::Sha3_224($hash) => $digest,
            State::Sha3_256($hash) => $digest,
            State::Sha3_384($hash) => $digest,
            State::Sha3_512($hash) => $digest,
            State::Shake128($xof) => $shake,
            State::Shake256($xof) => $shake,
            State::Blake2b($blake, _) => $blake2,
            State::Blake2s($blake, _) => $blake2,
        }
    };
}

impl State {
    pub(super) fn update(&mut self, data: &[u8]) {
        each!(
            self,
            hash => Digest::update(hash, data),
            xof => sha3::digest::Update::update(xof, data),
            blake => { blake.update(data); }
        );
    }

    /// The digest; `length` is how much of it, where that is to be said.
    pub(super) fn digest(&self, length: usize) -> Vec<u8> {
        each!(
            self,
            hash => hash.clone().finalize().to_vec(),
            xof => {
                let mut digest = vec![0; length];
                xof.clone().finalize_xof().read(&mut digest);
                digest
            },
            blake => blake.finalize().as_bytes().to_vec()
        )
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Md5(_) => "md5",
            Self::Sha1(_) => "sha1",
            Self::Sha224(_) => "sha224",
            Self::Sha256(_) => "sha256",
            Self::Sha384(_) => "sha384",
            Self::Sha512(_) => "sha512",
            Self::Sha3_224(_) => "sha3_224",
            Self::Sha3_256(_) => "sha3_256",
            Self::Sha3_384(_) => "sha3_384",
            Self::Sha3_512(_) => "sha3_512",
            Self::Shake128(_) => "shake_128",
            Self::Shake256(_) => "shake_256",
            Self::Blake2b(..) => "blake2b",
            Self::Blake2s(..) => "blake2s",
        }
    }

    /// The bytes of the digest; 0 where its length is to be said.
    pub(super) fn digest_size(&self) -> usize {
        match self {
            Self::Md5(_) => 16,
            Self::Sha1(_) => 20,
            Self::Sha224(_) | Self::Sha3_224(_) => 28,
            Self::Sha256(_) | Self::Sha3_256(_) => 32,
            Self::Sha384(_) | Self::Sha3_384(_) => 48,
            Self::Sha512(_) | Self::Sha3_512(_) => 64,
            Self::Shake128(_) | Self::Shake256(_) => 0,
            Self::Blake2b(_, size) | Self::Blake2s(_, size) => *size,
        }
    }

    /// The bytes that are hashed at once.
    pub(super) fn block_size(&self) -> usize {
        match self {
            Self::Md5(_) | Self::Sha1(_) | Self::Sha224(_) | Self::Sha256(_) | Self::Blake2s(..) => 64,
            Self::Sha384(_) | Self::Sha512(_) | Self::Blake2b(..) => 128,
            Self::Sha3_224(_) => 144,
            Self::Sha3_256(_) | Self::Shake256(_) => 136,
            Self::Sha3_384(_) => 104,
            Self::Sha3_512(_) => 72,
            Self::Shake128(_) => 168,
        }
    }

    pub(super) fn is_shake(&self) -> bool {
        matches!(self, Self::Shake128(_) | Self::Shake256(_))
    }
}
