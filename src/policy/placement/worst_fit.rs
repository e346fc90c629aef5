//! `worst_fit`: the host on which the most free GPUs are left; ties: the lower host id.
//!
//! Spreads load, so that neighbours are few, at the price of large holes: with hosts of 8 GPUs that have
//! 1, 3 and 8 free, a request for one GPU goes to the last. The classic opposite of best fit (Johnson,
//! 1974). Found in the index of hosts by free GPUs, read from its end.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct WorstFit;

impl Placement for WorstFit {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.roomiest()
    }
}
