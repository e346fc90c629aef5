//! Spot prices that all of a scope pay: how they move, and what follows (SPOT-12 to SPOT-15, SPOT-17).
//!
//! A price that moves changes nothing of a pod: its meter reads the path of the price when it posts
//! (`world::spot`). It is looked at who bids less than a posted price, who may be let in where a price or
//! a reserve falls, and whose money may not last where a price rises.

use crate::agenda::{Class, Event, Round};
use crate::ids::{HostId, Id, PodId, ScopeId};
use crate::journal::fact::EndReason;
use crate::market::{displace, funds};
use crate::policy::clearing::{Bids, Use};
use crate::scenario::prices::PricePath;
use crate::scenario::rules::{ReserveRises, SpotReserve, Walk};
use crate::turn::Turn;
use crate::units::Money;
use crate::world::pod::PodState;

/// At the start of a run: reserves stand, the first prices are the floors or the reserves.
pub fn open(turn: &mut Turn<'_, '_>) {
    if turn.world.spot.is_none() {
        return;
    }
    let rules = turn.rules();
    for scope in turn.world.fleet.scopes.ids() {
        let reserve = match rules.spot_reserve {
            SpotReserve::SpotFloor => None,
            SpotReserve::Amount(amount) => Some(amount),
            SpotReserve::Walk(walk) => Some(walk.start.of(stated_price(turn, scope))),
        };
        if rules.spot_clearing.is_uniform() {
            turn.world.fleet.scopes[scope].reserve = reserve;
            turn.world.fleet.prices_moved(scope);
        }
        let first = match record(turn, scope) {
            Some(record) => {
                if let Some(next) = record.next_after(turn.now) {
                    turn.schedule(next, Class::SpotPrice, Event::SpotPriceMoves(scope));
                }
                record.at(turn.now)
            }
            None => reserve_of(turn, scope),
        };
        set_price(turn, scope, first);
    }
    if rules.spot_clearing.is_made_of_use() {
        turn.schedule(turn.now + rules.posted_interval, Class::SpotPrice, Event::PostPrices);
    }
    if rules.spot_clearing.is_uniform()
        && let SpotReserve::Walk(walk) = rules.spot_reserve
    {
        turn.schedule(turn.now + walk.every, Class::SpotPrice, Event::MoveReserves);
    }
}

/// The on-demand price that is stated for a scope, whatever moves it later.
fn stated_price(turn: &Turn<'_, '_>, scope: ScopeId) -> Money {
    turn.scenario.scopes[scope.index()].on_demand
}

/// GPU-04, GPU-05. The floor of a scope: the least of the hosts on offer; while there are none, the last.
pub fn floor(turn: &Turn<'_, '_>, scope: ScopeId) -> Money {
    let state = &turn.world.fleet.scopes[scope];
    let least = state.floors.least();
    least.or(state.quote.map(|quote| quote.spot_floor)).unwrap_or(state.min_bid)
}

/// SPOT-17. What a spot pod of the scope pays at least.
fn reserve_of(turn: &Turn<'_, '_>, scope: ScopeId) -> Money {
    turn.world.fleet.scopes[scope].reserve.unwrap_or_else(|| floor(turn, scope))
}

/// SPOT-12. Class 10: the bids of a scope make its price anew. Without winners it is the reserve.
pub fn clear(turn: &mut Turn<'_, '_>, scope: ScopeId) {
    if !turn.rules().spot_clearing.is_uniform() || turn.world.spot.is_none() {
        return;
    }
    let reserve = reserve_of(turn, scope);
    let price = match turn.world.marginal_bids(scope) {
        Some((lowest_winning, highest_losing)) => {
            let bids = Bids { reserve, lowest_winning, highest_losing };
            let price = turn.policies.clearing.of_bids(&bids).unwrap_or(reserve);
            price.clamp(reserve.min(lowest_winning), lowest_winning)
        }
        None => reserve,
    };
    set_price(turn, scope, price);
}

/// SPOT-15. From now on all of a scope pay `price`, each from its next unit.
fn set_price(turn: &mut Turn<'_, '_>, scope: ScopeId, price: Money) {
    let (now, side) = (turn.now, turn.side());
    let state = &mut turn.world.fleet.scopes[scope];
    let before = std::mem::replace(&mut state.spot_price, price);
    let Some(spot) = &mut turn.world.spot else { return };
    spot.set_price(scope, now, side, price);
    if before == price {
        return;
    }
    turn.world.fleet.spot_version += 1;
    if before < price {
        look_at_funds(turn, scope);
    }
}

/// BILL-09. R10 rises with the price: of those whose money was found to be near a line, each that pays it
/// is looked at now. Who was not near is further from it than its bid could take it.
fn look_at_funds(turn: &mut Turn<'_, '_>, scope: ScopeId) {
    let Some(spot) = &turn.world.spot else { return };
    let near: Vec<_> = spot.near.iter().copied().collect();
    for account in near {
        let pods = &turn.world.accounts[account].pods;
        if pods.iter().any(|pod| pays(turn, *pod, scope)) {
            funds::force_line(turn, account);
        }
    }
}

/// Whether the price of `scope` is part of R10 of the account of `pod`.
fn pays(turn: &Turn<'_, '_>, pod: PodId, scope: ScopeId) -> bool {
    use crate::journal::fact::Item;
    let meter = turn.world.meters.get(pod, Item::Compute);
    turn.world.follows_in(pod, scope)
        && turn.world.pods[pod].state.costs_as_running()
        && meter.is_some_and(|meter| !meter.is_held())
}

/// SPOT-13. Class 5: the price of each scope is posted anew.
pub fn post_prices(turn: &mut Turn<'_, '_>) {
    for scope in turn.world.fleet.scopes.ids() {
        let state = &turn.world.fleet.scopes[scope];
        let (price, on_demand) = (state.spot_price, state.on_demand);
        let cap = turn.rules().posted_cap_share.of(on_demand);
        let time = turn.world.usage.of(scope).until(turn.now);
        let Some(spot) = &mut turn.world.spot else { return };
        let last = std::mem::replace(&mut spot.last_use[scope.index()], time);
        let utilization = time.utilization_since(last);
        let floor = floor(turn, scope);
        let seen = Use { price, utilization, floor, cap };
        if let Some(next) = turn.policies.clearing.of_use(&seen) {
            post_price(turn, scope, next.clamp(floor, cap.max(floor)));
        }
    }
    let next = turn.now + turn.rules().posted_interval;
    turn.schedule(next, Class::SpotPrice, Event::PostPrices);
}

/// SPOT-13. Class 5: the next recorded price of a scope comes into force.
pub fn follow_record(turn: &mut Turn<'_, '_>, scope: ScopeId) {
    let Some(record) = record(turn, scope) else { return };
    post_price(turn, scope, record.at(turn.now));
    if let Some(next) = record.next_after(turn.now) {
        turn.schedule(next, Class::SpotPrice, Event::SpotPriceMoves(scope));
    }
}

fn record<'a>(turn: &Turn<'a, '_>, scope: ScopeId) -> Option<&'a PricePath> {
    let records = &turn.scenario.spot_prices;
    let place = records.binary_search_by_key(&scope, |(scope, _)| *scope).ok()?;
    Some(&records[place].1)
}

/// SPOT-14. A posted or replayed price moves: who bids less gives way, who waits may come in.
fn post_price(turn: &mut Turn<'_, '_>, scope: ScopeId, price: Money) {
    let before = turn.world.fleet.scopes[scope].spot_price;
    if before == price {
        return;
    }
    let Some(spot) = &turn.world.spot else { return };
    for pod in spot.winners_below(scope, price) {
        give_way(turn, pod);
    }
    set_price(turn, scope, price);
    if price < before {
        let_in(turn, scope);
    }
    touch(turn, scope);
}

fn touch(turn: &mut Turn<'_, '_>, scope: ScopeId) {
    turn.world.fleet.scopes[scope].touched = true;
    turn.agenda.raise(Round::Publish);
}

/// SPOT-14. A pod whose bid is below what it must reach gets SIGTERM; a Reserved one loses its promise.
fn give_way(turn: &mut Turn<'_, '_>, pod: PodId) {
    match turn.world.pods[pod].state {
        PodState::Reserved { host } => {
            displace::lose_promise(turn, pod, None);
            turn.freed(host);
        }
        PodState::Initializing { host, .. } | PodState::Running { host } => {
            displace::begin_grace(turn, (pod, host), EndReason::Outbid, None);
            turn.freed(host);
        }
        PodState::Waiting
        | PodState::Grace { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => unreachable!("winners are in I, R or V"),
    }
}

/// What the bid of a pod with GPUs must reach, or it gives way: a posted price (SPOT-14), or a reserve
/// that interrupts whom it rises above (SPOT-17).
fn must_reach(turn: &Turn<'_, '_>, scope: ScopeId) -> Option<Money> {
    turn.world.spot.as_ref()?;
    let rules = turn.rules();
    if rules.spot_clearing.is_posted() {
        return Some(turn.world.fleet.scopes[scope].spot_price);
    }
    let binds = rules.spot_clearing.is_uniform() && rules.reserve_rises == ReserveRises::Interrupts;
    turn.world.fleet.scopes[scope].reserve.filter(|_| binds)
}

/// HOST-04, SPOT-14, SPOT-17. A host is back: whose bid falls short by now of what it must reach gives way.
pub fn look_at_return(turn: &mut Turn<'_, '_>, host: HostId) {
    let Some(least) = must_reach(turn, turn.world.fleet.hosts[host].scope) else { return };
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        let row = &turn.world.pods[pod];
        let holds = matches!(row.state, PodState::Initializing { .. } | PodState::Running { .. });
        if holds && 0 < row.gpus && row.bid().is_some_and(|bid| bid < least) {
            give_way(turn, pod);
        }
    }
}

/// SPOT-14, SPOT-16, SPOT-17. Whose new bid falls short of what it must reach gives way.
pub fn look_at_bid(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let on = &turn.world.fleet.hosts[host];
    let Some(least) = must_reach(turn, on.scope).filter(|_| on.available()) else { return };
    let row = &turn.world.pods[pod];
    if 0 < row.gpus && row.bid().is_some_and(|bid| bid < least) {
        give_way(turn, pod);
    }
}

/// POD-06. What a bid must reach has fallen: those who wait are tried.
fn let_in(turn: &mut Turn<'_, '_>, scope: ScopeId) {
    if turn.world.waiting_bids == 0 {
        return;
    }
    let world = &mut turn.world;
    let hosts = world.fleet.scopes[scope].hosts.iter();
    for host in hosts.filter(|host| world.fleet.hosts[**host].available()) {
        let waited_for = !world.fleet.hosts[*host].resuming.is_empty();
        world.freed_for_bids.note(scope, waited_for.then_some(*host));
    }
    turn.agenda.raise(Round::Bid);
}

/// SPOT-17. Class 5: each reserve takes a step.
pub fn move_reserves(turn: &mut Turn<'_, '_>) {
    let SpotReserve::Walk(walk) = turn.rules().spot_reserve else { return };
    for scope in turn.world.fleet.scopes.ids() {
        let before = reserve_of(turn, scope);
        let after = step(turn, scope, &walk, before);
        if after == before {
            continue;
        }
        turn.world.fleet.scopes[scope].reserve = Some(after);
        turn.world.fleet.prices_moved(scope);
        if after < before {
            let_in(turn, scope);
        } else if let (Some(least), Some(spot)) = (must_reach(turn, scope), &turn.world.spot) {
            for pod in spot.winners_below(scope, least) {
                give_way(turn, pod);
            }
        }
        touch(turn, scope);
    }
    turn.schedule(turn.now + walk.every, Class::SpotPrice, Event::MoveReserves);
}

/// SPOT-17. The least that a reserve wanders to: the scope's floor, or that of a host on offer that asks
/// for less.
fn least_reserve(turn: &Turn<'_, '_>, scope: ScopeId) -> Money {
    let state = &turn.world.fleet.scopes[scope];
    state.floors.least().map_or(state.min_bid, |least| state.min_bid.min(least))
}

/// SPOT-17. r + δ with δ = −0.7 × (last δ) + ε, rounded down; what would leave the bounds stays.
#[expect(clippy::cast_precision_loss, reason = "a step of the walk is drawn")]
fn step(turn: &mut Turn<'_, '_>, scope: ScopeId, walk: &Walk, reserve: Money) -> Money {
    const PULL_BACK: f64 = -0.7;
    let floor = least_reserve(turn, scope);
    let ceiling = walk.ceiling.of(stated_price(turn, scope));
    let Some(spot) = &mut turn.world.spot else { return reserve };
    let wandering = &mut spot.walks[scope.index()];
    let width = (ceiling - floor).nanos() as f64;
    let noise = walk.sigma * width * wandering.noise.normal();
    let by = PULL_BACK * wandering.last_step + noise;
    #[expect(clippy::cast_possible_truncation, reason = "floored, and far below 2^127")]
    let after = reserve + Money::from_nanos(libm::floor(by) as i128);
    if after < floor || ceiling < after {
        wandering.last_step = 0.0;
        return reserve;
    }
    wandering.last_step = by;
    after
}
