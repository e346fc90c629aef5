//! `gpu_clustering`: hosts that run pods of the same number of GPUs; among equals the fewest free GPUs
//! left; ties: the lower host id.
//!
//! The baseline of that name in Weng et al., "Beware of Fragmentation", USENIX ATC 2023, which is the
//! packing of Gandiva (Xiao et al., OSDI 2018). In this order:
//!
//! 1. hosts that run pods of just this number of GPUs,
//! 2. hosts that run such pods and others,
//! 3. idle hosts,
//! 4. hosts that run pods of other numbers alone.
//!
//! With hosts of 8 GPUs of which one runs a pod of 4, one three pods of one GPU, and one is idle, a
//! request for 2 GPUs goes to the idle one, and the next such request follows it. Pods without GPUs
//! are not looked at; pods in grace and pods that are promised GPUs count. Found in an index of hosts
//! by the sizes of their pods, which is kept for this policy alone: one look for each group of hosts
//! alike in sizes and free GPUs.

use super::{Needs, Placement};
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::{Candidates, Sizes};

/// The member.
pub struct GpuClustering;

/// How well a pod of `gpus` GPUs goes with those there, the best 1.
fn rank(gpus: u32, there: Sizes) -> u32 {
    match there {
        _ if there.are_all(gpus) => 1,
        _ if there.include(gpus) => 2,
        _ if there.is_empty() => 3,
        _ => 4,
    }
}

impl Placement for GpuClustering {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.least_by_sizes(|room, there| (rank(room.taken.gpus, there), room.free.gpus))
    }
    fn needs(&self) -> Needs {
        Needs { sizes: true, ..Needs::default() }
    }
}
