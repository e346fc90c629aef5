//! Rows of network volumes (NVOL-01 to NVOL-05).

use super::super::Known;
use super::{Detail, Line};
use crate::ids::NetworkVolumeId;
use crate::journal::Fact;

/// The columns and details of a fact about a network volume.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about network volumes")]
pub(super) fn line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    let of = |volume: NetworkVolumeId| {
        let created = known.volumes.of(volume);
        Line { volume: Some(created.name), ..Line::of_account(created.account) }
    };
    match *fact {
        Fact::NetworkVolumeCreated(created) => {
            detail
                .add("datacenter", known.names.datacenter_text(created.datacenter))
                .add("size_gb", created.size)
                .add("monthly_usd", created.monthly);
            Some(of(created.volume))
        }
        Fact::NetworkVolumeResized { volume, size, monthly } => {
            detail.add("size_gb", size).add("monthly_usd", monthly);
            Some(of(volume))
        }
        Fact::NetworkVolumeRemoved(crate::journal::fact::NetworkVolumeRemoved {
            volume,
            reason,
        }) => {
            detail.add("reason", reason.word());
            Some(of(volume))
        }
        Fact::NetworkVolumeAttached { pod, volume } => Some(Line { pod: Some(pod), ..of(volume) }),
        _ => None,
    }
}
