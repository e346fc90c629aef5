//! Whether any host could ever hold a pod, be it empty (POD-02, POD-04).
//!
//! At run time such a request is refused as `too_large`; in a scenario it is a slip.

use super::fleet::{Draft, Fleet};
use crate::ids::GpuTypeId;
use crate::scenario::demand::Demand;
use crate::scenario::problem::Fault;
use crate::scenario::rules::{Rules, VcpuMemory};

/// What all hosts of the acceptable types and clouds have too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// There are no such hosts.
    Hosts,
    /// GPUs.
    Gpus,
    /// vCPUs.
    Vcpus,
    /// Memory.
    Memory,
    /// Disk.
    Disk,
}

/// What keeps pods of `demand`, which accepts `types`, off every host, and how that is said; none if
/// nothing does.
pub(crate) fn lack(
    fleet: &Fleet,
    types: &[GpuTypeId],
    demand: &Demand,
    rules: &Rules,
) -> Option<(Lack, Fault)> {
    let is_named =
        |host: &&Draft| types.contains(&host.gpu_type) && demand.clouds.include(host.cloud);
    let mut hosts: Vec<&Draft> = fleet.drafts.iter().filter(is_named).collect();
    if hosts.is_empty() {
        let expected = "a GPU type and a cloud of which the fleet has hosts";
        return Some((Lack::Hosts, Fault::new("no host is acceptable", expected)));
    }
    let share = |host: &Draft, all: u32| match rules.vcpu_memory {
        VcpuMemory::Proportional if 0 < demand.gpus => all * demand.gpus / host.gpus,
        VcpuMemory::Proportional | VcpuMemory::Requested => all,
    };
    let disk = (demand.container_disk + demand.volume).get();
    for lack in [Lack::Gpus, Lack::Vcpus, Lack::Memory, Lack::Disk] {
        let has = |host: &&Draft| match lack {
            Lack::Hosts | Lack::Gpus => host.gpus,
            Lack::Vcpus => share(host, host.vcpus),
            Lack::Memory => share(host, host.memory.get()),
            Lack::Disk => host.disk.get(),
        };
        let asked = match lack {
            Lack::Hosts | Lack::Gpus => demand.gpus,
            Lack::Vcpus => demand.min_vcpus,
            Lack::Memory => demand.min_memory.get(),
            Lack::Disk => disk,
        };
        let most = hosts.iter().map(has).max().unwrap_or_default();
        if most < asked {
            return Some((lack, too_large(lack, most, demand.gpus)));
        }
        hosts.retain(|host| asked <= has(host));
    }
    None
}

fn too_large(lack: Lack, most: u32, gpus: u32) -> Fault {
    let noun = match lack {
        Lack::Hosts | Lack::Gpus => "GPUs",
        Lack::Vcpus => "vCPUs",
        Lack::Memory => "GB of memory",
        Lack::Disk => "GB for container disk and volume",
    };
    let of_gpus = if lack == Lack::Gpus { String::new() } else { format!(" of {gpus} GPUs") };
    let expected = format!("at most {most} {noun}: no acceptable host gives a pod{of_gpus} more");
    Fault::new("a pod larger than any host", expected)
}
