//! Whether any host could ever hold a pod, be it empty (POD-02, POD-04, POD-13).
//!
//! At run time such a request is refused as `too_large`; in a scenario it is a slip.

use super::fleet::{Draft, Fleet};
use crate::ids::GpuTypeId;
use crate::scenario::demand::Demand;
use crate::scenario::model::Site;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::units::Bundle;
use std::collections::BTreeMap;

/// What all hosts of the acceptable types and clouds have too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lack {
    /// There are no such hosts.
    Hosts,
    /// There are hosts of such types, but in the other cloud.
    Cloud,
    /// There are, but in other places, or otherwise connected (CLD-05).
    Site,
    /// GPUs.
    Gpus,
    /// vCPUs.
    Vcpus,
    /// Memory.
    Memory,
    /// Disk.
    Disk,
    /// CPU slots (POD-14).
    CpuSlots,
}

/// One host of each kind, where hosts of a kind are alike in all that a request may ask of them.
pub(crate) fn kinds(fleet: &Fleet) -> Vec<Draft> {
    let kind = |host: &Draft| {
        let size = (host.gpus, host.vcpus, host.memory, host.disk, host.cpu_slots);
        let standing = (host.datacenter.clone(), host.country.clone(), host.public_ip);
        (host.gpu_type, host.cloud, size, standing, host.download, host.upload)
    };
    let mut kinds = BTreeMap::new();
    for host in &fleet.drafts {
        kinds.entry(kind(host)).or_insert_with(|| host.clone());
    }
    kinds.into_values().collect()
}

/// All that keeps pods of `demand`, which accepts `types`, off every one of `hosts`, and how that is
/// said; nothing if some host can hold them.
pub(crate) fn lacks(
    hosts: &[Draft],
    (types, (site, fleet)): (&[GpuTypeId], (&Site, &Fleet)),
    demand: &Demand,
    rules: &Rules,
) -> Vec<(Lack, Fault)> {
    let is_named =
        |host: &&Draft| types.contains(&host.gpu_type) && demand.clouds.include(host.cloud);
    let mut able: Vec<&Draft> = hosts.iter().filter(is_named).collect();
    if able.is_empty() {
        return vec![none(hosts.iter().any(|host| types.contains(&host.gpu_type)))];
    }
    able.retain(|host| site.admits(&host.standing(fleet)));
    if able.is_empty() {
        let expected = "a place and a line that such hosts have";
        return vec![(Lack::Site, Fault::new("no host of these types in such a place", expected))];
    }
    let gives = |host: &Draft| {
        let (vcpus, memory) = (host.vcpus, host.memory.get());
        let all = Bundle { gpus: host.gpus, vcpus, memory, disk: 0 };
        // Where the GPUs are too many, the rest is held against a whole host.
        let gives = rules.gives(all, demand.gpus.min(host.gpus));
        Bundle { vcpus: gives.vcpus.max(demand.slots().into()), ..gives }
    };
    let disk = (demand.container_disk + demand.volume).get();
    let mut lacks = Vec::new();
    for lack in [Lack::Gpus, Lack::CpuSlots, Lack::Vcpus, Lack::Memory, Lack::Disk] {
        let has = |host: &Draft| match lack {
            Lack::Hosts | Lack::Cloud | Lack::Site | Lack::Gpus => host.gpus,
            Lack::Vcpus => gives(host).vcpus,
            Lack::Memory => gives(host).memory,
            Lack::Disk => host.disk.get(),
            Lack::CpuSlots => host.cpu_slots,
        };
        let asked = match lack {
            Lack::Hosts | Lack::Cloud | Lack::Site | Lack::Gpus => demand.gpus,
            Lack::Vcpus => demand.min_vcpus,
            Lack::Memory => demand.min_memory.get(),
            Lack::Disk => disk,
            Lack::CpuSlots => demand.slots().into(),
        };
        let most = able.iter().map(|host| has(host)).max().unwrap_or_default();
        if most < asked {
            let fault = too_large(lack, most, demand.gpus);
            let is_disk = lack == Lack::Disk;
            lacks.push((lack, if is_disk { fault.found(together(disk)) } else { fault }));
        } else {
            able.retain(|host| asked <= has(host));
        }
    }
    lacks
}

/// What keeps pods of `demand` off any host that there may be (HOST-01): all that can be said where the fleet
/// is not known whole.
pub(crate) fn lack_anywhere(demand: &Demand) -> Option<(Lack, Fault)> {
    const MOST: u32 = 16;
    (MOST < demand.gpus).then(|| (Lack::Gpus, too_large(Lack::Gpus, MOST, demand.gpus)))
}

/// There is no acceptable host, at least not `elsewhere`, in the other cloud.
fn none(elsewhere: bool) -> (Lack, Fault) {
    if elsewhere {
        let fault = Fault::new("no host of these types in this cloud", "the other cloud, or ALL");
        return (Lack::Cloud, fault);
    }
    (Lack::Hosts, Fault::new("no host of these types", "a GPU type of which the fleet has hosts"))
}

fn together(disk: u32) -> String {
    format!("{disk} GB, container disk and volume together")
}

/// `1 GPU`, `2 GPUs`.
pub(crate) fn gpus(count: u32) -> String {
    if count == 1 { "1 GPU".to_owned() } else { format!("{count} GPUs") }
}

fn too_large(lack: Lack, most: u32, gpus: u32) -> Fault {
    let noun = match lack {
        Lack::Hosts | Lack::Cloud | Lack::Site | Lack::Gpus => "GPUs",
        Lack::Vcpus => "vCPUs",
        Lack::Memory => "GB of memory",
        Lack::Disk => "GB for container disk and volume",
        Lack::CpuSlots => "CPU slots",
    };
    let pod = match lack {
        Lack::Gpus => "a pod".to_owned(),
        Lack::CpuSlots => "a CPU pod (POD-14)".to_owned(),
        Lack::Hosts | Lack::Cloud | Lack::Site | Lack::Vcpus | Lack::Memory | Lack::Disk => {
            format!("a pod of {}", self::gpus(gpus))
        }
    };
    let expected = format!("at most {most} {noun}: no acceptable host gives more to {pod}");
    Fault::new("a pod larger than any host", expected)
}
