//! `random`: any host that fits, with equal probability.
//!
//! The baseline of the packing literature (Weng et al., USENIX ATC 2023). Draws from the placement
//! policy's own stream; the host is found by rank in the index.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct Random;

impl Placement for Random {
    fn choose(&self, candidates: &Candidates<'_>, stream: &mut Stream) -> Option<HostId> {
        candidates.any(stream)
    }
}
