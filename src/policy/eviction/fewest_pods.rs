//! `fewest_pods`: who has the most GPUs gives way first, so that few pods are displaced.
//!
//! Of 1, 4 and 3 GPUs a newcomer that wants 3 takes the pod of 4 alone (SPOT-05); one that wants 5 takes
//! those of 4 and 3.

use super::Eviction;
use crate::world::view::Evictable;

/// The member.
pub struct FewestPods;

impl Eviction for FewestPods {
    fn key(&self, candidate: &Evictable<'_>) -> i128 {
        -i128::from(candidate.gpus())
    }
}
