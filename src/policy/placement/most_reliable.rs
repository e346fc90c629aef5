//! `most_reliable`: the host with the highest score at its last return (HOST-09, POD-05); ties: the lower
//! host id.
//!
//! A host that never failed counts as fully reliable. With scores of 0.99, 1 and 0.995 a request goes to
//! the second, however full it is: packing is given up for fewer interruptions.
//!
//! Scores are no index: every host with enough free GPUs is looked at.

use super::Placement;
use crate::ids::HostId;
use crate::rng::Stream;
use crate::world::view::Candidates;

/// The member.
pub struct MostReliable;

impl Placement for MostReliable {
    fn choose(&self, candidates: &Candidates<'_>, _: &mut Stream) -> Option<HostId> {
        candidates.iter().max_by(|one, other| {
            let scores = (candidates.reliability(*one), candidates.reliability(*other));
            scores.0.compare(scores.1).then(other.cmp(one))
        })
    }
}
