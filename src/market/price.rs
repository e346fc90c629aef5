//! List prices, floors, and what is published (GPU-03 to GPU-05, HOST-13, SPOT-10, SPOT-11).
//!
//! A price is set for a scope, or for one community host where hosts price; in one instant the scopes
//! come first, then the hosts, each in the order of the script (GEN-11). By default it applies to
//! rentals that begin from then on; with `price_change_applies: running` also to running pods, from
//! their next unit. A raised floor touches no running pod. Class 10 looks at the scopes touched in the
//! instant and publishes those whose quantities changed.

use crate::ids::Id;
use crate::ids::{HostId, PodId, ScopeId};
use crate::journal::Fact;
use crate::journal::fact::{Item, Kind, Operation, PriceSet, Quote, Refusal};
use crate::market::{charge, funds, spot};
use crate::scenario::model::Cloud;
use crate::scenario::rules::{CommunityPricing, PriceChangeApplies};
use crate::turn::Turn;
use crate::units::{Money, Price};

/// SetPrice on a scope: its on-demand price, its minimum bid, or both.
pub fn set_scope(
    turn: &mut Turn<'_, '_>,
    scope: ScopeId,
    on_demand: Option<Money>,
    min_bid: Option<Money>,
) {
    let hosts = turn.world.fleet.scopes[scope].hosts.clone();
    let before = asked_on(turn, &hosts);
    let state = &mut turn.world.fleet.scopes[scope];
    if let Some(price) = on_demand {
        state.on_demand = price;
    }
    if let Some(floor) = min_bid {
        state.min_bid = floor;
    }
    turn.state(Fact::PriceSet(PriceSet { scope, host: None, on_demand, min_bid }));
    after_change(turn, scope, &before, on_demand.is_some());
}

/// SetPrice on one host: its own minimum bid, and where hosts price (HOST-13) its own price, at most
/// once per `host_price_interval`.
pub fn set_host(
    turn: &mut Turn<'_, '_>,
    host: HostId,
    on_demand: Option<Money>,
    min_bid: Option<Money>,
) {
    let rules = turn.rules();
    let row = &turn.world.fleet.hosts[host];
    let scope = row.scope;
    let cloud = turn.world.fleet.scope_keys[scope.index()].1;
    let may_price = rules.community_pricing == CommunityPricing::Host && cloud == Cloud::Community;
    let too_soon = row.priced_at.is_some_and(|at| turn.now < at + rules.host_price_interval);
    let refusal = match on_demand {
        Some(_) if too_soon && may_price => Some(Refusal::IllegalState),
        Some(_) if !may_price => Some(Refusal::BadArgument),
        _ => None,
    };
    if let Some(reason) = refusal {
        let (operation, host) = (Operation::SetPrice, Some(host));
        turn.state(Fact::Rejected {
            account: None,
            operation,
            pod: None,
            name: None,
            host,
            reason,
        });
        return;
    }
    let now = turn.now;
    let before = asked_on(turn, &[host]);
    let row = &mut turn.world.fleet.hosts[host];
    if on_demand.is_some() {
        row.own_price = on_demand;
        row.priced_at = Some(now);
    }
    if let Some(floor) = min_bid {
        turn.world.fleet.set_own_floor(host, floor);
    }
    turn.state(Fact::PriceSet(PriceSet { scope, host: Some(host), on_demand, min_bid }));
    if on_demand.is_some() {
        turn.world.fleet.classify(host, rules);
    }
    after_change(turn, scope, &before, on_demand.is_some());
}

/// A host, and what it asks for: its on-demand price and its floor.
type Asked = (HostId, (Money, Money));

fn asked_on(turn: &Turn<'_, '_>, hosts: &[HostId]) -> Vec<Asked> {
    hosts.iter().map(|host| (*host, asks(turn, *host))).collect()
}
fn asks(turn: &Turn<'_, '_>, host: HostId) -> (Money, Money) {
    let fleet = &turn.world.fleet;
    (fleet.price(fleet.hosts[host].class), fleet.floor(host))
}

fn after_change(turn: &mut Turn<'_, '_>, scope: ScopeId, before: &[Asked], repriced: bool) {
    turn.world.fleet.prices_moved(scope);
    for &(host, (price, floor)) in before {
        turn.settle_host(host);
        if repriced && turn.rules().price_change_applies == PriceChangeApplies::Running {
            for pod in turn.world.fleet.hosts[host].guests_in_order() {
                follow(turn, pod, host);
            }
        }
        // POD-06. One that rises lets nobody in, and is no reason to look at anybody's funds.
        let now = asks(turn, host);
        if now.0 < price || now.1 < floor {
            turn.freed(host);
        }
    }
    turn.world.fleet.scopes[scope].touched = true;
}

/// GPU-03, `running`. A running on-demand pod pays the new price from its next unit; so does one that is
/// promised its GPUs, from its first unit on, for it would change in the instant after its hand-over.
fn follow(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let price = turn.world.fleet.price(turn.world.fleet.hosts[host].class);
    let row = &mut turn.world.pods[pod];
    if row.kind != Kind::OnDemand || row.gpus == 0 {
        return;
    }
    row.price = price;
    let account = row.account;
    turn.moved(pod);
    charge::reprice(turn, pod, Item::Compute, Price::per_hour(price));
    let before = turn.reserve_of(pod);
    turn.recount(pod);
    if before < turn.reserve_of(pod) {
        funds::force_line(turn, account);
    }
}

/// Class 10. Publishes the prices of the scopes touched in this instant, if they changed (GPU-05).
pub fn publish(turn: &mut Turn<'_, '_>) {
    for scope in turn.world.fleet.scopes.ids() {
        let state = &mut turn.world.fleet.scopes[scope];
        if !std::mem::take(&mut state.touched) || state.hosts.is_empty() && state.quote.is_none() {
            continue;
        }
        spot::clear(turn, scope);
        let quote = quote(turn, scope);
        let state = &mut turn.world.fleet.scopes[scope];
        if state.quote != Some(quote) {
            state.quote = Some(quote);
            turn.state(Fact::PricePublished { scope, quote });
        }
    }
}

fn quote(turn: &mut Turn<'_, '_>, scope: ScopeId) -> Quote {
    let spot = turn.rules().spot;
    let tick = turn.rules().bid_tick;
    let min_winning_bid = if spot { turn.world.winning_bid(scope, tick) } else { None };
    let state = &turn.world.fleet.scopes[scope];
    let last = state.quote;
    let least_price = state.prices.least();
    let price = turn.world.spot.as_ref().map(|_| state.spot_price);
    let shown = state.reserve.filter(|_| turn.rules().reserve_shown);
    Quote {
        on_demand: least_price.or(last.map(|quote| quote.on_demand)).unwrap_or(state.on_demand),
        spot_floor: shown.unwrap_or_else(|| spot::floor(turn, scope)),
        spot_price: price.or(state.bids.least()),
        min_winning_bid,
    }
}
