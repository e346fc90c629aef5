//! `gpu_packing`: hosts in use before idle ones; of idle ones the smallest; ties: the lower host id.
//!
//! The baseline of that name in Weng et al., "Beware of Fragmentation", USENIX ATC 2023 (there: GPUs in
//! use before idle ones, hosts in use before idle ones). Of whole GPUs the first half is void, and a
//! host in use is as good as any other in use, however full: with hosts of 8 GPUs that have 8, 5 and
//! 1 free, a request for one GPU goes to the second. Found in the index by looking at one host for each
//! number of free GPUs.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct GpuPacking;

impl Placement for GpuPacking {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.least_by_gpus(|room| if room.is_whole() { room.total.gpus } else { 0 })
    }
}
