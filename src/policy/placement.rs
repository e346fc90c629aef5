//! The seam of placement: which of the hosts that could take a request takes it (POD-05).
//!
//! The market has already settled what comes first (free capacity before grace, the order of GPU types,
//! the lower price); a member chooses among hosts that are equal in all of that.

pub mod best_fit;
pub mod cheapest;
pub mod dot_product;
pub mod first_fit;
pub mod fragmentation_aware;
pub mod gpu_clustering;
pub mod gpu_packing;
pub mod most_reliable;
pub mod pack_by_gpu_count;
pub mod random;
pub mod worst_fit;

use super::registry::{NotRegistered, Registry};
use crate::ids::HostId;
use crate::rng::Stream;
use crate::scenario::model::PlacementChoice;
pub use crate::scenario::own::Needs;
use crate::world::view::Candidates;

/// Where a request goes.
pub trait Placement {
    /// One of the candidates, or none if there is none. `stream` is the policy's own.
    fn choose(&self, candidates: &Candidates<'_>, stream: &mut Stream) -> Option<HostId>;
    /// What has to be kept for it, if it asks the candidates for more than rooms.
    fn needs(&self) -> Needs {
        Needs::default()
    }
}

/// The member of that name; one of the program's own is made by its `registry`.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn placement(
    choice: PlacementChoice,
    registry: &Registry,
) -> Result<Box<dyn Placement>, NotRegistered> {
    Ok(match choice {
        PlacementChoice::BestFit => Box::new(best_fit::BestFit),
        PlacementChoice::FirstFit => Box::new(first_fit::FirstFit),
        PlacementChoice::WorstFit => Box::new(worst_fit::WorstFit),
        PlacementChoice::Random => Box::new(random::Random),
        PlacementChoice::Cheapest => Box::new(cheapest::Cheapest),
        PlacementChoice::PackByGpuCount => Box::new(pack_by_gpu_count::PackByGpuCount),
        PlacementChoice::FragmentationAware => Box::new(fragmentation_aware::FragmentationAware),
        PlacementChoice::DotProduct => Box::new(dot_product::DotProduct),
        PlacementChoice::GpuPacking => Box::new(gpu_packing::GpuPacking),
        PlacementChoice::GpuClustering => Box::new(gpu_clustering::GpuClustering),
        PlacementChoice::MostReliable => Box::new(most_reliable::MostReliable),
        PlacementChoice::Own(own) => registry.placement.make(own)?,
    })
}
