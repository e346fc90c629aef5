//! What must hold of savings plans: places, who has them, what is prepaid (PLAN-04, PLAN-05, PLAN-08).

use super::{Fault, ensure};
use crate::ids::{AccountId, PlanId, PodId, ScopeId};
use crate::journal::fact::{Item, Kind};
use crate::world::World;
use crate::world::plans::Plans;
use std::collections::{BTreeMap, BTreeSet};

/// Checks the table, and the indexes over it.
pub(super) fn check(world: &World) -> Result<(), Fault> {
    let Some(plans) = &world.plans else { return Ok(()) };
    for (id, plan) in &plans.live {
        let whom = || format!("{id:?}");
        let held: Vec<(PodId, u32)> = places_of(plans, *id).collect();
        let taken: u32 = held.iter().map(|(_, gpus)| gpus).sum();
        ensure(plan.free + taken == plan.gpus, "each place is free or a pod's (PLAN-04)", whom)?;
        let holders: BTreeSet<PodId> = held.iter().map(|(pod, _)| *pod).collect();
        ensure(holders == plan.holders, "a plan knows who has its places", whom)?;
        let prepaid = plan.paid - plan.earned;
        ensure(world.ledger.prepaid(*id) == prepaid, "what is not earned is prepaid", whom)?;
        for pod in holders {
            let row = &world.pods[pod];
            let host = row.state.holding().map(|host| world.fleet.hosts[host].scope);
            let fits = row.account == plan.account && row.kind == Kind::OnDemand;
            ensure(fits && host == Some(plan.scope), "places are of pods on its GPUs", whom)?;
        }
    }
    for pod in plans.covers.keys() {
        let whom = || format!("{pod:?}");
        let row = &world.pods[*pod];
        let covered = plans.covered(*pod);
        ensure(covered <= row.gpus, "no GPU is covered twice", whom)?;
        let meter = world.meters.get(*pod, Item::Compute);
        let counted = meter.is_none_or(|meter| meter.quantity() + covered == row.gpus);
        ensure(counted, "a covered GPU costs no compute (PLAN-05)", whom)?;
    }
    let same = indexes(plans) == (plans.by_account.clone(), plans.free.clone());
    ensure(same, "the indexes of plans are those of the plans", || "plans".to_owned())
}

fn places_of(plans: &Plans, id: PlanId) -> impl Iterator<Item = (PodId, u32)> {
    plans.covers.iter().filter_map(move |(pod, covers)| {
        let of_plan = covers.iter().filter(|covered| covered.plan == id);
        let gpus: u32 = of_plan.map(|covered| covered.cover.gpus()).sum();
        (0 < gpus).then_some((*pod, gpus))
    })
}

type ByAccount = BTreeMap<AccountId, BTreeSet<PlanId>>;
type Free = BTreeMap<(AccountId, ScopeId), (u32, BTreeSet<PlanId>)>;

/// The indexes, made anew.
fn indexes(plans: &Plans) -> (ByAccount, Free) {
    let (mut by_account, mut free) = (ByAccount::new(), Free::new());
    for (id, plan) in &plans.live {
        by_account.entry(plan.account).or_default().insert(*id);
        if 0 < plan.free {
            let (places, of) = free.entry((plan.account, plan.scope)).or_default();
            *places += plan.free;
            of.insert(*id);
        }
    }
    (by_account, free)
}
