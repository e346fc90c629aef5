//! Where pods without a GPU go: CPU pods on slots, and who finds its host full and wants its data (POD-12 to
//! POD-14).

use super::{Found, Tried, attempt, settle_on};
use crate::ids::{HostId, PodId};
use crate::journal::fact::{Refusal, Step};
use crate::market::rent;
use crate::scenario::demand::Demand;
use crate::turn::Turn;
use crate::units::Bundle;
use crate::world::waiting::Tier;

/// POD-14. A CPU pod goes where the fewest free slots are left, whatever the placement policy, which looks at
/// GPUs; with what is in grace, for its disk, where that ends first. It displaces nobody.
#[cold]
pub(super) fn on_slots(
    turn: &Turn<'_, '_>,
    (need, slots): (Bundle, u32),
    step: Step,
    tier: &Tier,
) -> Option<HostId> {
    let fleet = &turn.world.fleet;
    let cpu = fleet.cpu.as_ref()?;
    let hosts = tier.classes.iter();
    match step {
        Step::Free => {
            let fits = |host: &HostId| fleet.hosts[*host].free.covers(&need);
            let best = hosts.filter_map(|class| cpu.with(*class, slots).find(fits));
            best.min_by_key(|host| (cpu.free(*host), *host))
        }
        Step::Grace => {
            let open = hosts.flat_map(|class| &fleet.classes[*class].open).map(|(_, host)| *host);
            let open = open.filter(|host| slots <= cpu.free(*host));
            let ends = open.filter_map(|host| Some((fleet.hosts[host].covered_at(&need)?, host)));
            let (_, host) = ends.min_by_key(|(at, host)| (*at, cpu.free(*host), *host))?;
            Some(host)
        }
        Step::Displacement | Step::ZeroGpu => None,
    }
}

/// POD-12, `zero_gpu`. The host is full: the pod starts without GPUs, to reach its data, as a resume for
/// none: if its container disk has room, free or in grace, and it can pay its disks.
pub fn resume_without_gpus(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &mut turn.world.pods[pod];
    row.gpus = 0;
    row.slots = 0;
    row.bundle = Bundle { gpus: 0, vcpus: 0, memory: 0, ..row.bundle };
    let need = row.need();
    let Some(host) = row.tied else { return anywhere_without_gpus(turn, pod) };
    let on = &turn.world.fleet.hosts[host];
    if !on.available() || on.covered_at(&need).is_none() {
        rent::refuse(turn, pod, Refusal::NoCapacity);
    } else if let Err(reason) = rent::may_rent(turn, pod, rent::Offer::FREE) {
        rent::refuse(turn, pod, reason);
    } else {
        settle_on(turn, pod, Found { host, step: Step::ZeroGpu, victims: Vec::new() });
    }
}

/// The same of a pod that nothing ties (NVOL-07): on any host of its data center.
#[cold]
fn anywhere_without_gpus(turn: &mut Turn<'_, '_>, pod: PodId) {
    let shapes = &mut turn.world.shapes;
    let former = turn.world.pods[pod].shape;
    let demand = Demand { gpus: 0, vcpus: 0, ..shapes.get(former).demand };
    let shape = shapes.intern(demand, None, turn.scenario);
    shapes.release(former);
    turn.world.pods[pod].shape = shape;
    if attempt(turn, pod, &[], None) != Tried::Done {
        rent::refuse(turn, pod, Refusal::NoCapacity);
    }
}
