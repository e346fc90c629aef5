//! `cheapest`: the host at which the request has to pay least; ties: the lower host id.
//!
//! POD-05 has put the lower price before the policy already, so on demand all candidates cost the same
//! and this is first fit. A spot request pays its bid wherever it goes; there the host with the least
//! floor (GPU-04) is the cheapest that it can have, and the dearer ones are kept for bids that reach
//! them: with floors of 0.40, 0.30 and 0.35 a bid goes to the second host.
//!
//! Floors are no index of their own. Hosts are looked at in order of id, up to the first whose floor is
//! the least that its scope has free: one host where hosts state no floors, all candidates at worst.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct Cheapest;

impl Placement for Cheapest {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.cheapest()
    }
}
