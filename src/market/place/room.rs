//! Whether anybody may yet find room, asked before one after the other is tried (POD-06).

use super::earliest_in_grace;
use crate::ids::{ClassId, HostId, ScopeId, ShapeId};
use crate::scenario::rules::WaitingOrder;
use crate::turn::Turn;
use crate::units::{Bundle, Money};

/// Whether any request for `gpus` GPUs in `scopes` and at `site`, at no higher bid and with no more `means`, may be
/// placed: GPUs alone are looked at, and of those that are free not even the floor.
pub fn may_find_gpus(
    turn: &mut Turn<'_, '_>,
    scopes: &[ScopeId],
    (gpus, site): (u32, u32),
    (bid, means): (Option<Money>, Option<Money>),
) -> bool {
    let need = Bundle { gpus, ..Bundle::NONE };
    let fleet = &turn.world.fleet;
    let named = scopes.iter().flat_map(|scope| &fleet.scopes[*scope].classes).copied();
    let afforded = |class: &ClassId| means.is_none_or(|means| fleet.price(*class) <= means);
    let there = |class: &ClassId| fleet.admits(*class, site);
    let classes: Vec<ClassId> = named.filter(afforded).filter(there).collect();
    classes.iter().any(|class| fleet.classes[*class].free.has(gpus))
        || !earliest_in_grace(fleet, (need, bid), &classes, |_| true).is_empty()
        || may_displace(turn, bid) && turn.world.best_displacement(&classes, &need, bid).is_some()
}

/// Whether a request of `shape` may be placed, behind one of it that was: something of those classes is free, in
/// grace, or held by spot. Where not, all of them find nothing in this round.
pub fn may_find_more(turn: &mut Turn<'_, '_>, shape: ShapeId, bids: bool) -> bool {
    let world = &mut turn.world;
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let row = world.shapes.get(shape);
    let (gpus, fleet) = (row.demand.gpus, &world.fleet);
    let tiers = if bids { &row.bid_tiers } else { &row.ask_tiers };
    let has_any = |class: &ClassId| {
        let class = &fleet.classes[*class];
        class.free.has(gpus) || !class.open.is_empty() || !fleet.scopes[class.scope].bids.is_empty()
    };
    // CPU pods use no GPUs, and a plan has tiers of its own; under `block` whoever finds nothing holds back others.
    gpus == 0
        || world.plans.is_some()
        || turn.scenario.rules.waiting_order == WaitingOrder::Block
        || tiers.iter().flat_map(|tier| &tier.classes).any(has_any)
}

/// Whether any GPU of `host` may be had at no higher bid: free, in grace, or by displacement.
pub fn may_find_gpus_on(turn: &Turn<'_, '_>, host: HostId, bid: Option<Money>) -> bool {
    let one = Bundle { gpus: 1, ..Bundle::NONE };
    let on = &turn.world.fleet.hosts[host];
    on.available()
        && (0 < on.free.gpus + on.open().gpus
            || may_displace(turn, bid) && turn.world.victims_on(host, &one, bid).is_some())
}

/// SPOT-14. Whether anybody gives way to such a request.
fn may_displace(turn: &Turn<'_, '_>, bid: Option<Money>) -> bool {
    bid.is_none() || !turn.rules().spot_clearing.is_posted()
}
