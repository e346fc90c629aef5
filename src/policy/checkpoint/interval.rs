//! `interval("30m")`: a checkpoint after each so much work, whatever it costs.
//!
//! What training frameworks do by default. With checkpoints of 30 s and `interval("30m")`, work of two
//! hours takes 2 h 1 min 30 s where nothing interrupts it: three checkpoints, none after the last half
//! hour, for then it is done.

use super::Checkpoint;
use crate::scenario::checkpointing::Checkpointing;
use crate::units::Span;

/// The member.
pub struct Interval(pub Span);

impl Checkpoint for Interval {
    fn interval(&self, _: &Checkpointing) -> Option<Span> {
        Some(self.0)
    }
}
