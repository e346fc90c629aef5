//! `best_fit`: the host on which the fewest free GPUs are left; ties: the lower host id.
//!
//! The default of the market rules (POD-05). Keeps large holes whole: with hosts of 8 GPUs that have 1,
//! 3 and 8 free, a request for one GPU goes to the first. Found in the index of hosts by free GPUs.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct BestFit;

impl Placement for BestFit {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.tightest()
    }
}
