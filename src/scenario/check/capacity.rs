//! Whether any host could ever hold a pod, be it empty (POD-02, POD-04, POD-13).
//!
//! At run time such a request is refused as `too_large`; in a scenario it is a slip.

use super::fleet::{Draft, Fleet};
use crate::ids::GpuTypeId;
use crate::scenario::demand::Demand;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::units::Bundle;

/// What all hosts of the acceptable types and clouds have too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// There are no such hosts.
    Hosts,
    /// There are hosts of such types, but in the other cloud.
    Cloud,
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
        return Some(none(fleet.drafts.iter().any(|host| types.contains(&host.gpu_type))));
    }
    let gives = |host: &Draft| {
        let (vcpus, memory) = (host.vcpus, host.memory.get());
        rules.gives(Bundle { gpus: host.gpus, vcpus, memory, disk: 0 }, demand.gpus)
    };
    let disk = (demand.container_disk + demand.volume).get();
    for lack in [Lack::Gpus, Lack::Vcpus, Lack::Memory, Lack::Disk] {
        let has = |host: &&Draft| match lack {
            Lack::Hosts | Lack::Cloud | Lack::Gpus => host.gpus,
            Lack::Vcpus => gives(host).vcpus,
            Lack::Memory => gives(host).memory,
            Lack::Disk => host.disk.get(),
        };
        let asked = match lack {
            Lack::Hosts | Lack::Cloud | Lack::Gpus => demand.gpus,
            Lack::Vcpus => demand.min_vcpus,
            Lack::Memory => demand.min_memory.get(),
            Lack::Disk => disk,
        };
        let most = hosts.iter().map(has).max().unwrap_or_default();
        if most < asked {
            let fault = too_large(lack, most, demand.gpus);
            return Some((
                lack,
                if lack == Lack::Disk { fault.found(together(disk)) } else { fault },
            ));
        }
        hosts.retain(|host| asked <= has(host));
    }
    None
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
        Lack::Hosts | Lack::Cloud | Lack::Gpus => "GPUs",
        Lack::Vcpus => "vCPUs",
        Lack::Memory => "GB of memory",
        Lack::Disk => "GB for container disk and volume",
    };
    let pod = match lack {
        Lack::Gpus => "a pod".to_owned(),
        Lack::Hosts | Lack::Cloud | Lack::Vcpus | Lack::Memory | Lack::Disk => {
            format!("a pod of {}", self::gpus(gpus))
        }
    };
    let expected = format!("at most {most} {noun}: no acceptable host gives more to {pod}");
    Fault::new("a pod larger than any host", expected)
}
