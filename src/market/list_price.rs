//! List prices that a policy moves (GPU-03, GPU-04).
//!
//! A policy's change is a SetPrice of its scope: of class 5, after those of the script in the same instant,
//! scopes in the order in which they came to be due. It moves the price alone: a floor, stated or a share
//! of the price at the start, stays as it is until somebody sets it. Each scope has one event pending, at
//! the next instant at which its price may move; what stays the same is set by nobody.

use super::price;
use crate::agenda::{Class, Event};
use crate::ids::ScopeId;
use crate::policy::list_price::Priced;
use crate::turn::Turn;
use crate::units::{Money, SimTime};
use crate::world::usage::TimeInUse;

/// At the start of a run: each policy's first change becomes due.
pub fn begin(turn: &mut Turn<'_, '_>) {
    let scopes: Vec<ScopeId> = turn.policies.list_prices.keys().copied().collect();
    for scope in scopes {
        expect_next(turn, scope, None);
    }
}

fn expect_next(turn: &mut Turn<'_, '_>, scope: ScopeId, after: Option<SimTime>) {
    let policy = turn.policies.list_prices.get(&scope);
    let due = policy.and_then(|policy| policy.due(after));
    // One that would be asked again in the same instant would be so for ever.
    if let Some(at) = due.filter(|at| after.is_none_or(|after| after < *at)) {
        turn.schedule(at, Class::SetPrice, Event::ListPriceDue(scope));
    }
}

/// Class 5: the price of a scope may move.
pub fn due(turn: &mut Turn<'_, '_>, scope: ScopeId) {
    let now = turn.now;
    let in_force = turn.world.fleet.scopes[scope].on_demand;
    let used = if turn.world.usage.are_counted() {
        turn.world.usage.of(scope).until(now)
    } else {
        TimeInUse::default()
    };
    let pricing = turn.world.pricing.get_mut(&scope);
    let pricing = pricing.expect("what a policy moves is remembered");
    let utilization = used.utilization_since(pricing.seen);
    pricing.seen = used;
    let asked = Priced { now, stated: pricing.stated, price: in_force, utilization };
    let moved = turn.policies.list_prices[&scope].price(&asked).max(Money::ZERO);
    if moved != in_force {
        price::set_scope(turn, scope, Some(moved), None);
    }
    expect_next(turn, scope, Some(now));
}

/// SetPrice of the script: a policy's next change starts from what it states.
pub fn note_stated(turn: &mut Turn<'_, '_>, scope: ScopeId, on_demand: Option<Money>) {
    if let (Some(price), Some(pricing)) = (on_demand, turn.world.pricing.get_mut(&scope)) {
        pricing.stated = price;
    }
}
