//! Network volumes: capacity, owners, and who has them (NVOL-01, NVOL-05, NVOL-08).

use super::{Fault, ensure};
use crate::ids::{Id, NetworkVolumeId};
use crate::units::Gb;
use crate::world::World;
use std::collections::BTreeMap;

/// No more is taken than there is; a volume knows its account and counts its pods; each pod that has one is
/// alive, its account's, and held nowhere else than in the volume's data center.
pub(super) fn check(world: &World) -> Result<(), Fault> {
    let volumes = &world.network_volumes;
    let mut had: BTreeMap<NetworkVolumeId, u32> = BTreeMap::new();
    for (pod, volume) in volumes.attached() {
        let whom = || format!("{pod:?} with {volume:?}");
        let row = world.pods.get(pod);
        ensure(row.is_some_and(|row| row.network_volume), "who has a volume is alive", whom)?;
        *had.entry(volume).or_default() += 1;
        if let Some((row, volume)) = row.zip(volumes.get(volume)) {
            ensure(row.account == volume.account, "a volume is its account's (NVOL-01)", whom)?;
            ensure(row.volume == Gb::ZERO, "it replaces the volume (NVOL-06)", whom)?;
        }
    }
    let flagged = world.pods.ids().filter(|pod| world.pods[*pod].network_volume).count();
    let listed = volumes.attached().count();
    ensure(flagged == listed, "who is said to have a volume has one", || format!("{flagged}"))?;
    let mut taken: BTreeMap<usize, Gb> = BTreeMap::new();
    for (id, row) in volumes.iter() {
        let whom = || format!("{id:?}");
        let pods = had.get(&id).copied().unwrap_or_default();
        ensure(pods == row.pods, "a volume counts the pods that have it (NVOL-08)", whom)?;
        ensure(volumes.of(row.account).any(|own| own == id), "an account knows its own", whom)?;
        ensure(volumes.named(row.name) == Some(id), "a volume is found by its name", whom)?;
        ensure(row.meter.quantity() == row.size.get(), "it is billed by its size", whom)?;
        let sum = taken.entry(row.datacenter.index()).or_insert(Gb::ZERO);
        *sum = *sum + row.size;
    }
    for (center, sum) in taken {
        let whom = || format!("data center {center}");
        let all = sum + volumes.left(Id::from_index(center));
        ensure(Some(&all) == volumes.capacity().get(center), "capacity is conserved", whom)?;
    }
    Ok(())
}
