//! Facts written to a file, and read back as if they happened again.
//!
//! A recording opens with a line that names its version, as facts are encoded by position. Then come
//! blocks: the length in bytes (32 bits, little end first), the digest of all facts up to the end of
//! the block (32 bytes, see [`Digest`](super::digest::Digest)), the facts. A block of length 0 ends
//! it, so its digest is that of the run. A block is checked before anything in it is told: whoever
//! hears a damaged recording hears a true beginning, then nothing.

use super::encoding::{BLOCK, Encoder, LONGEST_FACT};
use super::{Fact, Journal, Sink};
use crate::units::SimTime;
use std::io::{self, Read, Write};

/// The first line of a recording.
const HEADER: &[u8] = concat!("walras journal ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
/// The bytes before the facts of a block: its length and its digest.
const BLOCK_HEAD: usize = 4 + blake3::OUT_LEN;

/// Hears every fact and writes it down.
#[derive(Debug)]
pub struct Recorder<W> {
    writer: W,
    encoder: Encoder,
    /// The first error; nothing is written after it.
    failure: Option<io::Error>,
}

impl<W: Write> Recorder<W> {
    /// Records to `writer`, in pieces of about 64 KiB.
    pub fn new(mut writer: W) -> Self {
        let failure = writer.write_all(HEADER).err();
        Self { writer, encoder: Encoder::default(), failure }
    }
    /// Ends the recording and gives the writer back.
    ///
    /// # Errors
    /// The first error of the writer, whenever it came.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.encoder.is_empty() {
            self.write_block();
        }
        // The block is empty now: writing it ends the recording.
        self.write_block();
        match self.failure {
            Some(failure) => Err(failure),
            None => self.writer.flush().map(|()| self.writer),
        }
    }
    fn write_block(&mut self) {
        let Self { writer, encoder, failure } = self;
        let written = encoder.close_block(|block, hasher| {
            if failure.is_some() {
                return Ok(());
            }
            let length = u32::try_from(block.len()).expect("a block is far below 4 GiB");
            writer.write_all(&length.to_le_bytes())?;
            writer.write_all(hasher.finalize().as_bytes())?;
            writer.write_all(block)
        });
        *failure = failure.take().or(written.err());
    }
}

impl<W: Write> Sink for Recorder<W> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        if self.encoder.append(at, fact) {
            self.write_block();
        }
    }
}

/// What a replayed recording held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// How many facts were told.
    pub facts: u64,
    /// The digest of them all, as [`Digest`](super::digest::Digest) gives it.
    pub digest: String,
}

/// Why a recording could not be replayed to its end. Positions are bytes from its start.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The reader failed.
    #[error("cannot read the recording at byte {position}")]
    Unreadable {
        /// Where.
        position: u64,
        /// Why.
        source: io::Error,
    },
    /// It does not open with the line of this version.
    #[error("no journal that this version recorded (it would begin with {:?})", header())]
    NotARecording,
    /// It stops before its end.
    #[error("the recording breaks off in the block that begins at byte {position}")]
    Truncated {
        /// Where the incomplete block begins.
        position: u64,
    },
    /// A block is not what was recorded, or something follows the end.
    #[error("the recording is damaged in the block that begins at byte {position}")]
    Corrupt {
        /// Where the damaged block begins.
        position: u64,
    },
}

/// The first line of a recording, for people.
fn header() -> &'static str {
    concat!("walras journal ", env!("CARGO_PKG_VERSION"))
}

/// Tells `journal` every fact that `reader` holds, as it was told when it was recorded.
///
/// # Errors
/// A recording that is none of this version's, breaks off, is damaged, or cannot be read. What was
/// told until then is true, but not all.
pub fn replay(reader: impl Read, journal: &mut Journal<'_>) -> Result<Replayed, ReplayError> {
    let mut player = Player::open(reader)?;
    while player.play_block(journal)? {}
    Ok(Replayed { facts: player.facts, digest: player.hasher.finalize().to_hex().to_string() })
}

/// A recording that is being replayed.
struct Player<R> {
    reader: R,
    /// Where the present block begins.
    position: u64,
    block: Vec<u8>,
    hasher: blake3::Hasher,
    facts: u64,
    now: SimTime,
}

impl<R: Read> Player<R> {
    fn open(reader: R) -> Result<Self, ReplayError> {
        let mut player = Self {
            reader,
            position: 0,
            block: Vec::new(),
            hasher: blake3::Hasher::new(),
            facts: 0,
            now: SimTime::ZERO,
        };
        match player.read(HEADER.len()) {
            Ok(()) if player.block == HEADER => {}
            Ok(()) | Err(ReplayError::Truncated { .. }) => return Err(ReplayError::NotARecording),
            Err(error) => return Err(error),
        }
        player.position = HEADER.len() as u64;
        Ok(player)
    }
    /// Tells the facts of the next block; says whether there was one.
    fn play_block(&mut self, journal: &mut Journal<'_>) -> Result<bool, ReplayError> {
        let corrupt = ReplayError::Corrupt { position: self.position };
        self.read(BLOCK_HEAD)?;
        let (length, digest) = self.block.split_first_chunk().expect("the head of a block");
        let length = u32::from_le_bytes(*length) as usize;
        let digest = blake3::Hash::from_slice(digest).expect("the head of a block");
        if BLOCK + LONGEST_FACT < length {
            return Err(corrupt);
        }
        self.read(length)?;
        self.hasher.update(&self.block);
        if self.hasher.finalize() != digest {
            return Err(corrupt);
        }
        if length == 0 {
            return if self.at_end()? { Ok(false) } else { Err(corrupt) };
        }
        self.tell(journal).ok_or(corrupt)?;
        self.position += (BLOCK_HEAD + length) as u64;
        Ok(true)
    }
    /// Tells the facts of the block; nothing if it is no sequence of facts.
    fn tell(&mut self, journal: &mut Journal<'_>) -> Option<()> {
        let mut rest = self.block.as_slice();
        while !rest.is_empty() {
            let ((at, fact), after) = postcard::take_from_bytes::<(SimTime, Fact)>(rest).ok()?;
            if at < self.now {
                return None;
            }
            journal.state(at, &fact);
            rest = after;
            self.now = at;
            self.facts += 1;
        }
        Some(())
    }
    /// Reads so many bytes into the block.
    fn read(&mut self, length: usize) -> Result<(), ReplayError> {
        self.block.clear();
        let position = self.position;
        let unreadable = |source| ReplayError::Unreadable { position, source };
        let mut piece = self.reader.by_ref().take(length as u64);
        let read = piece.read_to_end(&mut self.block).map_err(unreadable)?;
        if read < length { Err(ReplayError::Truncated { position }) } else { Ok(()) }
    }
    /// Whether nothing is left to read.
    fn at_end(&mut self) -> Result<bool, ReplayError> {
        match self.read(1) {
            Ok(()) => Ok(false),
            Err(ReplayError::Truncated { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
