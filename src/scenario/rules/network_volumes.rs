//! What the rules say of network volumes: their prices, and whether pods that have one can stop.

use super::{Rounding, Rules};
use crate::units::{Gb, Money};

/// NVOL-02. What the second price of network volumes applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkVolumeTiers {
    /// What of a volume lies above one TB.
    Marginal,
    /// All of a volume that is larger than one TB.
    Whole,
}

/// NVOL-07. Whether pods with a network volume can stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkVolumePodsStop {
    /// No: they are terminated instead.
    Refused,
    /// Yes: their resume is placed anew anywhere in the data center.
    Allowed,
}

impl Rules {
    /// NVOL-02. What a network volume of `size` costs per month.
    pub fn network_volume_monthly(&self, size: Gb) -> Money {
        let above = size.get().saturating_sub(self.gb_per_tb);
        let (cheap, dear) = (self.network_volume_price_above, self.network_volume_price);
        match self.network_volume_tiers {
            _ if above == 0 => dear.times(size.get()),
            NetworkVolumeTiers::Marginal => dear.times(size.get() - above) + cheap.times(above),
            NetworkVolumeTiers::Whole => cheap.times(size.get()),
        }
    }
    /// GEN-07. Whether any meter counts a unit only once it has ended.
    pub fn counts_completed(&self) -> bool {
        [self.minute_rounding, self.hour_rounding].contains(&Rounding::Completed)
    }
}
