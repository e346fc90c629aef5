//! In which order bidders give way (SPOT-05).

use super::biller::Biller;
use super::state::Pod;
use std::cmp::Reverse;
use walras::scenario::model::EvictionChoice;

impl Biller<'_> {
    /// SPOT-05. Puts those who may be displaced into the order in which they are taken.
    pub(crate) fn sort_for_eviction(&self, admissible: &mut [usize], eviction: EvictionChoice) {
        admissible.sort_by_key(|victim| {
            let victim = self.pod(*victim);
            // Youngest first, and a Reserved pod is the youngest.
            let placed = victim.placed.unwrap_or(u64::MAX);
            let first = match eviction {
                EvictionChoice::LowestBid => victim.bid.unwrap_or_default(),
                EvictionChoice::Youngest => 0,
                EvictionChoice::LeastWorkLost => i128::from(self.unsaved(victim)),
                EvictionChoice::FewestPods => -i128::from(victim.gpus),
                EvictionChoice::Own(_) => unreachable!("the oracle has none of its own"),
            };
            (first, Reverse(placed), Reverse(victim.id))
        });
    }
    /// POD-20. GPU-microseconds of work that a pod would have to do again if it were killed now.
    fn unsaved(&self, pod: &Pod) -> u64 {
        let (Some(work), Some(left)) = (pod.work, pod.work_left) else { return 0 };
        let since = pod.work_done.map(|timer| timer.at - left.div_ceil(u64::from(pod.gpus)));
        let worked = since.map_or(0, |since| u64::from(pod.gpus) * (self.now - since));
        work - left + worked
    }
}
