//! The canonical encoding of facts, gathered in blocks: what is recorded is what is digested.
//!
//! A fact and its instant are encoded by postcard, one after another; each encoding says by itself
//! where it ends. Blocks exist because hashing and writing many bytes at once is far cheaper than a
//! few at a time; where a block ends makes no difference to the digest.

use super::Fact;
use crate::units::SimTime;
use postcard::ser_flavors::Flavor;

/// A block is full when it has so many bytes.
pub(super) const BLOCK: usize = 1 << 16;
/// No fact is as long as this, nor a block longer than a full one by as much.
pub(super) const LONGEST_FACT: usize = 1 << 10;

/// The block that is being filled, and the digest of all that went into this and earlier blocks.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    block: Vec<u8>,
    hasher: blake3::Hasher,
}

impl Encoder {
    /// Adds a fact to the block; says whether the block is full now.
    pub(super) fn append(&mut self, at: SimTime, fact: &Fact) -> bool {
        postcard::serialize_with_flavor(&(at, fact), Tail(&mut self.block))
            .expect("a fact has a length and a vector has room");
        BLOCK <= self.block.len()
    }
    /// Whether the block has no fact yet.
    pub(super) fn is_empty(&self) -> bool {
        self.block.is_empty()
    }
    /// Counts the block into the digest and hands it to `take`, with the digest of all up to its end.
    pub(super) fn close_block<T>(&mut self, take: impl FnOnce(&[u8], &blake3::Hasher) -> T) -> T {
        self.hasher.update(&self.block);
        let taken = take(&self.block, &self.hasher);
        self.block.clear();
        taken
    }
}

/// Writes to the end of a vector.
struct Tail<'a>(&'a mut Vec<u8>);

impl Flavor for Tail<'_> {
    type Output = ();
    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(data);
        Ok(())
    }
    fn try_push(&mut self, data: u8) -> postcard::Result<()> {
        self.0.push(data);
        Ok(())
    }
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
