//! The seam of eviction: in which order the spot pods of a host give way (SPOT-05).
//!
//! The market has already settled who may be displaced (SPOT-04) and on which host (SPOT-06, by the
//! lowest bids, whatever the policy). It takes candidates in the policy's order until the newcomer has
//! room; then, in the reverse of that order, it spares each whom it did not need. Candidates of equal
//! key go by age: the youngest placement first, a Reserved pod being the youngest, then the higher id.

pub mod fewest_pods;
pub mod least_work_lost;
pub mod lowest_bid;
pub mod youngest;

use super::registry::{NotRegistered, Registry};
use crate::scenario::model::EvictionChoice;
use crate::world::view::Evictable;

/// Who gives way first.
pub trait Eviction {
    /// Where a candidate stands: the least goes first.
    fn key(&self, candidate: &Evictable<'_>) -> i128;
    /// Whether the key is the bid: then the search for the host has found the victims, too.
    fn is_by_bid(&self) -> bool {
        false
    }
}

/// The member of that name; one of the program's own is made by its `registry`.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn eviction(
    choice: EvictionChoice,
    registry: &Registry,
) -> Result<Box<dyn Eviction>, NotRegistered> {
    Ok(match choice {
        EvictionChoice::LowestBid => Box::new(lowest_bid::LowestBid),
        EvictionChoice::Youngest => Box::new(youngest::Youngest),
        EvictionChoice::LeastWorkLost => Box::new(least_work_lost::LeastWorkLost),
        EvictionChoice::FewestPods => Box::new(fewest_pods::FewestPods),
        EvictionChoice::Own(own) => registry.eviction.make(own)?,
    })
}
