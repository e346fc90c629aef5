//! `first_fit`: the host with the lowest id, whatever is left on it.
//!
//! Fills hosts in the order of the scenario, so that the last ones stay empty: with hosts of 8 GPUs
//! that have 3, 1 and 8 free, a request for one GPU goes to the first. Found in the index by merging
//! its sets of hosts by free GPUs.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct FirstFit;

impl Placement for FirstFit {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.first()
    }
}
