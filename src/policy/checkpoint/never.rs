//! `never`: no checkpoint is written, so memory lost is all work lost.
//!
//! The default, and the baseline that the other members are set against. With `on_sigterm` beside it the
//! one checkpoint is that of the grace: what a power loss or an owner's stop takes is lost all the same.

use super::Checkpoint;
use crate::scenario::checkpointing::Checkpointing;
use crate::units::Span;

/// The member.
pub struct Never;

impl Checkpoint for Never {
    fn interval(&self, _: &Checkpointing) -> Option<Span> {
        None
    }
}
