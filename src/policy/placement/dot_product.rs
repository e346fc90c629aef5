//! `dot_product`: the least dot product of what is free on the host and what the request takes there;
//! ties: the lower host id.
//!
//! The baseline of that name in Weng et al., "Beware of Fragmentation", USENIX ATC 2023, after the
//! alignment of Tetris (Grandl et al., SIGCOMM 2014), which takes the greatest; the least is what that
//! paper compares with, for it packs. In GPUs and vCPUs, each as a part of what the largest host has
//! of it (G GPUs, V vCPUs):
//!
//! ```text
//! (free GPUs · GPUs taken) / G² + (free vCPUs · vCPUs taken) / V²
//! ```
//!
//! Reckoned in whole numbers, multiplied by G² V². With hosts of 8 GPUs and 64 vCPUs, of which one has
//! 2 GPUs and 60 vCPUs free and one 4 GPUs and 10 vCPUs, a request for one GPU and 8 vCPUs comes to
//! 0.031 + 0.117 on the first and to 0.063 + 0.020 on the second: it goes to the second, where best fit
//! takes the first.
//!
//! Where vCPUs come with the GPUs by share, the product follows the free GPUs and the index finds the
//! host; with `vcpu_memory: requested` every candidate is looked at, and a placement costs as much as
//! there are hosts with enough free.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct DotProduct;

impl Placement for DotProduct {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        let largest = candidates.largest();
        let square = |amount: u32| u128::from(amount) * u128::from(amount);
        let (of_gpus, of_vcpus) = (square(largest.gpus), square(largest.vcpus));
        candidates.least(|room| {
            let gpus = u128::from(room.free.gpus) * u128::from(room.taken.gpus);
            let vcpus = u128::from(room.free.vcpus) * u128::from(room.taken.vcpus);
            // A fleet without vCPUs has nothing to align but GPUs.
            if of_vcpus == 0 { gpus } else { gpus * of_vcpus + vcpus * of_gpus }
        })
    }
}
