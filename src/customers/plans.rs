//! Customers who keep savings plans (PLAN-01): each account one, bought before the request that finds it
//! without.

use crate::ids::{AccountId, Id, ScopeId};
use crate::market::plans::{self, Wish};
use crate::scenario::demand::Clouds;
use crate::turn::Turn;

/// Class 5: an account whose customer asks in this instant buys its plan, if it has none that has not ended,
/// and the money for it; else it asks without, and nothing is refused.
pub fn buy(turn: &mut Turn<'_, '_>, account: AccountId) {
    let kept = turn.world.plans.as_ref();
    if kept.is_some_and(|plans| plans.by_account.contains_key(&account)) {
        return;
    }
    let segment = turn.scenario.accounts[account.index()].segment;
    let segment = segment.map(|segment| &turn.scenario.segments[segment.index()]);
    let Some((segment, plan)) = segment.and_then(|segment| Some((segment, segment.plan?))) else {
        return;
    };
    let Some(scope) = scope(turn, segment.demand.types, segment.demand.clouds) else { return };
    let wish = Wish { account, scope, gpus: plan.gpus, term: plan.term, pod: None };
    // Who cannot buy it does not try.
    let _ = plans::try_to_buy(turn, wish);
}

/// Of the first type that the segment names, where it is cheapest.
fn scope(turn: &Turn<'_, '_>, types: u32, clouds: Clouds) -> Option<ScopeId> {
    let gpu_type = *turn.scenario.type_lists[types as usize].first()?;
    let fleet = &turn.world.fleet;
    let named = fleet.scopes.iter().filter(|(id, state)| {
        let (of, cloud) = fleet.scope_keys[id.index()];
        of == gpu_type && clouds.include(cloud) && !state.hosts.is_empty()
    });
    named.min_by_key(|(_, state)| state.on_demand).map(|(id, _)| id)
}
