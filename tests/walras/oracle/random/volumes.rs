//! Network volumes in random scripts: what they cost, how they come, grow and go.

use super::super::script::{Act, Script};
use super::{ACCOUNTS, SECOND, either, spans};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::rules::{NetworkVolumePodsStop, NetworkVolumeTiers, Rounding, Rules};
use walras::units::Money;

prop_compose! {
    /// Network volumes so dear, or billed so often, that they matter within the hour.
    pub(super) fn network_storage()(
        hour_rounding in either(Rounding::Started, Rounding::Completed),
        network_volume_unit in spans(&[3_600, 600, 60, 30]),
        price in select(vec![70_000_000, 7_000_000_000, 43_200_000_000, 0]),
        network_volume_tiers in either(NetworkVolumeTiers::Marginal, NetworkVolumeTiers::Whole),
        network_volume_pods_stop in
            select(vec![NetworkVolumePodsStop::Refused, NetworkVolumePodsStop::Allowed]),
    ) -> Rules {
        Rules {
            hour_rounding,
            network_volume_unit,
            network_volume_price: Money::from_nanos(price),
            network_volume_tiers,
            network_volume_pods_stop,
            ..Script::default().rules
        }
    }
}

/// Each account has a network volume, mostly from early on.
pub(crate) fn create_volumes() -> impl Strategy<Value = Vec<(u64, Act)>> {
    let one = |account: usize| {
        let size = select(vec![0, 1, 1, 40, 1_000, 1_001, 4_000, 4_001]);
        let at = select(vec![0, 0, 60 * SECOND, 90 * SECOND, 1_800 * SECOND]);
        (at, size).prop_map(move |(at, size)| (at, Act::CreateVolume(account, account, size)))
    };
    (0..ACCOUNTS).map(one).collect::<Vec<_>>()
}
/// What is done with them.
pub(crate) fn volume_act() -> impl Strategy<Value = Act> {
    let size = select(vec![1, 2, 41, 1_000, 1_001, 2_000, 4_001]);
    prop_oneof![
        1 => (0..ACCOUNTS, size).prop_map(|(volume, size)| Act::ResizeVolume(volume, size)),
        1 => (0..ACCOUNTS).prop_map(Act::DeleteVolume),
    ]
}
/// Their names, and how many GB there are.
pub(crate) fn volume_names() -> Vec<String> {
    (0..ACCOUNTS).map(|account| format!("v{account}")).collect()
}
