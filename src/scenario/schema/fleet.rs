//! What a scenario may say about GPU types and hosts (GPU-01, HOST-01, CLD-01).

use crate::scenario::text::Field;
use serde::Deserialize;

/// A GPU type: prices that differ from the catalogue's, or a type of one's own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GpuTypeText {
    /// Text, such as `"NVIDIA RTX A6000"`. Mandatory.
    pub(crate) id: Field,
    /// Text. Default: the catalogue's, or the id.
    pub(crate) display_name: Field,
    /// Whole GB. Default: the catalogue's; mandatory for a type that is not in it.
    pub(crate) memory_gb: Field,
    /// Number with at most three decimals (POD-25). Default: the catalogue's.
    pub(crate) relative_speed: Field,
    /// [`CloudPricesText`] of the secure cloud. Default: the catalogue's.
    pub(crate) secure: Field,
    /// [`CloudPricesText`] of the community cloud. Default: the catalogue's.
    pub(crate) community: Field,
}

/// Prices of a GPU type in one cloud, per GPU-hour.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CloudPricesText {
    /// USD: the on-demand price. Default: the catalogue's.
    pub(crate) price: Field,
    /// USD: the minimum bid (GPU-04). Default: the catalogue's, or the rules' `spot_floor_share` of
    /// the price.
    pub(crate) min_bid: Field,
}

/// A data center: one of one's own, or figures that differ from the catalogue's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DatacenterText {
    /// Text, such as `"EU-RO-1"`. Mandatory.
    pub(crate) id: Field,
    /// Whole Gbit/s between its hosts, and its storage (NVOL-09). Default: the rules' `datacenter_gbps`.
    pub(crate) datacenter_gbps: Field,
    /// Whole GB that network volumes may take there (NVOL-01). Default: 0, it has none.
    pub(crate) network_storage_gb: Field,
    /// Text: the code of its country, such as `"RO"` (CLD-05). Default: the catalogue's.
    pub(crate) country: Field,
    /// `T3` or `T4` (CLD-02). Default: `T3`.
    pub(crate) tier: Field,
    /// [`FailuresText`], or a list of them: how all its hosts lose their power at once. Default: as the
    /// rule `host_failures` says.
    pub(crate) power_failures: Field,
    /// The same: how they lose their network. Default: never, but by script.
    pub(crate) network_failures: Field,
}

/// A group of hosts alike, or the nodes of a trace.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GroupText {
    /// Whole number of hosts. Default: 1, or as many as there are names.
    pub(crate) count: Field,
    /// Text: the name of a single host.
    pub(crate) name: Field,
    /// List of texts: the hosts' names.
    pub(crate) names: Field,
    /// Text: hosts are named `prefix-1`, `prefix-2`, … Default: `host-<place>-<type>`, counted
    /// through the whole fleet.
    pub(crate) prefix: Field,
    /// Text: the GPU type's id. Mandatory, unless imported.
    pub(crate) gpu_type: Field,
    /// `SECURE` or `COMMUNITY`. Default: `SECURE` if a data center is stated. One of both has to be.
    pub(crate) cloud: Field,
    /// Text: the data center's id, of the catalogue or of `datacenters`; for secure hosts alone, and
    /// mandatory for them.
    pub(crate) datacenter: Field,
    /// Whole number from 1 to 16, or a list that the hosts take in turn. Default: 8.
    pub(crate) gpus: Field,
    /// Whole number. Default: the catalogue's vCPUs per GPU (8 where it has none) times GPUs.
    pub(crate) vcpus: Field,
    /// Whole GB. Default: the catalogue's memory per GPU (32 where it has none) times GPUs.
    pub(crate) memory_gb: Field,
    /// Whole GB. Default: 500 times GPUs.
    pub(crate) disk_gb: Field,
    /// Whole number: vCPUs for pods without a GPU (POD-14). Default: 0.
    pub(crate) cpu_slots: Field,
    /// Whole Gbit/s (TMPL-04). Default: the rules' `download_gbps`.
    pub(crate) download_gbps: Field,
    /// Whole Gbit/s (POD-16). Default: the rules' `upload_gbps`.
    pub(crate) upload_gbps: Field,
    /// Text: the code of their country, such as `"DE"` (CLD-05); for community hosts alone, others stand in
    /// that of their data center. Default: not known.
    pub(crate) country: Field,
    /// `true` or `false`: whether they have a public IP (CLD-05). Default: `true` for secure hosts, which
    /// always have one, `false` for others.
    pub(crate) public_ip: Field,
    /// USD per GPU-hour: the hosts' own minimum bid (GPU-04). Default: the scope's.
    pub(crate) min_bid: Field,
    /// USD per GPU-hour: the hosts' own price (HOST-13; community hosts under
    /// `community_pricing: host`). Default: the scope's.
    pub(crate) price: Field,
    /// [`FailuresText`], or a list of them: how hosts lose their power (HOST-03). Default: never, but by script.
    pub(crate) power_failures: Field,
    /// The same: how they lose their network (HOST-04). Default: never, but by script.
    pub(crate) network_failures: Field,
    /// [`ImportText`]: hosts from a trace, instead of `count`, names, `gpu_type` and `gpus`; its
    /// vCPUs and memory hold unless stated here.
    pub(crate) import: Field,
}

/// How hosts fail: at random, or as a trace tells.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FailuresText {
    /// Duration or distribution: from the start, or from the return, to the next failure. Mandatory,
    /// unless there is a `trace`.
    pub(crate) time_to_failure: Field,
    /// Duration or distribution: from a failure to the return. Likewise.
    pub(crate) time_to_repair: Field,
    /// [`OutageTraceText`]: the n-th host is away when the n-th of the trace is. Default: at random.
    pub(crate) trace: Field,
    /// `true` or `false`: whether all hosts of the group fail at once. Default: `false`.
    pub(crate) together: Field,
}

/// When hosts are away, from a trace.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OutageTraceText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) path: Field,
    /// `gpu_host_faults` or `spot_availability`. Default: the latter if a `series` is stated.
    pub(crate) format: Field,
    /// Text: the column of a table of availability. Mandatory for one.
    pub(crate) series: Field,
    /// Duration from the trace's zero to time 0. Default: `"0s"`.
    pub(crate) from: Field,
}

/// Hosts from a trace.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ImportText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) path: Field,
    /// `openb_nodes`. Default: that, the only list of hosts known.
    pub(crate) format: Field,
    /// Map from the trace's GPU type names to ids: `{"G1": "NVIDIA A100 80GB PCIe"}`. Default: the
    /// names are ids.
    pub(crate) types: Field,
}
