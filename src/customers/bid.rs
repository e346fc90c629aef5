//! What a customer bids: the view of the market and of its job that a rule decides by (SPOT-01, SPOT-11).

use super::job::Job;
use super::switch;
use crate::ids::{Id, ScopeId};
use crate::policy::buying::bidding::{self, Offer};
use crate::scenario::demand::{Arrival, BidRule, Demand, FirstBid};
use crate::turn::Turn;
use crate::units::Money;

/// The bid per GPU-hour for an arrival, or for the job that it began.
pub(super) fn bid(
    turn: &mut Turn<'_, '_>,
    rule: BidRule,
    wish: &Arrival,
    job: Option<&Job>,
) -> Money {
    match rule {
        BidRule::Fixed(stated) => turn.rules().bid_per_gpu(stated, wish.demand.gpus),
        BidRule::ShareOfOnDemand(share) => {
            let price = on_demand(turn, &wish.demand);
            turn.rules().to_tick(share.of(price))
        }
        BidRule::MinimumWinning { .. }
        | BidRule::ValueBased(_)
        | BidRule::Escalating { .. }
        | BidRule::Own(_) => considered(turn, rule, wish, job),
    }
}

/// A bid that depends on the state of the market, or of the job.
#[cold]
fn considered(turn: &mut Turn<'_, '_>, rule: BidRule, wish: &Arrival, job: Option<&Job>) -> Money {
    let offer = Offer {
        on_demand: on_demand(turn, &wish.demand),
        floor: floor(turn, &wish.demand),
        minimum_winning: bidding::looks_at_market(rule, &turn.policies.own_bidding)
            .then(|| minimum_winning(turn, &wish.demand))
            .flatten(),
        gpus: wish.demand.gpus,
        value: wish.value,
        work_left: job.map_or(wish.work, |job| switch::left(turn, job)),
        losses: job.map_or(0, |job| job.losses),
        last_bid: job.and_then(|job| job.last_bid),
        budget_left: wish.budget.map(|budget| budget - job.map_or(Money::ZERO, |job| job.paid)),
        now: turn.now,
        deadline: job
            .map_or(wish.deadline.map(|span| turn.now.saturating_add(span)), |job| job.deadline),
    };
    let rule = per_gpu(turn, rule, wish.demand.gpus);
    let bid = bidding::bid(rule, &turn.policies.own_bidding, &offer);
    turn.rules().to_tick(bid)
}

/// SPOT-01. The rule with what it states per GPU, as bids are.
fn per_gpu(turn: &Turn<'_, '_>, rule: BidRule, gpus: u32) -> BidRule {
    match rule {
        BidRule::Escalating { first: FirstBid::Fixed(stated), times, cap } => {
            let first = FirstBid::Fixed(turn.rules().bid_per_gpu(stated, gpus));
            BidRule::Escalating { first, times, cap }
        }
        BidRule::Escalating { first: FirstBid::ShareOfOnDemand(_), .. }
        | BidRule::Fixed(_)
        | BidRule::ShareOfOnDemand(_)
        | BidRule::MinimumWinning { .. }
        | BidRule::ValueBased(_)
        | BidRule::Own(_) => rule,
    }
}

/// The scopes that a demand names and that have hosts.
fn scopes(turn: &Turn<'_, '_>, demand: &Demand) -> Vec<ScopeId> {
    let (fleet, types) = (&turn.world.fleet, &turn.scenario.type_lists[demand.types as usize]);
    let named = fleet.scopes.iter().filter(|(scope, state)| {
        let (gpu_type, cloud) = fleet.scope_keys[scope.index()];
        types.contains(&gpu_type) && demand.clouds.include(cloud) && !state.hosts.is_empty()
    });
    named.map(|(scope, _)| scope).collect()
}

/// The on-demand price in force of the first GPU type that the request names, in its cheapest cloud.
pub(super) fn on_demand(turn: &Turn<'_, '_>, demand: &Demand) -> Money {
    let first = turn.scenario.type_lists[demand.types as usize].first();
    let fleet = &turn.world.fleet;
    let prices = fleet.scopes.iter().filter(|(scope, state)| {
        let (gpu_type, cloud) = fleet.scope_keys[scope.index()];
        Some(&gpu_type) == first && demand.clouds.include(cloud) && !state.hosts.is_empty()
    });
    prices.map(|(_, state)| state.on_demand).min().unwrap_or_default()
}

/// SPOT-02. The lowest floor among the hosts named, as a bid that is not refused.
fn floor(turn: &Turn<'_, '_>, demand: &Demand) -> Option<Money> {
    let fleet = &turn.world.fleet;
    let floors =
        scopes(turn, demand).into_iter().filter_map(|id| fleet.lowest_floor(id, demand.site));
    floors.min().map(|floor| floor.up_to_multiple(turn.rules().bid_tick))
}

/// SPOT-11. The least bid that would win its GPUs now.
fn minimum_winning(turn: &mut Turn<'_, '_>, demand: &Demand) -> Option<Money> {
    let tick = turn.rules().bid_tick;
    let scopes = scopes(turn, demand);
    let bids = scopes.into_iter().filter_map(|scope| {
        let gpus = demand.gpus.max(1);
        turn.world.winning_bid_for(scope, gpus, tick)
    });
    bids.min()
}
