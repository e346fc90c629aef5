//! What a scenario may script of hosts and prices.

use crate::scenario::schema::fleet::GroupText;
use crate::scenario::text::Field;
use serde::Deserialize;

/// A host.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OfHostText {
    /// Text: the host's name. Mandatory.
    pub(crate) host: Field,
}

/// A host that joins, with the fields of a group of the fleet (CLD-04).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HostJoinText {
    /// Text: its name, which no other host has or had. Mandatory.
    pub(crate) host: Field,
    /// `true` or `false`: whether it was invited. Default: `false`.
    pub(crate) invited: Field,
    /// `true` or `false`: whether it has been vetted. Default: `false`.
    pub(crate) vetted: Field,
    /// As in the fleet. Mandatory.
    pub(crate) gpu_type: Field,
    /// As in the fleet.
    pub(crate) cloud: Field,
    /// As in the fleet.
    pub(crate) datacenter: Field,
    /// Whole number from 1 to 16. Default: 8.
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
    /// As in the fleet.
    pub(crate) min_bid: Field,
    /// As in the fleet.
    pub(crate) price: Field,
}

impl HostJoinText {
    /// What it says of its host, as a group of one.
    pub(crate) fn group(&self) -> GroupText {
        GroupText {
            gpu_type: self.gpu_type,
            cloud: self.cloud,
            datacenter: self.datacenter,
            gpus: self.gpus,
            vcpus: self.vcpus,
            memory_gb: self.memory_gb,
            disk_gb: self.disk_gb,
            cpu_slots: self.cpu_slots,
            download_gbps: self.download_gbps,
            upload_gbps: self.upload_gbps,
            country: self.country,
            public_ip: self.public_ip,
            min_bid: self.min_bid,
            price: self.price,
            ..GroupText::default()
        }
    }
}

/// A host that leaves (HOST-06).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HostLeaveText {
    /// Text: the host's name. Mandatory.
    pub(crate) host: Field,
    /// Duration from now until it leaves, in which it is delisted. Default: `"0s"`.
    pub(crate) notice: Field,
}

/// Maintenance (HOST-05).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MaintenanceText {
    /// Text: the host's name. Mandatory.
    pub(crate) host: Field,
    /// Duration since the scenario's start. Mandatory.
    pub(crate) start: Field,
    /// Duration since the scenario's start. Mandatory.
    pub(crate) end: Field,
}

/// New prices of scopes, or of one host (HOST-13, GPU-03).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct SetPriceText {
    /// Text, or a list of texts. Mandatory, unless `host` or `workerClass` is stated.
    pub(crate) gpuTypeId: Field,
    /// `SECURE`, `COMMUNITY` or `ALL`. Default: `ALL`.
    pub(crate) cloudType: Field,
    /// Text: the host whose own price or minimum bid is meant, instead of a scope's.
    pub(crate) host: Field,
    /// USD per GPU-hour. This or `minimumBid`, or both.
    pub(crate) price: Field,
    /// USD per GPU-hour.
    pub(crate) minimumBid: Field,
    /// Text: a class of serverless workers whose prices are meant, instead of a scope's (SLS-41).
    pub(crate) workerClass: Field,
    /// USD per GPU and second of a flex worker. This or `active`, or both, with `workerClass`.
    pub(crate) flex: Field,
    /// The same of an active worker.
    pub(crate) active: Field,
}
