//! `pack_by_gpu_count`: a request smaller than a host goes to hosts in use before whole ones; among
//! each, the fewest free GPUs left; ties: the lower host id.
//!
//! Keeps whole hosts free for pods that need one: with a host of 8 GPUs that has 5 free, and a whole one
//! of 4, a request for 3 GPUs goes to the first, where best fit breaks the second. A request for 4 fills
//! the second, which is then no whole host broken. Found in the index by looking at one host for each
//! number of free GPUs.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct PackByGpuCount;

impl Placement for PackByGpuCount {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.least_by_gpus(|room| {
            let breaks_whole = room.is_whole() && room.taken.gpus < room.total.gpus;
            (breaks_whole, room.free.gpus)
        })
    }
}
