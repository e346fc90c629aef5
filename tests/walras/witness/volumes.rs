//! Network volumes: who has them, and what follows (NVOL-05, NVOL-07, NVOL-08).

use super::{Is, Witness};
use std::collections::BTreeMap;
use walras::ids::{NetworkVolumeId, PodId};
use walras::journal::Fact;
use walras::journal::fact::EndReason;
use walras::scenario::rules::NetworkVolumePodsStop;

/// Network volumes of pods that are not gone.
pub(super) type Attached = BTreeMap<PodId, NetworkVolumeId>;

impl Witness<'_> {
    /// After what the fact says of a pod.
    pub(super) fn hear_volumes(&mut self, fact: &Fact) {
        match *fact {
            Fact::NetworkVolumeAttached { pod, volume } => {
                self.volumes.insert(pod, volume);
            }
            Fact::PodStopped { pod } if self.volumes.contains_key(&pod) => {
                // NVOL-07. Nothing ties it any more.
                self.pods.entry(pod).and_modify(|seen| seen.tied = None);
                let allowed = NetworkVolumePodsStop::Allowed;
                let may = self.scenario.rules.network_volume_pods_stop == allowed;
                self.ensure(may, || format!("NVOL-07: {fact:?}"));
            }
            Fact::PodTerminated { pod } => {
                self.volumes.remove(&pod);
            }
            Fact::RentalEnded(end)
                if self.pods.get(&end.pod).is_none_or(|seen| seen.is == Is::Gone) =>
            {
                self.volumes.remove(&end.pod);
            }
            Fact::NetworkVolumeRemoved(walras::journal::fact::NetworkVolumeRemoved {
                volume,
                reason,
            }) => {
                let had = self.volumes.values().any(|other| *other == volume);
                let fair = !had || reason == EndReason::NoFunds;
                self.ensure(fair, || format!("NVOL-08: {fact:?}, though a pod has it"));
            }
            _ => {}
        }
    }
}
