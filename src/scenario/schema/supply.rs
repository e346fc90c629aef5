//! What a scenario may say of providers: community hosts that come and go by what they earn.

use super::fleet::GroupText;
use crate::scenario::text::Field;
use serde::Deserialize;

/// Providers of one kind, each with one host of the community cloud.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SupplyText {
    /// Text: their hosts are named `name-1`, `name-2`, … Mandatory.
    pub(crate) name: Field,
    /// As in the fleet. Mandatory.
    pub(crate) gpu_type: Field,
    /// As in the fleet: a list is taken in turn.
    pub(crate) gpus: Field,
    /// As in the fleet.
    pub(crate) vcpus: Field,
    /// As in the fleet.
    pub(crate) memory_gb: Field,
    /// As in the fleet.
    pub(crate) disk_gb: Field,
    /// As in the fleet.
    pub(crate) cpu_slots: Field,
    /// As in the fleet.
    pub(crate) download_gbps: Field,
    /// As in the fleet.
    pub(crate) upload_gbps: Field,
    /// As in the fleet.
    pub(crate) country: Field,
    /// As in the fleet.
    pub(crate) public_ip: Field,
    /// As in the fleet, from the day on which a host joins; not `together`.
    pub(crate) power_failures: Field,
    /// The same.
    pub(crate) network_failures: Field,
    /// Whole number: so many are there from the start, and vetted. Default: 0.
    pub(crate) at_start: Field,
    /// Duration or distribution: from one invitation to the next (CLD-04). Default: nobody is invited.
    pub(crate) invited_every: Field,
    /// `it_pays` or `always`: whether who is invited joins. `it_pays`: where its cost is at most what a
    /// GPU-hour brought those who are there, at their last reviews. Default: `it_pays`.
    pub(crate) joins_if: Field,
    /// USD, or a distribution: what it has to earn per GPU-hour, rented or not. Mandatory.
    pub(crate) cost: Field,
    /// [`AskingText`]: what it asks for a GPU-hour. Mandatory.
    pub(crate) asks: Field,
    /// USD: its price is rounded to the nearest multiple of this. Default: 0.01.
    pub(crate) price_step: Field,
    /// Share: its minimum bid, as a share of its price, under `community_pricing: host`. Default: the rules'
    /// `spot_floor_share`.
    pub(crate) min_bid_share: Field,
    /// Duration: how often it looks at what it earned, and asks anew. Default: `"7d"`.
    pub(crate) review_every: Field,
    /// [`LeavesText`]: when it leaves. Default: never.
    pub(crate) leaves: Field,
}

impl SupplyText {
    /// What it says of a host, as a group.
    pub(crate) fn group(&self) -> GroupText {
        GroupText {
            gpu_type: self.gpu_type,
            gpus: self.gpus,
            vcpus: self.vcpus,
            memory_gb: self.memory_gb,
            disk_gb: self.disk_gb,
            cpu_slots: self.cpu_slots,
            download_gbps: self.download_gbps,
            upload_gbps: self.upload_gbps,
            country: self.country,
            public_ip: self.public_ip,
            ..GroupText::default()
        }
    }
}

/// What a provider asks for a GPU-hour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum AskingText {
    /// USD, or a distribution from which each draws once.
    Fixed(Field),
    /// What others ask.
    FollowMarket(FollowMarketText),
    /// How much of its own time is rented.
    MatchUtilization(MatchUtilizationText),
    /// Its cost.
    CostPlus(CostPlusText),
}

/// A price that goes by those of others.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FollowMarketText {
    /// `median` or `lowest` of what others on offer ask, or `list`, the platform's price. Default: `median`.
    pub(crate) of: Field,
    /// Number: how many times that. Default: 1.
    pub(crate) factor: Field,
}

/// A price that rises where the host is rented for longer than a target.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MatchUtilizationText {
    /// Share of the GPU-time up: where it stays. Default: 0.8.
    pub(crate) target: Field,
    /// Number: by which part of itself it moves for each part that the use is off. Default: 0.5.
    pub(crate) gain: Field,
    /// Number: the least, as a share of the list price. Default: 0.5.
    pub(crate) floor_share: Field,
    /// Number: the most, likewise. Default: 2.
    pub(crate) cap_share: Field,
}

/// A price of cost and something on top.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CostPlusText {
    /// Number: how much on top, as a share of the cost. Mandatory.
    pub(crate) margin: Field,
}

/// When a provider leaves.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LeavesText {
    /// Duration or distribution: it stays no longer. Default: for ever.
    pub(crate) lifetime: Field,
    /// Duration: it leaves at the review at which it has earned less than its cost for so long. Default: never.
    pub(crate) unprofitable_for: Field,
    /// Duration: how long before it leaves it says so (HOST-06). Default: `"0s"`.
    pub(crate) notice: Field,
}
