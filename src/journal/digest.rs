//! The digest of a run: one line that is equal exactly if all facts are.
//!
//! It is the BLAKE3 hash of the canonical encoding of every fact with its instant. Two runs that
//! should be the same (in debug and in release, on one thread and on many, live and replayed) are
//! compared by it.

use super::encoding::Encoder;
use super::{Fact, Sink};
use crate::units::SimTime;

/// Hears every fact and keeps no more than its digest.
#[derive(Debug, Default)]
pub struct Digest {
    encoder: Encoder,
}

impl Digest {
    /// The digest of no facts yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// The digest of all that was heard, as 64 hexadecimal digits.
    pub fn finish(mut self) -> String {
        self.encoder.close_block(|_, hasher| hasher.finalize().to_hex().to_string())
    }
}

impl Sink for Digest {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        if self.encoder.append(at, fact) {
            self.encoder.close_block(|_, _| ());
        }
    }
}
