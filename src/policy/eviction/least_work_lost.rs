//! `least_work_lost`: who has the least unsaved work gives way first.
//!
//! Unsaved work is GPU-time: what the pod would have to do again if it were killed now (SPOT-05, POD-20);
//! none for a pod that runs until it is told, or whose container is not up yet. Of two pods that have
//! worked for an hour on one GPU and for half an hour on four, the first goes: one GPU-hour against two.
//! What they may yet do within the grace is left out.

use super::Eviction;
use crate::world::view::Evictable;

/// The member.
pub struct LeastWorkLost;

impl Eviction for LeastWorkLost {
    fn key(&self, candidate: &Evictable<'_>) -> i128 {
        i128::try_from(candidate.unsaved_work().gpu_micros()).unwrap_or(i128::MAX)
    }
}
