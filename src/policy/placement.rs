//! The seam of placement: which of the hosts that could take a request takes it (POD-05).
//!
//! The market has already settled what comes first (free capacity before grace, the order of GPU types,
//! the lower price); a member chooses among hosts that are equal in all of that.

pub mod best_fit;
pub mod first_fit;
pub mod random;

use crate::ids::HostId;
use crate::rng::Stream;
use crate::scenario::model::PlacementChoice;
use crate::world::view::Candidates;

/// Where a request goes.
pub trait Placement {
    /// One of the candidates, or none if there is none. `stream` is the policy's own.
    fn choose(&self, candidates: &Candidates<'_>, stream: &mut Stream) -> Option<HostId>;
}

/// The member of that name.
pub fn placement(choice: PlacementChoice) -> Box<dyn Placement> {
    match choice {
        PlacementChoice::BestFit => Box::new(best_fit::BestFit),
        PlacementChoice::FirstFit => Box::new(first_fit::FirstFit),
        PlacementChoice::Random => Box::new(random::Random),
    }
}
