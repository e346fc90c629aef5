//! The fleet: groups of hosts spread out into hosts (HOST-01, CLD-01, CLD-02).

mod by_cloud;
mod datacenters;
mod failures;
mod gpus;
mod host_names;
mod import;
mod standing;
mod supply;

use super::market::Market;
use super::names::{Names, unknown};
use super::script::Acts;
use super::types::Types;
use crate::ids::{GpuTypeId, HostId, Id};
use crate::scenario::load::{Files, Gathered};
use crate::scenario::model::{Cloud, Failures, HostSpec, Supply};
use crate::scenario::problem::Fault;
use crate::scenario::rules::{CommunityPricing, Rules};
use crate::scenario::schema::fleet::GroupText;
use crate::scenario::schema::script::DoText;
use crate::scenario::schema::script::hosts::HostJoinText;
use crate::scenario::text::scalar::{Amount, Scalar, Vcpus};
use crate::scenario::text::{Named, Place, Reader};
use crate::units::{Gb, Money};
use datacenters::Datacenters;
use gpus::gpu_counts;
use host_names::{GroupNames, HostNames};
use standing::standing;

/// A host whose pool is not known yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Its name.
    pub(crate) name: String,
    /// Its GPU type.
    pub(crate) gpu_type: GpuTypeId,
    /// Its cloud.
    pub(crate) cloud: Cloud,
    /// Its data center, if it is secure.
    pub(crate) datacenter: Option<String>,
    /// The group that it is of.
    pub(crate) place: Place,
    /// GPUs.
    pub(crate) gpus: u32,
    /// vCPUs.
    pub(crate) vcpus: u32,
    /// Memory.
    pub(crate) memory: Gb,
    /// Disk.
    pub(crate) disk: Gb,
    /// vCPUs for pods without a GPU.
    pub(crate) cpu_slots: u32,
    /// Download speed in bit/s.
    pub(crate) download: u64,
    /// Upload speed in bit/s.
    pub(crate) upload: u64,
    /// The code of its country, if known.
    pub(crate) country: Option<String>,
    /// Whether it has a public IP.
    pub(crate) public_ip: bool,
    min_bid: Option<Money>,
    price: Option<Money>,
    /// Whether a HostJoin brings it.
    pub(crate) joins_later: bool,
}

/// All hosts.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// Hosts in the scenario's order.
    pub(crate) drafts: Vec<Draft>,
    /// Their names.
    pub(crate) names: Names,
    /// The data centers in which they may stand.
    pub(crate) datacenters: Datacenters,
    /// What makes them fail at random.
    pub(crate) failures: Vec<Failures>,
    /// Providers who bring more of them.
    pub(crate) supply: Vec<Supply>,
    /// Whether all groups could be read: if not, more hosts than these are meant, or larger ones, or in
    /// another cloud.
    pub(crate) is_complete: bool,
}

/// What the hosts of a group have in common, whatever their GPUs.
struct Common {
    cloud: Cloud,
    datacenter: Option<String>,
    vcpus: Option<u32>,
    memory: Option<Gb>,
    disk: Option<Gb>,
    cpu_slots: u32,
    download: u64,
    upload: u64,
    country: Option<String>,
    public_ip: bool,
    min_bid: Option<Money>,
    price: Option<Money>,
    /// Whether cloud and sizes are what the scenario means, and none stands in for what is unreadable.
    is_certain: bool,
}

impl Fleet {
    /// Reads all groups.
    pub(crate) fn read(
        reader: &mut Reader,
        gathered: &Gathered,
        (types, files): (&mut Types, &mut Files),
        (rules, acts): (&Rules, &Acts<'_>),
    ) -> Self {
        let mut fleet = Self {
            drafts: Vec::new(),
            names: Names::of("host"),
            datacenters: Datacenters::read(reader, (gathered, files), rules),
            failures: Vec::new(),
            supply: Vec::new(),
            is_complete: true,
        };
        let mut host_names = HostNames::default();
        // Of each host, whether its group says how it fails.
        let mut has_own: Vec<bool> = Vec::new();
        for place in &gathered.fleet {
            let Some(text) = reader.shape::<GroupText>(place) else {
                fleet.is_complete = false;
                continue;
            };
            let common = common(reader, place, &text, (&fleet.datacenters, rules));
            fleet.is_complete &= common.is_certain;
            let first = fleet.drafts.len();
            let stated = (text.power_failures, text.network_failures);
            let failures = failures::read(reader, files, place, stated);
            if text.import.is_stated() {
                import::import(&mut fleet, reader, (place, &text), (types, files), &common);
            } else {
                fleet.group(reader, place, &text, (types, &common, &mut host_names));
            }
            has_own.resize(fleet.drafts.len(), !failures.is_empty());
            let hosts = first..fleet.drafts.len();
            let hosts: Vec<HostId> = hosts.map(HostId::from_index).collect();
            let of_these = |failures: Failures| Failures { hosts: hosts.clone(), ..failures };
            fleet.failures.extend(failures.into_iter().map(of_these));
        }
        for (place, _, done) in acts {
            if let DoText::HostJoin(text) = done {
                fleet.join(reader, &place.field("do"), text, (types, rules));
            }
        }
        has_own.resize(fleet.drafts.len(), false);
        fleet.read_supply(reader, gathered, (types, files), rules);
        let Self { datacenters, drafts, .. } = &mut fleet;
        datacenters.note_used(drafts);
        // What providers bring fails, but the patterns of it are not there.
        has_own.resize(fleet.drafts.len(), true);
        by_cloud::add(&mut fleet, &has_own, &rules.hosts);
        fleet
    }

    /// CLD-04. A host that is not there yet.
    fn join(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        text: &HostJoinText,
        (types, rules): (&mut Types, &Rules),
    ) {
        let name: Option<String> = reader.required(place, ("host", text.host));
        let text = text.group();
        let common = common(reader, place, &text, (&self.datacenters, rules));
        let gpu_type: Option<String> = reader.required(place, ("gpu_type", text.gpu_type));
        let gpu_type = gpu_type.and_then(|_| types.find(reader, &place.field("gpu_type")));
        let (gpus, _) = gpu_counts(reader, place, &text);
        let (Some(name), Some(gpu_type)) = (name, gpu_type) else {
            self.is_complete = false;
            return;
        };
        self.names.add(reader, &name, self.drafts.len(), &place.field("host"));
        let draft = draft(place, types, (name, gpu_type, gpus[0]), &common);
        self.drafts.push(Draft { joins_later: true, ..draft });
    }

    fn group(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        text: &GroupText,
        (types, common, host_names): (&mut Types, &Common, &mut HostNames),
    ) {
        let gpu_type = if text.gpu_type.is_stated() {
            types.find(reader, &place.field("gpu_type"))
        } else {
            reader.missing(place, "gpu_type");
            None
        };
        let (gpus, is_certain) = gpu_counts(reader, place, text);
        self.is_complete &= is_certain;
        let names = host_names.of_group(reader, place, text);
        let Some(gpu_type) = gpu_type else {
            self.is_complete = false;
            self.reserve(reader, place, &names);
            return;
        };
        for index in 0..names.count() {
            let gpus = gpus[index % gpus.len()];
            let name = match names.stated(index) {
                Some(name) => name,
                None => host_names.generate(common.datacenter.as_deref(), types.known(gpu_type)),
            };
            let draft = draft(place, types, (name, gpu_type, gpus), common);
            self.names.add(reader, &draft.name, self.drafts.len(), &names.place(place, index));
            self.drafts.push(draft);
        }
    }

    /// Takes the names of hosts whose type is not known, so that others of the same name, and whoever
    /// refers to them, are told what is so.
    fn reserve(&mut self, reader: &mut Reader, place: &Place, names: &GroupNames) {
        for index in 0..names.count() {
            if let Some(name) = names.stated(index) {
                self.names.add(reader, &name, self.drafts.len(), &names.place(place, index));
            }
        }
    }

    /// The hosts, in their pools.
    pub(crate) fn hosts(&self, market: &Market) -> Vec<HostSpec> {
        let host = |draft: &Draft| HostSpec {
            name: draft.name.clone(),
            pool: market.pool(draft.gpu_type, draft.cloud, draft.datacenter.as_deref()),
            gpus: draft.gpus,
            vcpus: draft.vcpus,
            memory: draft.memory,
            disk: draft.disk,
            cpu_slots: draft.cpu_slots,
            download: draft.download,
            upload: draft.upload,
            country: draft.country.clone(),
            public_ip: draft.public_ip,
            min_bid: draft.min_bid,
            price: draft.price,
            joins_later: draft.joins_later,
        };
        self.drafts.iter().map(host).collect()
    }
}

fn draft(
    place: &Place,
    types: &Types,
    (name, gpu_type, gpus): (String, GpuTypeId, u32),
    common: &Common,
) -> Draft {
    const VCPUS_PER_GPU: u32 = 8;
    const MEMORY_PER_GPU: Gb = Gb::new(32);
    const DISK_PER_GPU: u32 = 500;
    let known = types.known(gpu_type);
    let memory_per_gpu = known.memory_per_gpu.unwrap_or(MEMORY_PER_GPU);
    Draft {
        name,
        gpu_type,
        cloud: common.cloud,
        datacenter: common.datacenter.clone(),
        place: place.clone(),
        gpus,
        vcpus: common.vcpus.unwrap_or(known.vcpus_per_gpu.unwrap_or(VCPUS_PER_GPU) * gpus),
        memory: common.memory.unwrap_or(Gb::new(memory_per_gpu.get() * gpus)),
        disk: common.disk.unwrap_or(Gb::new(DISK_PER_GPU * gpus)),
        cpu_slots: common.cpu_slots,
        download: common.download,
        upload: common.upload,
        country: common.country.clone(),
        public_ip: common.public_ip,
        min_bid: common.min_bid,
        price: common.price,
        joins_later: false,
    }
}

fn common(
    reader: &mut Reader,
    place: &Place,
    text: &GroupText,
    (datacenters, rules): (&Datacenters, &Rules),
) -> Common {
    let (cloud, datacenter) = cloud(reader, place, text, &datacenters.names);
    // A data center alone means the secure cloud; with neither, or with a word that is none, it is a guess.
    let stated = Cloud::read(reader.sources.text(&place.field("cloud"))).is_ok();
    let is_certain = if text.cloud.is_stated() { stated } else { text.datacenter.is_stated() };
    common_in(reader, place, text, (cloud, datacenter, is_certain), (datacenters, rules))
}

/// The same of hosts in this cloud and data center, if that is certain.
fn common_in(
    reader: &mut Reader,
    place: &Place,
    text: &GroupText,
    (cloud, datacenter, cloud_is_certain): (Cloud, Option<String>, bool),
    (datacenters, rules): (&Datacenters, &Rules),
) -> Common {
    let (country, public_ip) = standing(reader, place, text, (datacenter.as_deref(), datacenters));
    let download = ("download_gbps", text.download_gbps);
    let upload = ("upload_gbps", text.upload_gbps);
    let download = speed(reader, place, download, (rules.download_gbps, "download", "TMPL-04"));
    let upload = speed(reader, place, upload, (rules.upload_gbps, "upload", "POD-16"));
    let min_bid: Option<Amount> = reader.optional(place, ("min_bid", text.min_bid));
    let price: Option<Amount> = reader.optional(place, ("price", text.price));
    let vcpus: Option<Vcpus> = reader.optional(place, ("vcpus", text.vcpus));
    let prices_itself =
        cloud == Cloud::Community && rules.community_pricing == CommunityPricing::Host;
    if text.price.is_stated() && !prices_itself {
        let expected = "no price here, but for community hosts under `community_pricing: host`";
        let fault = Fault::new("hosts do not set their price (HOST-13)", expected);
        reader.report(&place.field("price"), fault);
    }
    let memory: Option<Gb> = reader.optional(place, ("memory_gb", text.memory_gb));
    let disk: Option<Gb> = reader.optional(place, ("disk_gb", text.disk_gb));
    let sizes_are_certain = text.vcpus.is_stated() == vcpus.is_some()
        && text.memory_gb.is_stated() == memory.is_some()
        && text.disk_gb.is_stated() == disk.is_some();
    Common {
        cloud,
        datacenter,
        is_certain: cloud_is_certain && sizes_are_certain,
        vcpus: vcpus.map(|vcpus| vcpus.0),
        memory,
        disk,
        cpu_slots: reader.or(place, ("cpu_slots", text.cpu_slots), Vcpus::default()).0,
        download,
        upload,
        country,
        public_ip,
        min_bid: min_bid.map(|amount| amount.0),
        price: price.map(|amount| amount.0),
    }
}

/// CLD-01 to CLD-03. The cloud, and the data center of secure hosts.
fn cloud(
    reader: &mut Reader,
    place: &Place,
    text: &GroupText,
    datacenters: &Names,
) -> (Cloud, Option<String>) {
    let stated: Option<Cloud> = reader.optional(place, ("cloud", text.cloud));
    let site = place.field("datacenter");
    if !text.datacenter.is_stated() {
        if stated != Some(Cloud::Community) && (stated.is_some() || !text.cloud.is_stated()) {
            let expected = "a `datacenter` for secure hosts, or `cloud: COMMUNITY`";
            reader.report(place, Fault::new("these hosts stand nowhere", expected));
        }
        let cloud = stated.unwrap_or(Cloud::Secure);
        return (cloud, (cloud == Cloud::Secure).then(String::new));
    }
    if stated == Some(Cloud::Community) {
        let fault = Fault::new("community hosts have no data center (CLD-03)", "no `datacenter`");
        reader.report(&site, fault);
        return (Cloud::Community, None);
    }
    let name: Option<String> = reader.scalar(&site);
    if let Some(name) = &name
        && datacenters.get(name).is_none()
    {
        let mut fault = unknown("data center", name, datacenters.iter());
        fault.expected = "a data center of the catalogue or of `datacenters`".to_owned();
        reader.report(&site, fault);
    }
    (Cloud::Secure, Some(name.unwrap_or_default()))
}

/// A host's speed in bit/s: stated, or the rules'.
fn speed(
    reader: &mut Reader,
    place: &Place,
    (name, field): Named<'_>,
    (default, what, rule): (u32, &str, &str),
) -> u64 {
    let gbps: u32 = reader.or(place, (name, field), default);
    if gbps == 0 && field.is_stated() {
        let expected = format!("a positive number of Gbit/s ({rule})");
        reader.report(&place.field(name), Fault::new(format!("no {what} speed"), expected));
    }
    datacenters::bits(gbps)
}
